package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det"
	"github.com/detlang/det/compiler/why"
	"github.com/detlang/det/runtime"
)

const whySchema = `schema auth {
  time timestamp
  user string
  team string
  ok bool
  n int
}
`

// hours are events of a user, one an hour from the first of March on, n of them in
// hour i as counts say.
func hours(user string, counts ...int) string {
	var b strings.Builder
	start := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	for i, n := range counts {
		for k := range n {
			at := start.Add(time.Duration(i)*time.Hour + time.Duration(k)*time.Second)
			fmt.Fprintf(&b, `{"time": %q, "user": %q, "team": "red", "ok": false, "n": %d}`+"\n", at.Format(time.RFC3339), user, k)
		}
	}
	return b.String()
}

// TestWhy asks about rules and holds the reason, and what would change it, against
// what follows from the events by hand. Every outcome is in the table.
func TestWhy(t *testing.T) {
	usual := `rule r {
  from auth
  window 1h by user { failed = count() }
  baseline usual of failed over 2d min 4 floor 1
  when zscore(failed, usual) > 3 and failed >= 5
}`
	burst := `rule r {
  from auth
  where not ok and n < 100
  window 10m sliding by user max 2 keys { c = count() }
  when c >= 3
}`
	minute := func(m int) string { return fmt.Sprintf("2024-03-01T00:%02d:00Z", m) }
	event := func(m int, user, rest string) string {
		return fmt.Sprintf(`{"time": %q, "user": %s, "ok": false%s}`+"\n", minute(m), user, rest)
	}
	first := `rule r {
  from auth
  first_seen of team by user over 1d after 30m
}`
	steps := `rule r {
  from auth
  sequence by user within 10m {
    one = n == 1
    two = n == 2
    not three = n == 3 within 5m
  }
}`
	seen := map[runtime.Outcome]bool{}
	for _, c := range []struct {
		name, rule, events, at string
		entity                 string // user if not given
		lateness               time.Duration
		until                  string
		want                   runtime.Outcome
		change                 string
	}{
		{name: "a burst after quiet hours", rule: usual, events: hours("ann", 2, 2, 2, 2, 9), at: "2024-03-01T04:30:00Z", want: runtime.Fired},
		// mean 2, deviation 0, scale 1: z > 3 from 6 on.
		{name: "too few for the score", rule: usual, events: hours("ann", 2, 2, 2, 2, 5), at: "2024-03-01T04:30:00Z", want: runtime.BelowFloor, change: "failed 6 or more instead of 5"},
		// mean 0.25 with three empty hours, deviation 0.5, scale 1: z > 3 from 4 on, but at least 5.
		{name: "both conditions", rule: usual, events: hours("ann", 1, 0, 0, 0, 2), at: "2024-03-01T04:30:00Z", want: runtime.ConditionFalse, change: "failed 5 or more instead of 2"},
		{name: "new", rule: usual, events: hours("ann", 2, 2, 9), at: "2024-03-01T02:30:00Z", want: runtime.WarmingUp, change: "2 more windows in its history: usual has 2 of 4"},
		{name: "new, and too few in any case", rule: usual, events: hours("ann", 2, 2, 4), at: "2024-03-01T02:30:00Z", want: runtime.ConditionFalse, change: "2 more windows in its history: usual has 2 of 4; failed 5 or more instead of 4"},
		{name: "still above", rule: burst, events: hours("ann", 4), at: "2024-03-01T00:00:03Z", want: runtime.NotRearmed},
		{name: "left out", rule: burst, events: event(0, `"ann"`, `, "n": 130`), at: minute(0), want: runtime.Excluded, change: "n 99 or less instead of 130"},
		{name: "left out by a missing field", rule: burst, events: event(0, `"ann"`, ``), at: minute(0), want: runtime.Excluded, change: "n < 100 (n is missing)"},
		{name: "no key", rule: `rule r {
  from auth
  window 1h by user, team { failed = count() }
  when failed > 0
}`, events: event(0, `"ann"`, ""), at: minute(0), want: runtime.KeyMissing},
		{name: "no room", rule: burst, events: event(0, `"bob"`, `, "n": 1`) + event(0, `"cy"`, `, "n": 1`) + event(1, `"ann"`, `, "n": 1`), at: minute(1), want: runtime.TooManyKeys},
		{name: "a new country of a new user", rule: first, events: event(0, `"ann"`, `, "team": "a"`), at: minute(0), want: runtime.WarmingUp},
		{name: "an old country", rule: first, events: event(0, `"ann"`, `, "team": "a"`) + event(40, `"ann"`, `, "team": "a"`), at: minute(40), want: runtime.SeenBefore},
		{name: "one step of two", rule: steps, events: event(0, `"ann"`, `, "n": 1`), at: minute(0), want: runtime.Incomplete},
		{name: "no step", rule: steps, events: event(0, `"ann"`, `, "n": 9`), at: minute(0), want: runtime.Incomplete},
		{name: "both steps", rule: steps, events: event(0, `"ann"`, `, "n": 1`) + event(1, `"ann"`, `, "n": 2`), at: minute(1), want: runtime.Waiting},
		{name: "and what must not come", rule: steps, events: event(0, `"ann"`, `, "n": 1`) + event(1, `"ann"`, `, "n": 2`) + event(2, `"ann"`, `, "n": 3`), at: minute(2), want: runtime.Interrupted},
		{name: "held back", rule: `rule r {
  from auth
  when n > 2
  throttle 1h by user
}`, events: event(0, `"ann"`, `, "n": 3`) + event(9, `"ann"`, `, "n": 3`), at: minute(9), want: runtime.Throttled},
		{name: "late", rule: burst, events: event(30, `"bob"`, ``) + event(1, `"ann"`, ``), at: minute(1), lateness: 5 * time.Minute, want: runtime.TooLate},
		{name: "from the future", rule: burst, events: event(30, `"bob"`, ``) + `{"time": "2034-03-01T00:00:00Z", "user": "ann"}`, at: "2034-03-01T00:00:00Z", lateness: 5 * time.Minute, want: runtime.TooFarAhead},
		{name: "from before there were clocks", rule: burst, events: `{"time": "1980-03-01T00:00:00Z", "user": "ann"}` + "\n" + event(30, `"bob"`, ``), at: "1980-03-01T00:00:00Z", want: runtime.TimeMissing},
		{name: "after the end", rule: burst, events: event(1, `"ann"`, ``), at: minute(1), until: minute(1), want: runtime.AfterEnd},
		{name: "nobody", rule: usual, events: hours("Ann", 1), at: "2024-03-01T00:30:00Z", want: runtime.NotSeen},
		{name: "another day", rule: usual, events: hours("ann", 1), at: "2024-05-01T00:30:00Z", want: runtime.NotSeen},
		{name: "a key that is made", rule: `rule r {
  from auth
  where n > 5
  window 1h by who = lower(user) { c = count() }
  when c > 3
}`, events: hours("ANN", 3), entity: "who", at: "2024-03-01T00:00:00Z", want: runtime.Excluded, change: "n 6 or more instead of 0"},
		{name: "one of several", rule: `rule r {
  from auth
  when user startswith "b" or (n >= 7 and not ok)
}`, events: hours("ann", 1), at: "2024-03-01T00:00:00Z", want: runtime.ConditionFalse, change: "n 7 or more instead of 0"},
		{name: "learned for a day", rule: `rule r {
  from auth
  first_seen of n by user over 30d after 1d
}`, events: hours("ann", 2), at: "2024-03-01T00:00:01Z", want: runtime.WarmingUp},
		{name: "nothing new", rule: `rule r {
  from auth
  first_seen of team by user over 30d after 0s
}`, events: hours("ann", 2), at: "2024-03-01T00:00:01Z", want: runtime.SeenBefore},
		{name: "half of it", rule: `rule r {
  from auth
  sequence by user within 1h {
    zero = n == 0
    three = n == 3
  }
}`, events: hours("ann", 3), at: "2024-03-01T00:00:02Z", want: runtime.Incomplete},
		{name: "all of it", rule: `rule r {
  from auth
  sequence by user within 1h {
    zero = n == 0
    two = n == 2
  }
}`, events: hours("ann", 3), at: "2024-03-01T00:00:02Z", want: runtime.Fired},
		{name: "a text", rule: `rule r {
  from auth
  when team == "blue" and not ok
}`, events: hours("ann", 1), at: "2024-03-01T00:00:00Z", want: runtime.ConditionFalse, change: `team == "blue" (it does not hold)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := det.Question{Rule: "r", Entity: map[string]string{"user": "ann"}, At: instant(t, c.at)}
			if c.entity != "" {
				q.Entity = map[string]string{c.entity: "ann"}
			}
			opts := det.RunOptions{}
			if c.lateness > 0 {
				opts.Lateness = &c.lateness
			}
			if c.until != "" {
				opts.Until = instant(t, c.until)
			}
			x := ask(t, whySchema+c.rule, c.events, q, opts)
			var changes []string
			for _, ch := range x.Changes {
				changes = append(changes, ch.Text)
			}
			if got := strings.Join(changes, "; "); x.Outcome != c.want || got != c.change {
				t.Errorf("%s, changed by %q; want %s, %q", x.Outcome, got, c.want, c.change)
			}
			seen[c.want] = true
		})
	}
	manual, err := os.ReadFile("docs/manual.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range runtime.Outcomes {
		if !seen[o.Outcome] {
			t.Errorf("no case of %s", o.Outcome)
		}
		if row := fmt.Sprintf("| `%s` | %s |", o.Outcome, o.Doc); !strings.Contains(string(manual), row) {
			t.Errorf("docs/manual.md lacks %s", row)
		}
	}
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// ask compiles a rule and asks why, rewritten and as written, which must agree.
func ask(t *testing.T, rule, events string, q det.Question, opts det.RunOptions) *why.Explanation {
	t.Helper()
	path := filepath.Join(t.TempDir(), "auth.ndjson")
	if err := os.WriteFile(path, []byte(events), 0o644); err != nil {
		t.Fatal(err)
	}
	opts.Inputs = []string{path}
	var out []*why.Explanation
	for _, plain := range []bool{false, true} {
		rules, diags := det.Compiler{NoOptimise: plain}.Sources(det.Source{Name: "r.det", Text: rule})
		if diags.Errors() > 0 {
			t.Fatal(&det.CompileError{Diagnostics: diags})
		}
		x, err := rules.Why(context.Background(), q, opts)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	if out[0].Outcome != out[1].Outcome {
		t.Errorf("rewritten %s, as written %s", out[0].Outcome, out[1].Outcome)
	}
	return out[1]
}

// TestWhyNearest holds the change that would have made a rule fire against the least
// count that does.
func TestWhyNearest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		factor, product, least := rapid.IntRange(1, 4).Draw(rt, "factor"), rapid.IntRange(2, 400).Draw(rt, "product"), rapid.IntRange(2, 90).Draw(rt, "least")
		rule := fmt.Sprintf("rule r {\n  from auth\n  window 1h by user { c = count() }\n  when not (c * %d < %d) and (c >= %d or c == -1)\n}", factor, product, least)
		x := ask(t, whySchema+rule, hours("ann", 1), det.Question{Rule: "r", Entity: map[string]string{"user": "ann"}}, det.RunOptions{})
		want := max((product+factor-1)/factor, least)
		if len(x.Changes) != 1 || x.Changes[0].Name != "c" || x.Changes[0].Bound != fmt.Sprint(want) {
			rt.Fatalf("%s\nchanges %+v, want %d", rule, x.Changes, want)
		}
	})
}

// TestWhyHistory holds the sample that is shown against the statistics that the
// engine computed, over tumbling and overlapping windows, seasons, and with empty
// windows counted or not.
func TestWhyHistory(t *testing.T) {
	counts := make([]int, 24*20)
	for i := range counts {
		counts[i] = (i * i * 7 % 11) % 4
	}
	counts[0], counts[len(counts)-1] = 1, 9
	for _, stages := range []string{
		"window 1h by user { failed = count() }\n  baseline usual of failed over 10d min 2",
		"window 1h by user { failed = count() }\n  baseline usual of failed over 10d at hour_of_day min 2 fill skip",
		"window 1h by user { failed = count() }\n  baseline usual of failed at day_of_week min 2",
		"window 1d every 6h by user { failed = count() }\n  baseline usual of failed over 7d min 2",
		"window 1d by user zone \"America/New_York\" { failed = count() }\n  baseline usual of failed min 2",
	} {
		rule := whySchema + "rule r {\n  from auth\n  " + stages + "\n  when zscore(failed, usual) > 100\n}"
		x := ask(t, rule, hours("ann", counts...), det.Question{Rule: "r", Entity: map[string]string{"user": "ann"}, At: instant(t, "2024-03-20T23:30:00Z")}, det.RunOptions{})
		s := x.Statistics[0]
		sum := 0.0
		for _, v := range s.Sample {
			sum += v.Value
		}
		i := slices.IndexFunc(s.Members, func(v why.Value) bool { return v.Name == "mean" })
		if got := fmt.Sprintf("%.3g", sum/float64(len(s.Sample))); int64(len(s.Sample)) != s.N || i < 0 || !near(s.Members[i].Value, got) {
			t.Errorf("%s\n%d samples with mean %s; the engine says %d, %v", stages, len(s.Sample), got, s.N, s.Members)
		}
	}
}

// TestWhySteps asks about a sequence that lacks its last step: the events that fit
// each step, and those alone, are told.
func TestWhySteps(t *testing.T) {
	rule := whySchema + `rule r {
  from auth
  sequence by user within 1h {
    low = n < 2 repeat 2
    high = n > 8
    not ok = ok within 5m
  }
}`
	x := ask(t, rule, hours("bob", 3)+hours("ann", 4), det.Question{Rule: "r", Entity: map[string]string{"user": "ann"}}, det.RunOptions{})
	var got []string
	for _, s := range x.Steps {
		got = append(got, fmt.Sprintf("%s: %d of %d, %t", s.Text, s.Seen, s.Need, s.Holds()))
	}
	want := []string{"low = n < 2: 2 of 2, true", "high = n > 8: 0 of 1, false", "ok = ok: 0 of 0, true"}
	if !slices.Equal(got, want) || len(x.Evidence) != 2 {
		t.Errorf("got %q with %d events; want %q with 2", got, len(x.Evidence), want)
	}
}

// TestWhyNothingBegan asks about an event that completed no sequence since something
// came before the first step that must not: that, and when, is told, and what came
// earlier than it matters is not.
func TestWhyNothingBegan(t *testing.T) {
	rule := whySchema + `rule r {
  from auth
  sequence by user within 10s {
    not four = n == 4 within 20s
    one = n == 1 repeat 2
    two = n == 2
  }
}`
	event := func(second, n int) string {
		return fmt.Sprintf(`{"time": "2024-03-01T00:00:%02dZ", "user": "ann", "n": %d}`+"\n", second, n)
	}
	ask := func(events string) (got []string) {
		at := time.Date(2024, 3, 1, 0, 0, 44, 0, time.UTC)
		x := ask(t, rule, events, det.Question{Rule: "r", Entity: map[string]string{"user": "ann"}, At: at}, det.RunOptions{})
		for _, s := range x.Steps {
			got = append(got, fmt.Sprintf("%s: %v, %t", s.Text[:4], s.Times, s.Holds()))
		}
		return append(got, string(x.Outcome))
	}
	micros := func(second int) int64 {
		return time.Date(2024, 3, 1, 0, 0, second, 0, time.UTC).UnixMicro()
	}
	for _, c := range []struct {
		name, events string
		want         []string
	}{
		{"19 seconds before", event(1, 4) + event(22, 4) + event(41, 1) + event(42, 1) + event(44, 2), []string{
			fmt.Sprintf("four: [%d], false", micros(22)), fmt.Sprintf("one : [%d %d], true", micros(41), micros(42)), fmt.Sprintf("two : [%d], true", micros(44)), "incomplete"}},
		{"20 seconds before, but one too few", event(21, 4) + event(41, 1) + event(44, 2), []string{
			"four: [], true", fmt.Sprintf("one : [%d], false", micros(41)), fmt.Sprintf("two : [%d], true", micros(44)), "incomplete"}},
	} {
		if got := ask(c.events); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWhyWaitedInVain asks about a match that waited and was ended: that it was never
// told is said, although at its time nothing was wrong yet.
func TestWhyWaitedInVain(t *testing.T) {
	rule := whySchema + `rule r {
  from auth
  sequence by user within 10m {
    one = n == 1
    two = n == 2
    not three = n == 3 within 5m
  }
}`
	event := func(second, n int) string {
		return fmt.Sprintf(`{"time": "2024-03-01T00:00:%02dZ", "user": "ann", "n": %d}`+"\n", second, n)
	}
	at := time.Date(2024, 3, 1, 0, 0, 2, 0, time.UTC)
	x := ask(t, rule, event(1, 1)+event(2, 2)+event(3, 3), det.Question{Rule: "r", Entity: map[string]string{"user": "ann"}, At: at}, det.RunOptions{})
	if want := []string{"it was never told: at 2024-03-01T00:00:03Z came what must not come"}; x.Outcome != runtime.Waiting || !slices.Equal(x.Notes, want) {
		t.Errorf("%s, %q; want %q", x.Outcome, x.Notes, want)
	}
}

// near reports whether two numbers agree in three digits.
func near(a, b string) bool {
	var x, y float64
	fmt.Sscan(a, &x)
	fmt.Sscan(b, &y)
	return fmt.Sprintf("%.3g", x) == fmt.Sprintf("%.3g", y)
}

// TestTraceTellsEveryRow counts what an engine that is traced tells: each event of a
// rule ends in exactly one way.
func TestTraceTellsEveryRow(t *testing.T) {
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: whySchema + `rule r {
  from auth
  where n > 0
  when n > 1
  throttle 30s by user
}`})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	path := filepath.Join(t.TempDir(), "auth.ndjson")
	if err := os.WriteFile(path, []byte(hours("ann", 10)), 0o644); err != nil {
		t.Fatal(err)
	}
	got := map[runtime.Outcome]int{}
	_, err := rules.Run(context.Background(), det.RunOptions{Inputs: []string{path}, Trace: func(j *runtime.Judgement) { got[j.Outcome]++ }})
	if err != nil {
		t.Fatal(err)
	}
	want := map[runtime.Outcome]int{runtime.Excluded: 1, runtime.ConditionFalse: 1, runtime.Fired: 1, runtime.Throttled: 7}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
