package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/runtime"
)

// valueTrap is a known way to be wrong about a sequence, a value or a Sigma rule, as a
// rule and events over which the wrong reading fires for others.
type valueTrap struct {
	n      int
	title  string
	rule   string // a file: Sigma if it begins with a title
	events string // JSON
	// want is the records, from 0 on, for which the rule fires: the last ones of the
	// evidence.
	want string
	told string // codes of the errors and warnings
}

const valueSchema = `schema events {
  time timestamp optional
  user string
  code string
  n int
  x float
  ok bool
  ip ip
  Kee string
  kee string
  kind string from "targets.type"
  kinds list(string) from "targets.type"
  names list(string) from "targets.name"
  provider string from "Provider Name"
  dotted string from 'a\.b'
  nested string from "a.b"
}

rule r {
  from events
`

// piped is a rule of some stages over events of valueSchema.
func piped(stages string) string { return valueSchema + "  " + stages + "\n}\n" }

// when is a rule with a condition over single events of valueSchema.
func when(condition string) string { return piped("when " + condition) }

// detects is a Sigma rule over all events of Windows.
func detects(detection string) string {
	return "title: r\nlogsource: {product: windows}\ndetection: " + detection + "\n"
}

// correlates is three Sigma rules, for EventID 1, 2 and 3, and a correlation of them.
func correlates(correlation string) string {
	var b strings.Builder
	for i, name := range []string{"one", "two", "three"} {
		fmt.Fprintf(&b, "title: %s\nname: %s\nlogsource: {product: windows}\ndetection: {s: {EventID: %d}, condition: s}\n---\n", name, name, i+1)
	}
	return b.String() + "title: r\ncorrelation: " + correlation + "\n"
}

// lines is one record a line.
func lines(records ...string) string { return strings.Join(records, "\n") + "\n" }

// windowsLog is one record a line, each of a channel of Windows.
func windowsLog(records ...string) string {
	for i, r := range records {
		records[i] = `{"Channel": "Test", ` + strings.TrimPrefix(r, "{")
	}
	return lines(records...)
}

// minutes is events of Windows, one for each word `minute:user:EventID`; behind a
// fourth colon stands a size.
func minutes(words string) string {
	var records []string
	for _, word := range strings.Fields(words) {
		f := append(strings.Split(word, ":"), "0")
		records = append(records, fmt.Sprintf(`{"@timestamp": "2024-03-01T08:%s:00Z", "time": "2024-03-01T08:%s:00Z", "User": %q, "user": %q, "EventID": %s, "n": %s, "Size": %s}`,
			f[0], f[0], f[1], f[1], f[2], f[2], f[3]))
	}
	return windowsLog(records...)
}

// valueTraps are those of sequences, of values and of Sigma; a comment says what the
// wrong reading gives.
var valueTraps = []valueTrap{
	{
		// Were order held for the first two steps only, ann would fire at 03; were the
		// key, dan's third step would be eve's at 08.
		n: 27, title: "every step of a sequence has its order and its key",
		rule:   piped("sequence by user within 10m {\n a = n == 1\n b = n == 2\n c = n == 3\n}"),
		events: minutes("01:ann:1 02:ann:3 03:ann:2  04:bob:1 05:bob:2 06:bob:3  04:dan:1 05:dan:2 08:eve:3"),
		want:   "5",
	},
	{
		n: 27, title: "so has every rule of a Sigma correlation",
		rule:   correlates("{type: temporal_ordered, rules: [one, two, three], group-by: [User], timespan: 10m}"),
		events: minutes("01:ann:1 02:ann:3 03:ann:2  04:bob:1 05:bob:2 06:bob:3  04:dan:1 05:dan:2 08:eve:3"),
		want:   "5",
	},
	{
		// Ten ones and a hundred have a 90th percentile of 1. Not applied, ann fires too.
		n: 27, title: "a percentile is held against its threshold",
		rule:   piped("window 1h by user { p = percentile(n, 90) }\n  when p > 50"),
		events: minutes("00:ann:100" + strings.Repeat(" 01:ann:1", 10) + strings.Repeat(" 02:bob:1", 8) + " 03:bob:100 04:bob:100"),
		want:   "20",
	},
	{
		// ann's values span 12 minutes, cat's 10, of which (t-10m, t] has two.
		n: 27, title: "distinct values are of the window and none other",
		rule:   piped("window 10m sliding by user { c = count_distinct(n) }\n  when c >= 3"),
		events: minutes("00:ann:1 06:ann:2 12:ann:3  00:bob:1 04:bob:2 09:bob:3  00:cat:1 05:cat:2 10:cat:3"),
		want:   "5",
	},

	{
		n: 28, title: "text is folded by Unicode", rule: when(`code == "kill straße ä"`),
		events: lines(`{"code": "KILL STRAẞE Ä"}`, "{\"code\": \"\u212aill \u017ftraße ä\"}", `{"code": "kill strasse ä"}`),
		want:   "0 1",
	},
	{
		// Offsets into a folded copy lie elsewhere than in the text: the sign of Kelvin
		// has three bytes and k one, ẞ three and ß two; İ folds to nothing else.
		n: 28, title: "folding that changes the length",
		rule:   when(`code startswith "kk" and code contains "adm" and code endswith "ße"`),
		events: lines("{\"code\": \"\u212a\u212aİİADMẞẞE\"}", "{\"code\": \"\u212akẞadmße\"}", "{\"code\": \"\u212a\u212aİİADẞE\"}", `{"code": "kkadmße "}`),
		want:   "0 1",
	},
	{
		n: 28, title: "İ is neither i nor ı", rule: when(`code == "i"`),
		events: lines(`{"code": "I"}`, `{"code": "İ"}`, `{"code": "ı"}`), want: "0",
	},
	{
		n: 28, title: "names that differ in case are two", rule: when(`Kee == "a" and kee == "b"`),
		events: lines(`{"Kee": "a", "kee": "b"}`, `{"kee": "a", "Kee": "b"}`, `{"Kee": "a"}`), want: "0",
	},
	{
		n: 28, title: "so they are in Sigma rules", rule: detects(`{s: {Kee: a, kee: b}, condition: s}`),
		events: windowsLog(`{"Kee": "a", "kee": "b"}`, `{"kee": "a", "Kee": "b"}`, `{"Kee": "a"}`), want: "0",
	},

	{n: 29, title: "a number in quotes is a number", rule: when(`n == 4625`), events: lines(`{"n": 4625}`, `{"n": "4625"}`, `{"n": "4625x"}`, `{"n": 46250}`), want: "0 1"},
	{n: 29, title: "a number is text where text is read", rule: when(`code == "4625"`), events: lines(`{"code": 4625}`, `{"code": "4625"}`, `{"code": "04625"}`), want: "0 1"},
	{n: 29, title: "Sigma's numbers and texts are one", rule: detects(`{s: {EventID: 4625}, condition: s}`), events: windowsLog(`{"EventID": 4625}`, `{"EventID": "4625"}`, `{"EventID": 46250}`), want: "0 1"},
	// As floats the two are one.
	{n: 29, title: "integers beyond 2^53", rule: when(`n == 9007199254740993`), events: lines(`{"n": 9007199254740992}`, `{"n": 9007199254740993}`, `{"n": "9007199254740993"}`), want: "1 2"},
	{n: 29, title: "integers beyond 2^53 as text", rule: when(`code == "9007199254740993"`), events: lines(`{"code": 9007199254740992}`, `{"code": 9007199254740993}`), want: "1"},
	{n: 29, title: "booleans as text", rule: when(`ok`), events: lines(`{"ok": true}`, `{"ok": "True"}`, `{"ok": "false"}`, `{"ok": false}`, `{"ok": null}`), want: "0 1"},
	{n: 29, title: "null is no text", rule: when(`code == "null"`), events: lines(`{"code": null}`, `{"code": "null"}`, `{}`), want: "1"},

	{n: 30, title: "missing and null are one", rule: when(`code is null`), events: lines(`{}`, `{"code": null}`, `{"code": ""}`, `{"code": "a"}`), want: "0 1"},
	{n: 30, title: "empty is another", rule: when(`code == ""`), events: lines(`{}`, `{"code": null}`, `{"code": ""}`, `{"code": " "}`), want: "2"},
	{n: 30, title: "a missing field is unequal", rule: when(`code != "a"`), events: lines(`{}`, `{"code": null}`, `{"code": ""}`, `{"code": "A"}`), want: "0 1 2"},
	// With a third truth value the first two are silent.
	{n: 30, title: "a filter whose field is missing", rule: when(`n > 1 and not (code startswith "a" or x > 5)`), events: lines(`{"n": 2}`, `{"n": 2, "code": "b"}`, `{"n": 2, "x": 6}`, `{"n": 2, "code": "ab"}`, `{"code": "b"}`), want: "0 1"},
	{n: 30, title: "a filter of Sigma whose field is missing", rule: detects(`{s: {F: a}, filter: {G|startswith: x}, condition: s and not filter}`), events: windowsLog(`{"F": "a"}`, `{"F": "a", "G": null}`, `{"F": "a", "G": "xy"}`), want: "0 1"},

	{
		n: 31, title: "IPv4 within IPv6", rule: when(`ip in 10.0.0.0/8`),
		events: lines(`{"ip": "10.1.2.3"}`, `{"ip": "::ffff:10.1.2.3"}`, `{"ip": "::ffff:0a01:0203"}`, `{"ip": "::10.1.2.3"}`, `{"ip": "11.0.0.1"}`, `{"ip": "a00::"}`),
		want:   "0 1 2",
	},
	{n: 31, title: "IPv4 within IPv6 is equal", rule: when(`ip == 10.1.2.3`), events: lines(`{"ip": "10.1.2.3"}`, `{"ip": "::ffff:10.1.2.3"}`, `{"ip": "10.1.2.4"}`), want: "0 1"},
	{n: 31, title: "a network of all IPv6 has no IPv4", rule: when(`ip in 0::/0`), events: lines(`{"ip": "2001:db8::1"}`, `{"ip": "10.1.2.3"}`), want: "0"},
	{n: 31, title: "a network with bits of a host", rule: when(`ip in 10.0.0.1/8`), events: lines(`{"ip": "10.9.9.9"}`, `{"ip": "11.0.0.1"}`), want: "0"},
	{n: 31, title: "a network with bits of a host in Sigma", rule: detects(`{s: {F|cidr: 10.0.0.1/8}, condition: s}`), told: "D0905"},
	{n: 31, title: "IPv4 within IPv6 in Sigma", rule: detects(`{s: {F|cidr: 10.0.0.0/8}, condition: s}`), events: windowsLog(`{"F": "10.9.9.9"}`, `{"F": "::ffff:10.9.9.9"}`, `{"F": "11.0.0.1"}`), want: "0 1"},

	{
		n: 32, title: "any element of an array of objects", rule: when(`kinds == "user"`),
		events: lines(`{"targets": [{"type": "App"}, {"type": "User"}]}`, `{"targets": [{"type": "App"}]}`, `{"targets": []}`, `{"targets": {"type": "User"}}`),
		want:   "0 3",
	},
	{
		n: 32, title: "the first element, for a plain field", rule: when(`kind == "user"`),
		events: lines(`{"targets": [{"type": "App"}, {"type": "User"}]}`, `{"targets": [{"type": "User"}, {"type": "App"}]}`), want: "1",
	},
	{
		n: 32, title: "all elements", rule: when(`size(kinds) > 0 and kinds == "user" and size(list_distinct(kinds)) == 1`),
		events: lines(`{"targets": [{"type": "User"}, {"type": "User"}]}`, `{"targets": [{"type": "User"}, {"type": "App"}]}`, `{"targets": []}`, `{}`), want: "0",
	},
	{
		// The kind of one element and the name of another.
		n: 32, title: "the same element", rule: when(`element(kinds, 0) == "user" and element(names, 0) == "root" or element(kinds, 1) == "user" and element(names, 1) == "root"`),
		events: lines(`{"targets": [{"type": "User", "name": "ann"}, {"type": "App", "name": "root"}]}`, `{"targets": [{"type": "App", "name": "ann"}, {"type": "User", "name": "root"}]}`),
		want:   "1",
	},

	{n: 33, title: "names with spaces", rule: when(`provider == "service control manager"`), events: lines(`{"Provider Name": "Service Control Manager"}`, `{"Provider": "Service Control Manager"}`), want: "0"},
	{
		n: 33, title: "names and values with spaces in Sigma", rule: detects(`{s: {Provider_Name: Service Control Manager, Full Name: x}, condition: s}`),
		events: windowsLog(`{"Provider_Name": "Service Control Manager", "Full Name": "X"}`, `{"Provider_Name": "Service", "Full Name": "x"}`, `{"Provider_Name": "Service Control Manager", "Full": "x"}`), want: "0",
	},
	{n: 33, title: "a dot in a name", rule: when(`dotted == "x"`), events: lines(`{"a.b": "x"}`, `{"a": {"b": "x"}}`), want: "0"},
	{n: 33, title: "a dot between names, also where objects were flattened", rule: when(`nested == "x"`), events: lines(`{"a.b": "x"}`, `{"a": {"b": "x"}}`, `{"a": {"b": {"c": "x"}}}`), want: "0 1"},
	{n: 33, title: "either dot in Sigma", rule: detects(`{s: {a.b: x}, condition: s}`), events: windowsLog(`{"a.b": "x"}`, `{"a": {"b": "x"}}`, `{"a": {"b": {"c": "x"}}}`), want: "0 1"},
	{n: 33, title: "of names that repeat the last counts", rule: when(`code == "b"`), events: lines(`{"code": "a", "code": "b"}`, `{"code": "b", "n": 1, "code": "a"}`), want: "0"},

	{n: 34, title: `\* is a star`, rule: detects(`{s: {F: 'C:\*'}, condition: s}`), events: windowsLog(`{"F": "c:*"}`, `{"F": "C:\\*"}`, `{"F": "C:\\x"}`, `{"F": "C:x"}`), want: "0"},
	{n: 34, title: `\\* is a backslash and anything`, rule: detects(`{s: {F: 'C:\\*'}, condition: s}`), events: windowsLog(`{"F": "C:*"}`, `{"F": "C:\\*"}`, `{"F": "C:\\x"}`, `{"F": "C:\\"}`, `{"F": "C:x"}`), want: "1 2 3"},
	{n: 34, title: `\\\* is a backslash and a star`, rule: detects(`{s: {F: 'C:\\\*'}, condition: s}`), events: windowsLog(`{"F": "C:\\*"}`, `{"F": "C:\\x"}`, `{"F": "C:*"}`), want: "0"},
	{n: 34, title: `\\\\ is two backslashes`, rule: detects(`{s: {F: '\\\\srv'}, condition: s}`), events: windowsLog(`{"F": "\\\\srv"}`, `{"F": "\\srv"}`, `{"F": "\\\\\\\\srv"}`), want: "0"},
	{n: 34, title: `\x stays`, rule: detects(`{s: {F: 'C:\x'}, condition: s}`), events: windowsLog(`{"F": "C:\\x"}`, `{"F": "C:x"}`, `{"F": "C:\\\\x"}`), want: "0"},

	{
		// Cut to 2, ann would fire at 02.
		n: 35, title: "a threshold that is a fraction", rule: correlates("{type: event_count, rules: [one], group-by: [User], timespan: 10m, condition: {gte: 2.5}}"),
		events: minutes("01:ann:1 02:ann:1  01:bob:1 02:bob:1 03:bob:1"), want: "4",
	},
	{
		// Three at once are beyond the range, and with one bound alone fire.
		n: 35, title: "a range", rule: correlates("{type: event_count, rules: [one], group-by: [User], timespan: 10m, condition: {gt: 1, lte: 2}}"),
		events: minutes("01:ann:1 02:ann:1  01:bob:1 01:bob:1 01:bob:1"), want: "1",
	},
	{
		// Linear between ranks the 90th of nine ones and 100 is 10.9, that of eight and two 100.
		n: 35, title: "a percentile", rule: correlates("{type: value_percentile, rules: [one], group-by: [User], timespan: 10m, condition: {field: Size, percentile: 90, gte: 50}}"),
		events: minutes(strings.Repeat("01:ann:1:1 ", 9) + "02:ann:1:100 " + strings.Repeat("01:bob:1:1 ", 8) + "02:bob:1:100 02:bob:1:100"), want: "19",
	},
	{n: 35, title: "a percentile that is not said", rule: correlates("{type: value_percentile, rules: [one], group-by: [User], timespan: 10m, condition: {field: Size, gte: 50}}"), told: "D0909"},
	{n: 35, title: "M is neither a minute nor a month", rule: correlates("{type: event_count, rules: [one], group-by: [User], timespan: 1M, condition: {gte: 2}}"), told: "D0909"},

	{n: 36, title: "010 is neither 8 nor 10", rule: detects(`{s: {F: 010}, condition: s}`), events: windowsLog(`{"F": "010"}`, `{"F": 8}`, `{"F": 10}`), want: "0", told: "D0912"},
	{n: 36, title: "no is not false", rule: detects(`{s: {F: no}, condition: s}`), events: windowsLog(`{"F": "No"}`, `{"F": false}`, `{"F": "false"}`), want: "0", told: "D0912"},
	{n: 36, title: "a date is a text", rule: detects(`{s: {F: 2024-03-01}, condition: s}`), events: windowsLog(`{"F": "2024-03-01"}`, `{"F": "2024-03-01T00:00:00Z"}`, `{"F": "2024-03-01 00:00:00"}`), want: "0"},

	{
		// "/bin/bash" behind two, three and four other bytes, by base64(1). Untrimmed, each
		// form holds bits of its neighbours and finds nothing.
		n: 37, title: "base64offset has three forms", rule: detects(`{s: {F|base64offset|contains: /bin/bash}, condition: s}`),
		events: windowsLog(`{"F": "eCAvYmluL2Jhc2g="}`, `{"F": "eHkgL2Jpbi9iYXNo"}`, `{"F": "eHl6IC9iaW4vYmFzaA=="}`, `{"F": "eHkgL2Jpbi9zaA=="}`), want: "0 1 2",
	},
	{
		n: 37, title: "windash has five dashes", rule: detects(`{s: {F|windash|contains: ' -f '}, condition: s}`),
		events: windowsLog(`{"F": "x -f y"}`, `{"F": "x /f y"}`, "{\"F\": \"x \u2013f y\"}", "{\"F\": \"x \u2014f y\"}", "{\"F\": \"x \u2015f y\"}", "{\"F\": \"x \u2012f y\"}", `{"F": "x +f y"}`), want: "0 1 2 3 4",
	},
	{n: 37, title: "windash is for the start of an option", rule: detects(`{s: {F|windash|contains: '-param-name'}, condition: s}`), events: windowsLog(`{"F": "/param-name"}`, `{"F": "-param-name"}`, `{"F": "/param/name"}`, `{"F": "-param/name"}`), want: "0 1"},
	{n: 37, title: "re heeds case and is unanchored", rule: detects(`{s: {F|re: 'a[0-9]+'}, condition: s}`), events: windowsLog(`{"F": "xa12y"}`, `{"F": "A12"}`, `{"F": "a12"}`), want: "0 2"},
	{n: 37, title: "contains * needs the field", rule: detects(`{s: {F|contains: '*'}, condition: s}`), events: windowsLog(`{"F": "a"}`, `{"F": ""}`, `{"F": null}`, `{}`), want: "0 1"},

	{
		n: 38, title: "a rule sees its log source alone",
		rule: "title: r\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {User: ann}, condition: s}\n",
		events: lines(`{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "User": "ann"}`, `{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 3, "User": "ann"}`,
			`{"Channel": "Security", "EventID": 4625, "User": "ann"}`, `{"eventSource": "iam.amazonaws.com", "User": "ann"}`, `{"User": "ann"}`),
		want: "0",
	},
	{
		// What a rule wants to be absent is absent from most events.
		n: 38, title: "also a rule that asks for what is not there",
		rule:   "title: r\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: null}, condition: s}\n",
		events: lines(`{"User": "ann"}`, `{"Channel": "Security", "EventID": 4625}`, `{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "User": "ann"}`),
		want:   "2",
	},

	{n: 39, title: "objects one after another", rule: when(`n >= 2`), events: "{\"n\": 1}{\"n\": 2} {\n \"n\":\n 3, \"code\": \"}{\"\n}\n{\"n\": 1}{\"n\": 4}", want: "1 2 4"},
	{
		n: 39, title: "event data as names and values", rule: detects(`{s: {Image|endswith: \a.exe, User: ann}, condition: s}`),
		events: windowsLog(`{"EventData": {"Data": [{"@Name": "Image", "#text": "C:\\a.exe"}, {"@Name": "User", "#text": "ann"}]}}`,
			`{"EventData": {"Data": [{"@Name": "Image", "#text": "ann"}, {"@Name": "User", "#text": "C:\\a.exe"}]}}`,
			`{"EventData": [{"Name": "User", "Value": "ann"}, {"Name": "Image", "Value": "C:\\a.exe"}]}`),
		want: "0 2",
	},
}

func TestValueTraps(t *testing.T) {
	ways := []struct {
		name string
		det.Compiler
	}{{"optimised", det.Compiler{}}, {"as written", det.Compiler{NoOptimise: true}}, {"by the index", det.Compiler{IndexFrom: 1}}}
	for _, c := range valueTraps {
		t.Run(fmt.Sprintf("%02d %s", c.n, c.title), func(t *testing.T) {
			name := "r.det"
			if strings.HasPrefix(c.rule, "title:") {
				name = "r.yml"
			}
			path := filepath.Join(t.TempDir(), "events.ndjson")
			if err := os.WriteFile(path, []byte(c.events), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, way := range ways {
				rules, diags := way.Sources(det.Source{Name: name, Text: c.rule})
				var told []string
				for _, d := range diags.All {
					if d.Severity != diag.Info {
						told = append(told, d.Code)
					}
				}
				if got := strings.Join(told, " "); got != c.told {
					t.Fatalf("told %q, want %q: %s", got, c.told, &det.CompileError{Diagnostics: diags})
				}
				if diags.Errors() > 0 {
					return
				}
				var rows []int64
				_, err := rules.Run(context.Background(), det.RunOptions{Inputs: []string{path}, Alerts: func(list []runtime.Alert) error {
					for _, a := range list {
						rows = append(rows, a.Evidence[len(a.Evidence)-1].Row)
					}
					return nil
				}})
				if err != nil {
					t.Fatal(err)
				}
				slices.Sort(rows)
				if got := strings.Trim(fmt.Sprint(rows), "[]"); got != c.want {
					t.Errorf("%s: fires for %q, want %q", way.name, got, c.want)
				}
			}
		})
	}
}
