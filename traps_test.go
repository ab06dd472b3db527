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

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// trap is a known way to be wrong, each seen in a real rule or engine, as a rule and
// events over which the wrong reading gives something else.
type trap struct {
	n      int
	title  string
	rule   string // from `from logins` on
	events string
	// want is the alerts, as hour:minute, key and values; stream reads the input as
	// one, with a lateness of a minute.
	want   []string
	stream bool
	aside  string // what is set aside
	// refused is the code by which the checker refuses the rule.
	refused string
}

const trapSchema = `schema logins {
  time timestamp
  user string
  team string
  what string
  n int
  x float
}

rule r {
  from logins
`

// at is an event of a user some time after midnight.
func at(d time.Duration, user, rest string) string {
	t := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC).Add(d)
	if user != "" {
		rest = fmt.Sprintf(", \"user\": %q", user) + rest
	}
	return fmt.Sprintf(`{"time": %q%s}`+"\n", t.Format(time.RFC3339Nano), rest)
}

// every is n events of a user, a step apart, the first at a time.
func every(n int, from, step time.Duration, user, rest string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(at(from+time.Duration(i)*step, user, rest))
	}
	return b.String()
}

// buckets is as many events of a user in each period as counts say.
func buckets(period time.Duration, user string, counts ...int) string {
	var b strings.Builder
	for i, n := range counts {
		b.WriteString(every(n, time.Duration(i)*period, time.Second, user, ""))
	}
	return b.String()
}

const day = 24 * time.Hour

// traps are those of statistics and of windows, 1 to 26; those from 27 on are valueTraps
// and arrowTraps. A comment says what the wrong reading gives.
var traps = []trap{
	{
		// Pooled over the days the fifth hour has had 20, and 7 are nothing.
		n: 1, title: "the hour of the day is a season, not a bucket",
		rule: `  window 1h by user { c = count() }
  baseline usual of c over 30d at hour_of_day min 5 floor 1
  when c > 2 * usual.mean and hour(window_start) == 5`,
		events: buckets(time.Hour, "ann", append(slices.Repeat([]int{2}, 245), 7)...),
		want:   []string{"11T06:00 user ann c 7, usual.mean 2, window_start 2024-03-11T05:00:00Z, usual.n 10, usual.stddev 0 partial"},
	},
	{
		n: 2, title: "a count of 90 days is none of one day",
		rule: `  window 90d every 1d by user { c = count() }
  when c > rate(30, 1d)`,
		refused: "D0501",
	},
	{
		// With the judged one among six, no z passes 2.04.
		n: 3, title: "the judged member is not in its own sample",
		rule: `  window 1h by user, team { c = count() }
  peers crowd of c by team min 5 floor 1
  when zscore(c, crowd) > 3`,
		events: every(2, 0, time.Minute, "a", `, "team": "red"`) + every(2, 0, time.Minute, "b", `, "team": "red"`) + every(3, 0, time.Minute, "c", `, "team": "red"`) +
			every(2, 0, time.Minute, "d", `, "team": "red"`) + every(2, 0, time.Minute, "e", `, "team": "red"`) + every(9, 0, time.Minute, "f", `, "team": "red"`),
		want: []string{"01T01:00 user f, team red c 9, zscore(c, crowd) 6.8, crowd.mean 2.2, crowd.scale 1, crowd.n 5, crowd.stddev 0.4472 partial"},
	},
	{
		// With today as a row of its own history n is 6 and z is no 8; with n > min the
		// rule is silent.
		n: 4, title: "today is not in its own history, and min is at least",
		rule: `  window 1d by user { c = count() }
  baseline usual of c over 30d min 5 floor 1
  when zscore(c, usual) > 3`,
		events: buckets(day, "ann", 2, 2, 2, 2, 2, 10),
		want:   []string{"07T00:00 user ann c 10, zscore(c, usual) 8, usual.mean 2, usual.scale 1, usual.n 5, usual.stddev 0 partial"},
	},
	{
		// The mean over rows of a count a row is 1.
		n: 5, title: "the mean is over periods, not over rows",
		rule: `  window 1h by user { c = count() }
  baseline usual of c over 30d
  let ratio = c / usual.mean
  when ratio > 50`,
		events: buckets(time.Hour, "ann", append(slices.Repeat([]int{1}, 20), 100)...),
		want:   []string{"01T21:00 user ann c 100, ratio 100, usual.mean 1, usual.n 20, usual.stddev 0 partial"},
	},
	{
		// Without the empty hours the mean is 1, the deviation 0, and one event is usual.
		n: 6, title: "hours without events count",
		rule: `  window 1h by user { c = count() }
  baseline usual of c over 30d min 20
  when zscore(c, usual) > 3`,
		events: at(0, "ann", "") + at(20*time.Hour, "ann", ""),
		want:   []string{"01T21:00 user ann c 1, zscore(c, usual) 4.249, usual.mean 0.05, usual.scale 0.2236, usual.n 20, usual.stddev 0.2236 partial"},
	},
	{
		n: 7, title: "a deviation, or a MAD, of zero is floored",
		rule: `  window 1h by user { c = count() }
  baseline usual of c over 30d floor 0.5
  when zscore(c, usual) > 3 and robust_zscore(c, usual) > 3`,
		events: buckets(time.Hour, "ann", 2, 2, 2, 2, 2, 2, 4),
		want:   []string{"01T07:00 user ann c 4, zscore(c, usual) 4, usual.mean 2, usual.scale 0.5, robust_zscore(c, usual) 4, usual.median 2, usual.rscale 0.5, usual.n 6, usual.stddev 0 partial"},
	},
	{
		n: 8, title: "an entity without history is not lost",
		rule: `  window 1h by user { c = count() }
  baseline usual of c over 30d
  when usual.n == 0 and c >= 5`,
		events: buckets(time.Hour, "ann", 2, 2, 2, 2, 2, 9) + every(6, 5*time.Hour, time.Second, "zoe", ""),
		want:   []string{"01T06:00 user zoe c 6, usual.n 0 partial"},
	},
	{
		// Between < and > the event of 01:00 is in neither window.
		n: 9, title: "an event on a boundary is in one window",
		rule: `  window 1h by user { c = count() }
  when c > 0`,
		events: at(59*time.Minute, "ann", "") + at(time.Hour, "ann", "") + at(2*time.Hour-time.Microsecond, "ann", "") + at(2*time.Hour, "ann", ""),
		want:   []string{"01T01:00 user ann c 1", "01T02:00 user ann c 2", "01T03:00 user ann c 1 partial"},
	},
	{n: 10, title: "there is no wall clock", rule: "  when age(now(), time) < 1h", refused: "D0302"},
	{
		n: 11, title: "the deviation is that of a sample, and of one value there is none",
		rule: `  window 1h by user { sample = stddev(n), population = stddev_pop(n) }
  when population >= 0`,
		events: at(0, "ann", `, "n": 2`) + at(1, "ann", `, "n": 4`) + at(2, "zoe", `, "n": 9`),
		want:   []string{"01T01:00 user ann sample 1.414, population 1 partial", "01T01:00 user zoe population 0 partial"},
	},
	{
		// A sum of squares has no digit of the deviation left.
		n: 12, title: "digits are not lost",
		rule: `  window 1h by user { sd = stddev(x) }
  when sd > 0.09999999 and sd < 0.10000001`,
		events: at(0, "ann", `, "x": 10000000.2`) + strings.Repeat(at(1, "ann", `, "x": 10000000.1`)+at(2, "ann", `, "x": 10000000.3`), 500),
		want:   []string{"01T01:00 user ann sd 0.1 partial"},
	},
	{
		// The mean of the means of the hours is 6.
		n: 13, title: "a mean of means is not the mean",
		rule: `  window 2h every 1h by user { mean = avg(n), c = count() }
  when c >= 10`,
		events: every(9, 0, time.Second, "ann", `, "n": 1`) + at(time.Hour, "ann", `, "n": 11`),
		want:   []string{"01T02:00 user ann mean 2, c 10 partial"},
	},
	{
		// With Monday's 20 in the sample, Tuesday's have z 2.04.
		n: 14, title: "yesterday's attack does not raise today's threshold",
		rule: `  window 1d by user { c = count() }
  baseline usual of c over 30d floor 1 exclude alerted
  when zscore(c, usual) > 3`,
		events: buckets(day, "ann", 2, 2, 2, 2, 2, 20, 20),
		want: []string{
			"07T00:00 user ann c 20, zscore(c, usual) 18, usual.mean 2, usual.scale 1, usual.n 5, usual.stddev 0",
			"08T00:00 user ann c 20, zscore(c, usual) 18, usual.mean 2, usual.scale 1, usual.n 5, usual.stddev 0 partial",
		},
	},
	{
		// Five where the mean is 1 have z 3.87, and happen one hour in 273.
		n: 15, title: "small counts are not normal",
		rule: `  window 1h by user { c = count() }
  baseline usual of c over 30d min 10
  when poisson_tail(c, usual.mean) < 0.001`,
		events: buckets(time.Hour, "ann", 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 5) + buckets(time.Hour, "zoe", 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 6),
		want:   []string{"01T11:00 user zoe c 6, usual.mean 1, usual.n 10, usual.stddev 1.054 partial"},
	},
	{
		// The nearest rank gives 1 and 2.
		n: 16, title: "percentiles are linear between ranks",
		rule: `  window 1h by user { quarter = percentile(n, 25), half = median(n) }
  when half > 0`,
		events: at(0, "ann", `, "n": 1`) + at(1, "ann", `, "n": 2`) + at(2, "ann", `, "n": 3`) + at(3, "ann", `, "n": 4`),
		want:   []string{"01T01:00 user ann quarter 1.75, half 2.5 partial"},
	},
	{
		n: 17, title: "a sum that overflows is missing, not negative",
		rule: `  window 1h by user { sum = sum(n), c = count() }
  when c == 2 and not (sum < 0) and not (sum >= 0)`,
		events: at(0, "ann", `, "n": 9223372036854775807`) + at(1, "ann", `, "n": 1`),
		want:   []string{"01T01:00 user ann c 2 partial"},
	},
	{
		// In tumbling half hours there are three and three.
		n: 18, title: "an attack that straddles a boundary",
		rule: `  window 30m sliding by user { c = count() }
  when c >= 6`,
		events: every(6, 25*time.Minute, 2*time.Minute, "ann", "") + at(0, "zoe", "") + every(5, 30*time.Minute, 0, "zoe", ""),
		want:   []string{"01T00:35 user ann c 6"},
	},
	{
		n: 19, title: "a sliding count fires once until it has fallen",
		rule: `  window 10m sliding by user { c = count() }
  when c >= 3`,
		events: every(9, 0, time.Minute, "ann", "") + every(4, time.Hour, time.Minute, "ann", ""),
		want:   []string{"01T00:02 user ann c 3", "01T01:02 user ann c 3"},
	},
	{
		n: 20, title: "strangers without a name are no group",
		rule: `  window 1h by user { c = count() }
  when c >= 5`,
		events: every(9, 0, time.Second, "", "") + every(5, 0, time.Second, "ann", ""),
		want:   []string{"01T01:00 user ann c 5 partial"},
		aside:  "9 missing_key",
	},
	{
		// One event for both steps would fire for ann, events of one time for bob.
		n: 21, title: "one event is one step, and the second comes after the first",
		rule: `  sequence by user within 10m {
    first = what startswith "log"
    second = what == "login"
  }
  when true`,
		events: at(0, "ann", `, "what": "login"`) + at(0, "bob", `, "what": "logout"`) + at(0, "bob", `, "what": "login"`) +
			at(0, "cat", `, "what": "logout"`) + at(time.Minute, "cat", `, "what": "login"`),
		want: []string{"01T00:01 user cat first 1, first_time 2024-03-01T00:00:00Z, second 1, second_time 2024-03-01T00:01:00Z"},
	},
	{
		// Told at 00:00, ann would be wrong: the start comes at 00:04.
		n: 22, title: "absence waits until its time is over",
		rule: `  sequence by user within 10m {
    stopped = what == "stop"
    not started = what == "start" within 5m
  }
  when true`,
		events: at(0, "ann", `, "what": "stop"`) + at(4*time.Minute, "ann", `, "what": "start"`) + at(0, "bob", `, "what": "stop"`) + at(time.Hour, "cat", ""),
		want:   []string{"01T00:05 user bob stopped 1, stopped_time 2024-03-01T00:00:00Z"},
	},
	{
		// A window that the future closes has one event; an event without a time that
		// gets the clock's makes three.
		n: 23, title: "no time is made up, and the future closes no window",
		rule: `  window 1h by user { c = count() }
  when c > 0`,
		events: at(0, "ann", "") + `{"user": "ann"}` + "\n" + at(10*365*day, "ann", "") + at(10*time.Second, "ann", ""),
		stream: true,
		want:   []string{"01T01:00 user ann c 2 partial"},
		aside:  "1 future_time, 1 missing_time",
	},
	{
		n: 23, title: "a first event from the past holds back none",
		rule: `  window 1h by user { c = count() }
  when c > 0`,
		events: at(-24*365*day, "ann", "") + at(0, "ann", "") + at(10*time.Second, "ann", ""),
		want:   []string{"01T01:00 user ann c 2 partial", "07T01:00 user ann c 1"},
	},
	{
		n: 23, title: "nor does one in a stream",
		rule: `  window 1h by user { c = count() }
  when c > 0`,
		events: at(-24*365*day, "ann", "") + at(0, "ann", "") + at(10*time.Second, "ann", ""),
		stream: true,
		want:   []string{"01T01:00 user ann c 2 partial", "07T01:00 user ann c 1"},
	},
	{
		n: 23, title: "a first event from the future makes none late",
		rule: `  window 1h by user { c = count() }
  when c > 0`,
		events: at(75*365*day, "ann", "") + at(0, "ann", "") + at(10*time.Second, "ann", ""),
		stream: true,
		want:   []string{"01T01:00 user ann c 2 partial"},
		aside:  "1 future_time",
	},
	{
		n: 23, title: "nor does one in files",
		rule: `  window 1h by user { c = count() }
  when c > 0`,
		events: at(75*365*day, "ann", "") + at(0, "ann", "") + at(10*time.Second, "ann", ""),
		want:   []string{"01T01:00 user ann c 2 partial"},
		aside:  "1 future_time",
	},
	{
		n: 24, title: "late events are counted",
		rule: `  window 1h by user { c = count() }
  when c > 0`,
		events: at(0, "ann", "") + at(10*time.Minute, "ann", "") + at(5*time.Minute, "ann", ""),
		stream: true,
		want:   []string{"01T01:00 user ann c 2 partial"},
		aside:  "1 late",
	},
	{
		n: 26, title: "the same alert adds its risk once",
		rule: `  when n > 2
  risk 40 on user(user)
}

rule risky {
  from risk
  window 1d by entity_type, entity { total = sum(score) }
  when total > 0`,
		events: strings.Repeat(at(0, "ann", `, "n": 3`), 2),
		want: []string{
			"01T00:00  n 3", "01T00:00  n 3",
			"02T00:00 entity_type user, entity ann total 40 partial",
		},
	},
}

func TestTraps(t *testing.T) {
	for _, c := range traps {
		t.Run(fmt.Sprintf("%02d %s", c.n, c.title), func(t *testing.T) {
			rules, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: trapSchema + c.rule + "\n}\n"})
			if c.refused != "" {
				if diags.Errors() == 0 || diags.All[0].Code != c.refused {
					t.Fatalf("refused with %s; want %s", &det.CompileError{Diagnostics: diags}, c.refused)
				}
				return
			}
			if diags.Errors() > 0 {
				t.Fatal(&det.CompileError{Diagnostics: diags})
			}
			path := filepath.Join(t.TempDir(), "logins.ndjson")
			if err := os.WriteFile(path, []byte(c.events), 0o644); err != nil {
				t.Fatal(err)
			}
			opts := det.RunOptions{Inputs: []string{path}}
			if c.stream {
				lateness := time.Minute
				opts.Lateness = &lateness
			}
			var got []string
			opts.Alerts = func(list []runtime.Alert) error {
				for _, a := range list {
					line := time.UnixMicro(a.Time).UTC().Format("02T15:04") + " " + output.List(a.Keys) + " " + output.List(a.Values)
					if a.Partial {
						line += " partial"
					}
					got = append(got, line)
				}
				return nil
			}
			stats, err := rules.Run(context.Background(), opts)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(got)
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			var aside []string
			for _, n := range append(stats.Rejected, stats.LeftOut...) {
				aside = append(aside, fmt.Sprintf("%d %s", n.N, n.Cause))
			}
			slices.Sort(aside)
			if strings.Join(aside, ", ") != c.aside {
				t.Errorf("set aside: %s; want %s", strings.Join(aside, ", "), c.aside)
			}
		})
	}
}

// lastTrap is the number of the last known way to be wrong.
const lastTrap = 40

// TestEveryTrapHasACase holds the tables of traps, together, against their numbers.
func TestEveryTrapHasACase(t *testing.T) {
	seen := map[int]bool{25: true, 40: len(arrowTraps()) > 0} // see TestTrap25, TestArrowTraps
	for _, c := range traps {
		seen[c.n] = true
	}
	for _, c := range valueTraps {
		seen[c.n] = true
	}
	for n := 1; n <= lastTrap; n++ {
		if !seen[n] {
			t.Errorf("no case of trap %d", n)
		}
	}
}

// Trap 25: when a rule was edited so that what it counted means something else, its
// state is dropped, which a note says, and that of the others is kept.
func TestTrap25(t *testing.T) {
	set := func(length string, threshold int) *det.Ruleset {
		rules, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: fmt.Sprintf(trapSchema+`  window %s by user { c = count() }
  when c >= %d
}

rule other {
  from logins
  window 1d by user { c = count() }
  when c >= 4
}
`, length, threshold)})
		if diags.Errors() > 0 {
			t.Fatal(&det.CompileError{Diagnostics: diags})
		}
		return rules
	}
	dir := t.TempDir()
	path := func(name, events string) string {
		full := filepath.Join(dir, name)
		if err := os.WriteFile(full, []byte(events), 0o644); err != nil {
			t.Fatal(err)
		}
		return full
	}
	var got, notes []string
	run := func(rules *det.Ruleset, input, until string) {
		opts := det.RunOptions{Inputs: []string{input}, State: filepath.Join(dir, "state"), Note: func(s string) { notes = append(notes, s) }}
		if until != "" {
			opts.Until = instant(t, until)
		}
		opts.Alerts = func(list []runtime.Alert) error {
			for _, a := range list {
				got = append(got, a.Rule+" "+output.List(a.Values))
			}
			return nil
		}
		if _, err := rules.Run(context.Background(), opts); err != nil {
			t.Fatal(err)
		}
	}
	run(set("12h", 4), path("morning.ndjson", every(2, time.Hour, time.Hour, "ann", "")), "")
	run(set("1d", 2), path("evening.ndjson", every(2, 20*time.Hour, time.Hour, "ann", "")), "2024-03-02T00:00:00Z")
	slices.Sort(got)
	if want := []string{"other c 4", "r c 2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "rule r has changed") {
		t.Errorf("notes %q", notes)
	}
}
