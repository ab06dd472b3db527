package det_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

const lateSchema = `schema logins {
  time timestamp
  user string
  host %s
}
`

const (
	dayRule = `rule day {
  from logins
  window 1d by user { c = count() }
  when c >= 5
}
`
	hourRule = `rule hour {
  from logins
  window 1h by user { c = count() }
  when c >= 2
}
`
)

// logins is a login of a user at each time, host and all.
func logins(user string, times ...string) string {
	var b strings.Builder
	for _, at := range times {
		fmt.Fprintf(&b, `{"time":"2024-03-%sZ","user":%q,"host":"7"}`+"\n", strings.Replace(at, " ", "T", 1), user)
	}
	return b.String()
}

// parts runs rule sets one after the other over parts of the events, with one state
// file and a lateness, nil for none.
type parts struct {
	t        *testing.T
	dir      string
	lateness *time.Duration
	shards   int
	until    time.Time
	n        int
}

// run gives the alerts, the notes, and how many records were set aside as outdated.
func (p *parts) run(rules, events string) (alerts, notes []string, outdated int64) {
	p.t.Helper()
	set, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: rules})
	if len(set.Rules()) == 0 {
		p.t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	p.n++
	path := filepath.Join(p.dir, fmt.Sprintf("%d.ndjson", p.n))
	if err := os.WriteFile(path, []byte(events), 0o600); err != nil {
		p.t.Fatal(err)
	}
	stats, err := set.Run(context.Background(), det.RunOptions{
		Inputs: []string{path}, State: filepath.Join(p.dir, "state"), Lateness: p.lateness, Shards: p.shards, Until: p.until,
		Note: func(s string) { notes = append(notes, s) },
		Alerts: func(list []runtime.Alert) error {
			for _, a := range list {
				alerts = append(alerts, a.Rule+" "+output.List(a.Values))
			}
			return nil
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range stats.Rejected {
		if c.Cause == "outdated" {
			outdated += c.N
		}
	}
	return alerts, notes, outdated
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A rule that is left out of two runs, once because of an error, goes on from its state
// when it comes back, and a note tells what it has not seen.
func TestStateOfAbsentRules(t *testing.T) {
	for _, shards := range []int{1, 3} {
		t.Run(fmt.Sprint(shards, " shards"), func(t *testing.T) {
			p := &parts{t: t, dir: t.TempDir(), shards: shards}
			schema := fmt.Sprintf(lateSchema, "string")
			gone := "rule day is not in this run: what it kept stays in the state, for when it comes back"

			alerts, notes, _ := p.run(schema+dayRule+hourRule, logins("ann", "01 01:00:00", "01 02:00:00", "01 03:00:00"))
			same(t, "alerts", alerts)
			same(t, "notes", notes)

			alerts, notes, _ = p.run(schema+strings.Replace(dayRule, "c >= 5", "nobody >= 5", 1)+hourRule, logins("ann", "01 04:00:00", "01 05:00:00"))
			same(t, "alerts", alerts)
			same(t, "notes", notes, gone)

			_, notes, _ = p.run(schema+hourRule, logins("ann", "01 06:00:00"))
			same(t, "notes", notes, gone)

			alerts, notes, _ = p.run(schema+dayRule+hourRule, logins("ann", "01 07:00:00", "01 07:30:00", "02 01:00:00"))
			same(t, "alerts", alerts, "day c 5", "hour c 2") // 3 before and 2 now
			same(t, "notes", notes, "rule day comes back: it goes on from its state, and has not seen the events from 2024-03-01T03:00:00.000001Z to 2024-03-01T06:00:00.000001Z")

			_, notes, _ = p.run(schema+dayRule+hourRule, logins("ann", "02 02:00:00"))
			same(t, "notes", notes)
		})
	}
}

// Rows that wait for their time are there in the next run, whatever other fields the
// rules read then.
func TestStateOfWaitingRows(t *testing.T) {
	lateness := 3 * time.Hour
	const phones = `rule phones {
  from logins
  where host == "7"
  window 1h by user { n = count() }
  when n >= 1
}
`
	fresh := "rule phones is new: it starts without state"
	for _, c := range []struct {
		name, first, second string
		alerts, notes       []string
		outdated            int64
	}{
		{"the same rules", fmt.Sprintf(lateSchema, "string") + hourRule, fmt.Sprintf(lateSchema, "string") + hourRule,
			[]string{"hour c 3"}, nil, 0},
		{"a rule more, which reads another field", fmt.Sprintf(lateSchema, "string") + hourRule, fmt.Sprintf(lateSchema, "string") + hourRule + phones,
			[]string{"hour c 3", "phones n 1"}, []string{
				"2 rows of logins that waited for their time go on without host, which was not read then, or elsewhere", fresh}, 0},
		{"a rule less", fmt.Sprintf(lateSchema, "string") + hourRule + phones, fmt.Sprintf(lateSchema, "string") + hourRule,
			[]string{"hour c 3"}, []string{"rule phones is not in this run: what it kept stays in the state, for when it comes back"}, 0},
		{"another type", fmt.Sprintf(lateSchema, "string") + hourRule + phones, fmt.Sprintf(lateSchema, "int") + hourRule + strings.Replace(phones, `"7"`, "7", 1),
			[]string{"phones n 1"}, []string{
				"2 rows of logins that waited for their time are set aside: host was string in them and is int now",
				"rule phones has changed: it starts without the state of the earlier version"}, 2},
		{"another place", fmt.Sprintf(lateSchema, "string") + hourRule + phones, fmt.Sprintf(lateSchema, `string from "hostname"`) + hourRule + phones,
			[]string{"hour c 3"}, []string{
				"2 rows of logins that waited for their time go on without host, which was not read then, or elsewhere",
				"rule phones has changed: it starts without the state of the earlier version"}, 0},
		{"another time", fmt.Sprintf(lateSchema, "string") + hourRule, strings.Replace(fmt.Sprintf(lateSchema, "string"), "time timestamp", `time timestamp from "time", "ts"`, 1) + hourRule,
			nil, []string{
				"2 rows of logins that waited for their time are set aside: they are read in another way now",
				"rule hour has changed: it starts without the state of the earlier version"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &parts{t: t, dir: t.TempDir(), lateness: &lateness}
			alerts, notes, outdated := p.run(c.first, logins("ann", "01 10:10:00", "01 10:20:00"))
			same(t, "alerts", alerts)
			same(t, "notes", notes)
			if outdated != 0 {
				t.Errorf("%d set aside at first", outdated)
			}
			alerts, notes, outdated = p.run(c.second, logins("ann", "01 10:30:00", "01 20:00:00"))
			same(t, "alerts", alerts, c.alerts...)
			same(t, "notes", notes, c.notes...)
			if outdated != c.outdated {
				t.Errorf("%d set aside, want %d", outdated, c.outdated)
			}
		})
	}

	t.Run("nothing waits", func(t *testing.T) {
		p := &parts{t: t, dir: t.TempDir()}
		p.run(fmt.Sprintf(lateSchema, "string")+hourRule, logins("ann", "01 10:10:00"))
		_, notes, _ := p.run(fmt.Sprintf(lateSchema, "string")+hourRule+phones, logins("ann", "01 10:20:00"))
		same(t, "notes", notes, fresh)
	})
}

// While one run has a state file, another is refused and says why.
func TestStateInUse(t *testing.T) {
	dir := t.TempDir()
	rules := fmt.Sprintf(lateSchema, "string") + dayRule
	set, _ := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: rules})
	path, state := filepath.Join(dir, "in.ndjson"), filepath.Join(dir, "state")
	if err := os.WriteFile(path, []byte(logins("ann", "01 01:00:00")), 0o600); err != nil {
		t.Fatal(err)
	}
	opts := det.RunOptions{Inputs: []string{path}, State: state}
	var second error
	first := opts
	first.Progress = func(det.Progress) { _, second = set.Run(context.Background(), opts) }
	if _, err := set.Run(context.Background(), first); err != nil {
		t.Fatal(err)
	}
	if refused := new(det.InputError); !errors.As(second, &refused) || !strings.Contains(second.Error(), "in use by another run: wait") {
		t.Errorf("the second run: %v", second)
	}
	if _, err := set.Run(context.Background(), opts); err != nil {
		t.Errorf("a later run: %v", err)
	}
}

// A run that ends its clock judges what came before, also in a stream that goes on
// later: rows before that time do not wait for ones that could still come.
func TestStateUntil(t *testing.T) {
	lateness := 3 * time.Hour
	p := &parts{t: t, dir: t.TempDir(), lateness: &lateness, until: time.Date(2024, 3, 1, 11, 0, 0, 0, time.UTC)}
	rules := fmt.Sprintf(lateSchema, "string") + hourRule
	alerts, _, _ := p.run(rules, logins("ann", "01 10:10:00", "01 10:20:00", "01 11:30:00"))
	same(t, "alerts", alerts, "hour c 2")
	p.until = time.Time{}
	alerts, notes, _ := p.run(rules, logins("ann", "01 11:30:00", "01 11:40:00", "01 20:00:00"))
	same(t, "alerts", alerts, "hour c 2")
	same(t, "notes", notes)
}

// A run that could not read all of its inputs leaves the state as it was: its clock
// would pass the events of the others, which then could never be counted.
func TestStateAfterUnreadInput(t *testing.T) {
	dir := t.TempDir()
	path := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	set, _ := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: fmt.Sprintf(lateSchema, "string") + dayRule})
	state := filepath.Join(dir, "state")
	run := func(paths ...string) (alerts, notes []string, err error) {
		_, err = set.Run(context.Background(), det.RunOptions{
			Inputs: paths, State: state, SaveEvery: time.Nanosecond,
			Mark: func() (map[string]int64, error) { return nil, nil },
			Note: func(s string) { notes = append(notes, s) },
			Alerts: func(list []runtime.Alert) error {
				for _, a := range list {
					alerts = append(alerts, a.Rule+" "+output.List(a.Values))
				}
				return nil
			},
		})
		return alerts, notes, err
	}
	if _, _, err := run(path("a.ndjson", logins("ann", "01 01:00:00"))); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	broken, later := path("b.parquet", "PAR1 nothing"), path("c.ndjson", logins("ann", "01 03:00:00", "02 03:00:00"))
	_, notes, err := run(broken, later)
	if unread := new(det.InputError); !errors.As(err, &unread) || len(notes) != 1 || !strings.Contains(notes[0], "is left as it was") {
		t.Errorf("error %v, notes %q", err, notes)
	}
	if after, _ := os.ReadFile(state); string(after) != string(before) {
		t.Error("the state is another")
	}
	alerts, _, err := run(path("b.ndjson", logins("ann", "01 02:00:00", "01 02:30:00", "01 02:40:00")), later)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "alerts", alerts, "day c 5")
}
