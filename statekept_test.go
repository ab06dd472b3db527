package det_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// keptRules are what the cases of TestStateKept edit.
const keptRules = `schema logins {
  time timestamp
  user string from "acct"
  host string
  bytes int
}
list watched = ["ann", "bob"]
const least = 5
table staff key user {
  user string
  team string
  row ["ann", "ops"]
}

rule big {
  generate false
  from logins
  where bytes > least
  when true
}
rule counted {
  from rule big
  window 1h sliding by user { c = count() }
  when c >= 3
}
rule listed {
  from logins
  where user in watched
  window 1h sliding by user { c = count() }
  when c >= 3
}
rule looked {
  from logins
  lookup staff by user { team }
  where team == "ops"
  window 1h sliding by user { c = count() }
  when c >= 3
}
rule usual {
  from logins
  let who = user
  window 1h by who { c = count() }
  baseline past of c over 30d min 3 floor 1
  when zscore(c, past) > 3.0
}
rule cleaned {
  from logins
  window 1h by user { c = count() }
  baseline past of c exclude alerted min 3 floor 1
  when c > 100
}
`

// Before an edit ann logs in twice in the last hour, and had logins in each of the
// hours before; after it she logs in again, and in the hour that follows eight times.
// So the sliding counts reach 3 and the eight stand out from the past only if state was
// kept.
func keptEvents(t *testing.T, dir string) (before, after string) {
	t.Helper()
	write := func(name string, times ...string) string {
		var b strings.Builder
		for _, at := range times {
			b.WriteString(`{"time":"2024-03-01T` + at + `Z","acct":"ann","host":"h","bytes":9}` + "\n")
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before = write("before.ndjson", "05:10:00", "06:10:00", "07:10:00", "08:10:00", "09:40:00", "09:50:00")
	after = write("after.ndjson", "09:59:00",
		"10:45:00", "10:46:00", "10:47:00", "10:48:00", "10:49:00", "10:50:00", "10:51:00", "10:52:00", "11:30:00")
	return before, after
}

// What each rule says after the first part when it goes on from its state. The counts
// of 3 are reached at 09:59 with it, and only at 10:46 without.
var keptAlerts = []string{"counted 09:59 c 3", "listed 09:59 c 3", "looked 09:59 c 3", "usual 11:00 c 8"}

// TestStateKept edits rules between two runs and tells which of them go on from their
// state: those in which what was counted means the same.
func TestStateKept(t *testing.T) {
	fresh := func(rule string) string {
		return "rule " + rule + " has changed: it starts without the state of the earlier version"
	}
	later := func(rule, stage string) string {
		return "rule " + rule + " has changed: its " + stage + " starts without state; the stages before go on"
	}
	with := func(rule, what string) string {
		return "rule " + rule + " goes on from what it counted with " + what + " as before the change"
	}
	cases := []struct {
		name     string
		from, to string // in keptRules, everywhere
		lost     string // the rules that start without what they counted
		notes    []string
	}{
		{"nothing", "", "", "", nil},
		{"a comment and the title", "rule usual {", "// usual\nrule usual {\n  title \"An unusual number\"\n", "", nil},
		{"the threshold behind a baseline", "> 3.0", "> 2.5", "", nil},
		{"another statistic of values that are kept", "zscore(c, past) > 3.0", "c > past.median + 3", "", nil},
		{"how many samples a baseline needs", "over 30d min 3 floor 1", "over 30d min 2 floor 0.5", "", nil},
		{"the name of a let", "who", "login", "", nil},
		{"the name of an aggregate", "{ c = count() }\n  baseline past of c over", "{ c = count() }\n  let d = c\n  baseline past of d over", "", nil},
		{"the name of a baseline", "past", "earlier", "", nil},
		{"more evidence, fewer keys", "window 1h by who {", "window 1h by who max 1000 evidence 50 {", "", nil},
		{"no evidence", "window 1h sliding by user {", "window 1h sliding by user evidence 0 {", "", nil},
		{"a throttle", "  when zscore(c, past) > 3.0\n", "  when zscore(c, past) > 3.0\n  throttle 1d\n", "",
			[]string{later("usual", "throttle")}},
		{"a lookup that only the condition reads", "  when zscore(c, past) > 3.0\n", "  lookup staff by who { team }\n  when zscore(c, past) > 3.0 and team == \"ops\"\n", "", nil},
		{"the threshold behind a sliding window", "c >= 3", "c >= 2 + 1", "", nil},
		{"another threshold behind a sliding window", "where user in watched\n  window 1h sliding by user { c = count() }\n  when c >= 3", "where user in watched\n  window 1h sliding by user { c = count() }\n  when c >= 3 and c < 1000", "",
			[]string{later("listed", "when")}},

		{"the length of a window", "window 1h by who", "window 30m by who", "usual", []string{fresh("usual")}},
		{"how far back a baseline goes", "over 30d", "over 29d", "usual", []string{later("usual", "baseline")}},
		{"what a name stands for", "let who = user", "let who = host", "usual", []string{fresh("usual")}},
		{"what decides which windows are left out", "when c > 100", "when c > 101", "", []string{later("cleaned", "baseline")}},
		{"where a field is found", `user string from "acct"`, `user string from "account"`, "counted listed looked usual",
			[]string{fresh("counted"), fresh("listed"), fresh("looked"), fresh("usual"), fresh("cleaned")}},
		{"a constant of a rule whose alerts are read", "least = 5", "least = 6", "counted", []string{fresh("counted")}},
		{"a condition of a rule whose alerts are read", "bytes > least", "bytes >= least", "counted", []string{fresh("counted")}},
		{"what a list holds", `["ann", "bob"]`, `["ann", "eve"]`, "", []string{with("listed", "list watched")}},
		{"what a table holds", `row ["ann", "ops"]`, "row [\"ann\", \"ops\"]\n  row [\"eve\", \"ops\"]", "", []string{with("looked", "table staff")}},
		{"another list", "user in watched", `user in ["ann"]`, "listed", []string{fresh("listed")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			before, after := keptEvents(t, dir)
			edited := keptRules
			if c.from != "" {
				if edited = strings.ReplaceAll(keptRules, c.from, c.to); edited == keptRules && c.from != c.to {
					t.Fatalf("nothing to edit: %s", c.from)
				}
			}
			state := filepath.Join(dir, "state")
			keep(t, keptRules, before, state)
			got, notes := keep(t, edited, after, state)
			for _, want := range keptAlerts {
				has := slices.ContainsFunc(got, func(a string) bool { return strings.HasPrefix(a, want) })
				if rule, _, _ := strings.Cut(want, " "); has == strings.Contains(c.lost, rule) {
					t.Errorf("alert %q: %v; all alerts:\n%s", want, has, strings.Join(got, "\n"))
				}
			}
			if strings.Join(notes, "\n") != strings.Join(c.notes, "\n") {
				t.Errorf("notes\n%s\nwant\n%s", strings.Join(notes, "\n"), strings.Join(c.notes, "\n"))
			}
		})
	}
}

// Where the events of a log source have a field, and which events are of it, is a part
// of what was counted; a mapping for another log source is not.
func TestStateKeptByMapping(t *testing.T) {
	const rules = `import std.sigma
mapping ours for any_event {
  source product = "shop" where bytes is not null
}
mapping shop for any_event where logsource(product: "shop") {
  login string from "acct", "account"
}
mapping till for any_event where logsource(product: "till") {
  login string from "clerk"
}
rule mapped {
  from any_event
  where logsource(product: "shop") and login == "ann"
  window 1h sliding by login { c = count() }
  when c >= 3
}
`
	changed := "rule mapped has changed: it starts without the state of the earlier version"
	for _, c := range []struct{ from, to, first, note string }{
		{`"clerk"`, `"cashier"`, "mapped 09:59 c 3", ""},
		{`"acct", "account"`, `"acct"`, "mapped 10:46 c 3", changed},
		{"bytes is not null", `bytes != ""`, "mapped 10:46 c 3", changed},
	} {
		dir := t.TempDir()
		before, after := keptEvents(t, dir)
		state := filepath.Join(dir, "state")
		keep(t, rules, before, state)
		alerts, notes := keep(t, strings.Replace(rules, c.from, c.to, 1), after, state)
		if len(alerts) == 0 || alerts[0] != c.first || strings.Join(notes, "\n") != c.note {
			t.Errorf("%s: alerts %q, notes %q, want first %q, note %q", c.from, alerts, notes, c.first, c.note)
		}
	}
}

// keep runs rules over a file with a state file, and gives the alerts, and the notes.
func keep(t *testing.T, rules, input, state string) (alerts, notes []string) {
	t.Helper()
	set, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: rules})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	_, err := set.Run(context.Background(), det.RunOptions{
		Inputs: []string{input}, State: state,
		Note: func(s string) { notes = append(notes, s) },
		Alerts: func(list []runtime.Alert) error {
			for _, a := range list {
				alerts = append(alerts, a.Rule+" "+runtime.FormatTime(a.Time)[11:16]+" "+output.List(a.Values))
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return alerts, notes
}
