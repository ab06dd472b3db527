package det_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/runtime"
)

// sigmaMeanings are detections with events that they must fire for, and events that
// they must not. Unless a row says otherwise the meaning is that of the
// specification's text (Sigma Specification 2.1, Rules and Modifiers).
var sigmaMeanings = []struct {
	name      string
	detection string // YAML, one line an entry
	fires     []string
	quiet     []string
}{
	// Values: text ignores case; a number and its text are one.
	{"equal", `{s: {F: Abc}, condition: s}`, []string{`{"F": "Abc"}`, `{"F": "aBC"}`}, []string{`{"F": "Abcd"}`, `{"F": ""}`, `{"G": "Abc"}`, `{"F": null}`, `{}`}},
	{"case by Unicode", `{s: {F: straße Ä K}, condition: s}`, []string{`{"F": "STRAßE ä k"}`, "{\"F\": \"straße Ä \u212a\"}"}, []string{`{"F": "strasse ä k"}`}},
	{"number", `{s: {EventID: 4625}, condition: s}`, []string{`{"EventID": 4625}`, `{"EventID": "4625"}`}, []string{`{"EventID": 46250}`, `{"EventID": "04625"}`}},
	{"number in quotes", `{s: {EventID: '4625'}, condition: s}`, []string{`{"EventID": 4625}`, `{"EventID": "4625"}`}, nil},
	{"beyond 2^53", `{s: {F: 9007199254740993}, condition: s}`, []string{`{"F": 9007199254740993}`}, []string{`{"F": 9007199254740992}`}},
	// Fractions in YAML are numbers (pySigma: 1.5 and 1000), whatever digits they are written with.
	{"fraction", `{s: {F: 1.50}, condition: s}`, []string{`{"F": 1.5}`, `{"F": "1.50"}`, `{"F": 1.5e0}`}, []string{`{"F": 1.51}`, `{"F": 15}`, `{"F": "x"}`, `{}`}},
	{"whole fraction", `{s: {F: 1.0e+3}, condition: s}`, []string{`{"F": 1000}`, `{"F": 1e3}`, `{"F": "1000.0"}`}, []string{`{"F": 1001}`}},
	{"fractions and texts", `{s: {F: [2.50, x, null]}, condition: s}`, []string{`{"F": 2.5}`, `{"F": "X"}`, `{}`}, []string{`{"F": 2}`}},
	{"fraction in quotes", `{s: {F: '1.50'}, condition: s}`, []string{`{"F": "1.50"}`}, []string{`{"F": 1.5}`}},
	{"fraction in a text", `{s: {F|contains: 1.50}, condition: s}`, []string{`{"F": "x1.5y"}`}, []string{`{"F": "x1.4"}`}},
	{"a version is a text", `{s: {F: 10.0.19041}, condition: s}`, []string{`{"F": "10.0.19041"}`}, []string{`{"F": 10.0}`}},
	{"greater beyond 2^53", `{s: {F|gt: 9007199254740992}, condition: s}`, []string{`{"F": 9007199254740993}`, `{"F": 1e300}`}, []string{`{"F": 9007199254740992}`, `{"F": "x"}`, `{}`}},
	{"less beyond 2^53", `{s: {F|lt: -9007199254740992}, condition: s}`, []string{`{"F": -9007199254740993}`}, []string{`{"F": -9007199254740992}`, `{"F": 0}`}},
	{"boolean", `{s: {F: true}, condition: s}`, []string{`{"F": true}`, `{"F": "True"}`}, []string{`{"F": false}`, `{"F": 1}`}},
	{"hexadecimal", `{s: {F: 0x1F}, condition: s}`, []string{`{"F": 31}`}, []string{`{"F": "0x20"}`}},
	{"a date is a text", `{s: {F: 2024-03-01}, condition: s}`, []string{`{"F": "2024-03-01"}`}, []string{`{"F": "2024-03-01T00:00:00Z"}`}},
	{"a text of digits", `{s: {F: "010"}, condition: s}`, []string{`{"F": "010"}`}, []string{`{"F": 10}`, `{"F": 8}`}},
	{"no is a text", `{s: {F: 'no'}, condition: s}`, []string{`{"F": "no"}`, `{"F": "NO"}`}, []string{`{"F": false}`, `{"F": null}`}},

	// Null, empty, missing.
	{"null", `{s: {F: null}, condition: s}`, []string{`{}`, `{"F": null}`}, []string{`{"F": ""}`, `{"F": "null"}`, `{"F": 0}`}},
	{"empty", `{s: {F: ''}, condition: s}`, []string{`{"F": ""}`}, []string{`{}`, `{"F": null}`, `{"F": " "}`}},
	{"null or a value", `{s: {F: [null, a]}, condition: s}`, []string{`{}`, `{"F": "a"}`}, []string{`{"F": ""}`, `{"F": "b"}`}},
	{"not of a missing field", `{s: {F: a}, condition: not s}`, []string{`{}`, `{"F": "b"}`, `{"F": null}`}, []string{`{"F": "A"}`}},
	{"a filter whose field is missing", `{s: {F: a}, filter: {G|startswith: x}, condition: s and not filter}`, []string{`{"F": "a"}`, `{"F": "a", "G": "y"}`}, []string{`{"F": "a", "G": "xy"}`}},
	{"exists", `{s: {F|exists: true}, condition: s}`, []string{`{"F": ""}`, `{"F": 0}`}, []string{`{}`, `{"F": null}`}},
	{"does not exist", `{s: {F|exists: false}, condition: s}`, []string{`{}`, `{"F": null}`}, []string{`{"F": ""}`}},
	{"neq", `{s: {F|neq: a}, condition: s}`, []string{`{"F": "b"}`, `{}`}, []string{`{"F": "a"}`}},
	{"neq of several", `{s: {F|neq: [a, b]}, condition: s}`, []string{`{"F": "c"}`}, []string{`{"F": "a"}`, `{"F": "B"}`}},

	// Lists are or, maps are and, a list of maps is or.
	{"a list", `{s: {F: [a, b]}, condition: s}`, []string{`{"F": "a"}`, `{"F": "B"}`}, []string{`{"F": "ab"}`, `{}`}},
	{"a map", `{s: {F: a, G: b}, condition: s}`, []string{`{"F": "a", "G": "b"}`}, []string{`{"F": "a"}`, `{"G": "b"}`}},
	{"a list of maps", `{s: [{F: a, G: b}, {F: c}], condition: s}`, []string{`{"F": "a", "G": "b"}`, `{"F": "c"}`}, []string{`{"F": "a"}`, `{"G": "b"}`}},
	{"all in a list", `{s: {F|contains|all: [a, b]}, condition: s}`, []string{`{"F": "xbxax"}`}, []string{`{"F": "a"}`, `{"F": "b"}`}},
	{"all with wildcards", `{s: {F|all: ['a*', '*b']}, condition: s}`, []string{`{"F": "a-b"}`, `{"F": "AB"}`}, []string{`{"F": "a"}`, `{"F": "b"}`}},
	{"arrays", `{s: {Data|contains: b}, condition: s}`, []string{`{"Data": ["a", "abc"]}`, `{"Data": "b"}`}, []string{`{"Data": ["a", "c"]}`, `{"Data": []}`}},
	{"equal in arrays", `{s: {Data: [b, c]}, condition: s}`, []string{`{"Data": ["a", "B"]}`, `{"Data": "c"}`}, []string{`{"Data": ["a", "bc"]}`}},
	{"fields in objects", `{s: {a.b.c: x}, condition: s}`, []string{`{"a": {"b": {"c": "x"}}}`, `{"a.b.c": "x"}`}, []string{`{"a": {"b": "x"}}`}},
	{"fields with signs", `{s: {c-uri|contains: x, "cs(User-Agent)": y}, condition: s}`, []string{`{"c-uri": "xx", "cs(User-Agent)": "y"}`}, []string{`{"c-uri": "xx"}`}},

	// Wildcards and escapes.
	{"star", `{s: {F: 'a*c'}, condition: s}`, []string{`{"F": "ac"}`, `{"F": "aXYc"}`, `{"F": "A\nC"}`}, []string{`{"F": "acd"}`, `{"F": "bac"}`}},
	{"question mark", `{s: {F: 'a?c'}, condition: s}`, []string{`{"F": "abc"}`, `{"F": "aéc"}`}, []string{`{"F": "ac"}`, `{"F": "abbc"}`}},
	{"any value", `{s: {F: '*'}, condition: s}`, []string{`{"F": "a"}`, `{"F": ""}`}, []string{`{}`, `{"F": null}`}},
	{"escaped star", `{s: {F: 'C:\*'}, condition: s}`, []string{`{"F": "C:*"}`}, []string{`{"F": "C:\\x"}`, `{"F": "C:\\*"}`}},
	{"backslash and wildcard", `{s: {F: 'C:\\*'}, condition: s}`, []string{`{"F": "C:\\"}`, `{"F": "C:\\x"}`}, []string{`{"F": "C:x"}`, `{"F": "C:*"}`}},
	{"plain backslash", `{s: {F: 'C:\x\y'}, condition: s}`, []string{`{"F": "C:\\x\\y"}`}, []string{`{"F": "C:\\\\x\\y"}`}},
	{"two backslashes are one", `{s: {F: '\\x'}, condition: s}`, []string{`{"F": "\\x"}`}, []string{`{"F": "\\\\x"}`}},
	{"four backslashes are two", `{s: {F: '\\\\srv\share'}, condition: s}`, []string{`{"F": "\\\\srv\\share"}`}, []string{`{"F": "\\srv\\share"}`}},
	{"escaped question mark", `{s: {F|contains: 'a\?'}, condition: s}`, []string{`{"F": "xa?y"}`}, []string{`{"F": "xab"}`}},
	{"a backslash at the end", `{s: {F|endswith: '\Temp\'}, condition: s}`, []string{`{"F": "C:\\Temp\\"}`}, []string{`{"F": "C:\\Temp"}`}},
	{"a wildcard within contains", `{s: {F|contains: 'a*b'}, condition: s}`, []string{`{"F": "xxaxxbxx"}`}, []string{`{"F": "ba"}`}},
	{"startswith", `{s: {F|startswith: ab}, condition: s}`, []string{`{"F": "ABc"}`}, []string{`{"F": "cab"}`}},
	{"endswith", `{s: {F|endswith: \a.exe}, condition: s}`, []string{`{"F": "C:\\A.EXE"}`}, []string{`{"F": "a.exe"}`}},

	// Modifiers.
	{"cased", `{s: {F|cased: Abc}, condition: s}`, []string{`{"F": "Abc"}`}, []string{`{"F": "abc"}`}},
	{"cased in lists", `{s: {F|cased|contains: [Ab, 'C*d']}, condition: s}`, []string{`{"F": "xAbx"}`, `{"F": "xCxdx"}`}, []string{`{"F": "xabx"}`, `{"F": "cd"}`}},
	{"cased star", `{s: {F|cased: 'A\*'}, condition: s}`, []string{`{"F": "A*"}`}, []string{`{"F": "a*"}`, `{"F": "AB"}`}},
	{"re is unanchored and cased", `{s: {F|re: 'a[0-9]+'}, condition: s}`, []string{`{"F": "xa12y"}`}, []string{`{"F": "A12"}`, `{"F": "a"}`}},
	{"re with flags", `{s: {F|re|i|m|s: '^b.c$'}, condition: s}`, []string{`{"F": "x\nB\nC\ny"}`}, []string{`{"F": "xb c"}`}},
	{"re of several", `{s: {F|re: ['^a', 'z$']}, condition: s}`, []string{`{"F": "ab"}`, `{"F": "yz"}`}, []string{`{"F": "ba"}`}},
	{"re, all of several", `{s: {F|re|all: ['^a', 'z$']}, condition: s}`, []string{`{"F": "a z"}`}, []string{`{"F": "ab"}`}},
	{"re keeps backslashes", `{s: {F|re: '\\\\srv\\x'}, condition: s}`, []string{`{"F": "\\\\srv\\x"}`}, []string{`{"F": "\\srv\\x"}`}},
	{"cidr", `{s: {F|cidr: 192.168.0.0/16}, condition: s}`, []string{`{"F": "192.168.7.1"}`, `{"F": "::ffff:192.168.7.1"}`}, []string{`{"F": "192.169.0.1"}`, `{"F": "x"}`, `{}`}},
	{"cidr v6 and v4", `{s: {F|cidr: ['fe80::/10', 10.0.0.0/8]}, condition: s}`, []string{`{"F": "fe80::1"}`, `{"F": "10.1.2.3"}`}, []string{`{"F": "2001:db8::1"}`, `{"F": "11.0.0.1"}`}},
	{"one address", `{s: {F|cidr: 10.0.0.1}, condition: s}`, []string{`{"F": "10.0.0.1"}`}, []string{`{"F": "10.0.0.2"}`}},
	{"lt", `{s: {F|lt: 10}, condition: s}`, []string{`{"F": 9}`, `{"F": "9.5"}`, `{"F": -1}`}, []string{`{"F": 10}`, `{"F": "x"}`, `{}`}},
	{"gte of a fraction", `{s: {F|gte: 1.5}, condition: s}`, []string{`{"F": 1.5}`, `{"F": "100"}`}, []string{`{"F": 1}`}},
	{"gt and lte are numeric", `{s: {F|gt: 9, G|lte: 100}, condition: s}`, []string{`{"F": "10", "G": "99"}`}, []string{`{"F": "9", "G": "99"}`, `{"F": "10", "G": "101"}`}},
	{"parts of a time", `{s: {T|minute: 5, T|hour: 8, T|day: 1, T|month: 3, T|year: 2024, T|week: 9}, condition: s}`, []string{`{"T": "2024-03-01T08:05:59Z"}`}, []string{`{"T": "2024-03-01T08:06:00Z"}`, `{"T": "2024-04-01T08:05:00Z"}`, `{"T": "x"}`}},
	{"a range of hours", `{s: {T|hour|gte: 20}, condition: s}`, []string{`{"T": "2024-03-01 20:00:00"}`}, []string{`{"T": "2024-03-01 19:59:59"}`}},
	{"fieldref", `{s: {F|fieldref: G}, condition: s}`, []string{`{"F": "a", "G": "A"}`, `{"F": 1, "G": "1"}`}, []string{`{"F": "a", "G": "b"}`, `{"F": "a"}`, `{}`}},
	{"fieldref in another", `{s: {F|fieldref|endswith: G}, condition: s}`, []string{`{"F": "C:\\a.exe", "G": "A.exe"}`}, []string{`{"F": "a.exe.txt", "G": "a.exe"}`}},
	{"fieldref of case", `{s: {F|fieldref|cased: G}, condition: s}`, []string{`{"F": "a", "G": "a"}`}, []string{`{"F": "a", "G": "A"}`, `{"F": "ab", "G": "a"}`}},
	{"windash", `{s: {F|windash|contains: ' -f '}, condition: s}`, []string{`{"F": "x -f y"}`, `{"F": "x /f y"}`, `{"F": "x –f y"}`, `{"F": "x —f y"}`, `{"F": "x ―f y"}`}, []string{`{"F": "x +f y"}`}},
	{"windash only before an option", `{s: {F|windash|contains: '-param-name'}, condition: s}`, []string{`{"F": "/param-name"}`, `{"F": "-param-name"}`}, []string{`{"F": "/param/name"}`}},
	{"windash of a slash", `{s: {F|contains|all|windash: ['/a', '/b']}, condition: s}`, []string{`{"F": "x -a –b"}`}, []string{`{"F": "x -a"}`}},
	// RFC 4648: "foobar" is Zm9vYmFy.
	{"base64", `{s: {F|base64: foobar}, condition: s}`, []string{`{"F": "Zm9vYmFy"}`}, []string{`{"F": "xZm9vYmFy"}`}},
	// "/bin/bash" in "x /bin/bash", "xy /bin/bash" and "xyz /bin/bash", by base64(1).
	{"base64offset", `{s: {F|base64offset|contains: /bin/bash}, condition: s}`, []string{`{"F": "eCAvYmluL2Jhc2g="}`, `{"F": "eHkgL2Jpbi9iYXNo"}`, `{"F": "eHl6IC9iaW4vYmFzaA=="}`}, []string{`{"F": "eHkgL2Jpbi9zaA=="}`}},
	// "ping" in UTF-16LE, by iconv -t UTF-16LE | base64.
	{"wide", `{s: {F|wide|base64: ping}, condition: s}`, []string{`{"F": "cABpAG4AZwA="}`}, []string{`{"F": "cGluZw=="}`}},
	{"utf16le", `{s: {F|utf16le|base64offset|contains: ping}, condition: s}`, []string{`{"F": "xxcABpAG4AZwA="}`}, nil},
	{"utf16be", `{s: {F|utf16be|base64: ping}, condition: s}`, []string{`{"F": "AHAAaQBuAGc="}`}, nil},
	{"utf16", `{s: {F|utf16|base64: ping}, condition: s}`, []string{`{"F": "//5wAGkAbgBnAA=="}`}, nil},
	{"expand", `{s: {User|expand: '%admins%'}, condition: s}`, []string{`{"User": "ann"}`, `{"User": "BOB"}`}, []string{`{"User": "eve"}`, `{"User": "%admins%"}`}},
	{"expand in a text", `{s: {User|expand: 'CORP\\%admins%'}, condition: s}`, []string{`{"User": "corp\\ann"}`}, []string{`{"User": "ann"}`}},
	{"expand contains", `{s: {User|contains|expand: '%admins%'}, condition: s}`, []string{`{"User": "x-ann-x"}`}, []string{`{"User": "eve"}`}},
	// Specification, "Placeholders": \%plain%name% is the text %plain and a placeholder.
	{"an escaped percent sign", `{s: {F|expand: '\%plain%admins%'}, condition: s}`, []string{`{"F": "%plainann"}`, `{"F": "%PLAINbob"}`}, []string{`{"F": "ann"}`, `{"F": "%plain%admins%"}`}},
	{"escaped percent signs alone", `{s: {F|expand: 'a\%admins\%b'}, condition: s}`, []string{`{"F": "a%admins%b"}`}, []string{`{"F": "aannb"}`}},
	{"list values have no wildcards", `{s: {F|expand: '%odd%'}, condition: s}`, []string{`{"F": "An*n"}`, `{"F": "an*N"}`}, []string{`{"F": "AnXn"}`}},
	{"list values by their case", `{s: {F|cased|expand: '%odd%'}, condition: s}`, []string{`{"F": "An*n"}`}, []string{`{"F": "an*n"}`, `{"F": "AnXn"}`}},
	{"list values by their case in a part", `{s: {F|cased|contains|expand: '%odd%'}, condition: s}`, []string{`{"F": "xAn*nx"}`}, []string{`{"F": "xan*nx"}`, `{"F": "xAnXnx"}`}},
	{"a percent sign", `{s: {F|expand: '100%'}, condition: s}`, []string{`{"F": "100%"}`}, nil},

	// Keywords search all values of the event, and no names.
	{"keywords", `{k: [error, 'C:\Temp'], condition: k}`, []string{`{"F": "an Error here"}`, `{"a": {"b": [1, "c:\\temp\\x"]}}`}, []string{`{"error": "none"}`, `{"F": "err", "G": "or"}`}},
	{"all keywords", `{k: {'|all': [one, two]}, condition: k}`, []string{`{"F": "one", "G": "two"}`}, []string{`{"F": "one"}`}},
	{"keywords with wildcards", `{k: ['a*z'], condition: k}`, []string{`{"F": "xxabczxx"}`}, []string{`{"F": "a", "G": "z"}`}},
	{"a keyword that is a number", `{k: [4625], condition: k}`, []string{`{"EventID": 4625}`}, []string{`{"F": 1}`}},
	{"keywords at the start", `{k: {'|startswith': abc}, condition: k}`, []string{`{"F": "abcd"}`, `{"G": "ABC"}`}, []string{`{"F": "xabc"}`}},
	{"keywords at the end", `{k: {'|endswith': abc}, condition: k}`, []string{`{"F": "xabc"}`}, []string{`{"F": "abcd"}`}},
	{"a name with a slash", `{sel/1: {F: 1}, x: {H: 1}, condition: 1 of sel*}`, []string{`{"F": 1}`}, []string{`{"H": 1}`}},
	{"keywords as regex", `{k: {'|re': 'a[0-9]'}, condition: k}`, []string{`{"F": "xa1"}`}, []string{`{"F": "xa"}`}},

	// Conditions: not before and, and before or; them leaves out names with _.
	{"precedence", `{a: {F: 1}, b: {G: 1}, c: {H: 1}, condition: a or b and not c}`, []string{`{"F": 1, "H": 1}`, `{"G": 1}`}, []string{`{"G": 1, "H": 1}`}},
	{"parentheses", `{a: {F: 1}, b: {G: 1}, c: {H: 1}, condition: (a or b) and not c}`, []string{`{"F": 1}`}, []string{`{"F": 1, "H": 1}`}},
	{"1 of", `{sel_a: {F: 1}, sel_b: {G: 1}, x: {H: 1}, condition: 1 of sel_*}`, []string{`{"F": 1}`, `{"G": 1}`}, []string{`{"H": 1}`}},
	{"all of", `{sel_a: {F: 1}, sel_b: {G: 1}, x: {H: 1}, condition: all of sel_*}`, []string{`{"F": 1, "G": 1}`}, []string{`{"F": 1}`}},
	{"all of them", `{a: {F: 1}, _b: {G: 1}, condition: all of them}`, []string{`{"F": 1}`}, []string{`{"G": 1}`}},
	{"any of them", `{a: {F: 1}, b: {G: 1}, condition: any of them}`, []string{`{"G": 1}`}, []string{`{}`}},
	{"not 1 of", `{a: {F: 1}, f_1: {G: 1}, f_2: {H: 1}, condition: a and not 1 of f_*}`, []string{`{"F": 1}`}, []string{`{"F": 1, "H": 1}`}},
	{"not all of", `{a: {F: 1}, f_1: {G: 1}, f_2: {H: 1}, condition: a and not all of f_*}`, []string{`{"F": 1, "H": 1}`}, []string{`{"F": 1, "G": 1, "H": 1}`}},
	{"a name that begins with an operator", `{notepad: {F: 1}, order: {G: 1}, condition: notepad and order}`, []string{`{"F": 1, "G": 1}`}, []string{`{"F": 1}`}},
	{"a selection with the name of a field", `{F: {F: 1}, condition: F}`, []string{`{"F": 1}`}, []string{`{"F": 2}`}},
	{"words in capitals", `{a: {F: 1}, b: {G: 1}, condition: a AND NOT b}`, []string{`{"F": 1}`}, []string{`{"F": 1, "G": 1}`}},
	{"a list of conditions", `{a: {F: 1}, b: {G: 1}, condition: [a, b]}`, []string{`{"F": 1}`, `{"G": 1}`}, []string{`{}`}},
}

// TestSigmaMeanings holds every row of sigmaMeanings against its events.
func TestSigmaMeanings(t *testing.T) {
	sources := []det.Source{{Name: "lists.det", Text: "list admins = [\"ann\", \"bob\"]\nlist odd = [\"An*n\"]\n"}}
	var events []string
	type expectation struct {
		rule  string
		event string
		fires bool
	}
	var expected []expectation
	for i, m := range sigmaMeanings {
		id := fmt.Sprintf("r%d", i)
		sources = append(sources, det.Source{Name: id + ".yml", Text: fmt.Sprintf("title: %s\nid: %s\nlogsource: {product: windows}\ndetection: %s\n", id, id, m.detection)})
		for j, e := range append(append([]string(nil), m.fires...), m.quiet...) {
			var event map[string]any
			d := json.NewDecoder(strings.NewReader(e))
			d.UseNumber()
			if err := d.Decode(&event); err != nil {
				t.Fatalf("%s: %s: %v", m.name, e, err)
			}
			event["Channel"] = "Test"
			line, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, string(line))
			expected = append(expected, expectation{id, e, j < len(m.fires)})
		}
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(file, []byte(strings.Join(events, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, how := range []struct {
		name string
		c    det.Compiler
	}{{"", det.Compiler{}}, {"not optimised: ", det.Compiler{NoOptimise: true}}} {
		rules, diags := how.c.Sources(sources...)
		for _, d := range diags.All {
			if d.Severity != diag.Info {
				t.Errorf("%s: %s %s", d.Span, d.Code, d.Message)
			}
		}
		fired := map[string]map[int64]bool{}
		_, err := rules.Run(context.Background(), det.RunOptions{Inputs: []string{file}, Alerts: func(list []runtime.Alert) error {
			for i := range list {
				id := list[i].RuleID
				if fired[id] == nil {
					fired[id] = map[int64]bool{}
				}
				fired[id][list[i].Evidence[0].Row] = true
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		for row, e := range expected {
			if got := fired[e.rule][int64(row)]; got != e.fires {
				var i int
				fmt.Sscanf(e.rule, "r%d", &i)
				t.Errorf("%s%s: %s: fires %t for %s", how.name, sigmaMeanings[i].name, sigmaMeanings[i].detection, got, e.event)
			}
		}
	}
}
