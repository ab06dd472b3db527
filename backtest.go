package det

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime"
)

// Label is something that happened and should have been found: an entity, and a
// stretch of time. Rule is "" where any rule may find it.
type Label struct {
	Entity   string
	From, To time.Time
	Rule     string
}

// Backtest is what rules would have said over past events.
type Backtest struct {
	From, To time.Time // of the events
	Rows     int64
	Alerts   int
	Rules    []BacktestRule // of all rules that alert, in order of the set
	Labels   int
	Found    int // labels with an alert
	Right    int // alerts with a label
	Missed   []Label
	Elapsed  time.Duration
	Labelled bool // labels were given
}

// BacktestRule is the part of one rule.
type BacktestRule struct {
	Name, Level, Title string
	Alerts             int
	Days               []int // alerts by day (UTC) from Backtest.From on
	Entities           []Entity
	Right              int // alerts with a label
}

// Entity is whom alerts are about, with how many there are.
type Entity struct {
	Name   string
	Alerts int
}

// day is the number of the day of a time, from the first day of the backtest on.
func (b *Backtest) day(at time.Time) int {
	return int(at.UTC().Truncate(24*time.Hour).Sub(b.From.UTC().Truncate(24*time.Hour)) / (24 * time.Hour))
}

// Days is how many days the events cover.
func (b *Backtest) Days() int {
	if b.From.IsZero() {
		return 0
	}
	return b.day(b.To) + 1
}

// Precision is the share of alerts that have a label, and false without alerts.
func (b *Backtest) Precision() (float64, bool) {
	return float64(b.Right) / float64(max(b.Alerts, 1)), b.Labelled && b.Alerts > 0
}

// Recall is the share of labels that have an alert, and false without labels.
func (b *Backtest) Recall() (float64, bool) {
	return float64(b.Found) / float64(max(b.Labels, 1)), b.Labelled && b.Labels > 0
}

// topEntities is how many entities of a rule a backtest names.
const topEntities = 10

// Backtest runs the rules over past events and counts what they say. Labels may be
// nil. Of opts, Alerts is not used.
func (r *Ruleset) Backtest(ctx context.Context, opts RunOptions, labels []Label) (*Backtest, error) {
	var alerts []runtime.Alert
	opts.Alerts = func(list []runtime.Alert) error {
		alerts = append(alerts, list...)
		return nil
	}
	stats, err := r.Run(ctx, opts)
	if ctx.Err() != nil {
		return nil, err
	}
	return newBacktest(r.set, stats, alerts, labels), err
}

// newBacktest counts the alerts of a run.
func newBacktest(set *plan.Set, stats RunStats, alerts []runtime.Alert, labels []Label) *Backtest {
	b := &Backtest{Rows: stats.Rows, Alerts: len(alerts), Elapsed: stats.Elapsed, Labels: len(labels), Labelled: labels != nil}
	if stats.Rows > 0 && stats.Last > 0 {
		b.From, b.To = time.UnixMicro(stats.First).UTC(), time.UnixMicro(stats.Last).UTC()
	}
	at := map[string]int{}
	for _, x := range set.Rules {
		at[x.Name] = len(b.Rules)
		b.Rules = append(b.Rules, BacktestRule{Name: x.Name, Level: x.Meta.Level, Title: x.Meta.Title, Days: make([]int, b.Days())})
	}
	found := make([]bool, len(labels))
	entities := make([]map[string]int, len(b.Rules))
	for i := range alerts {
		a := &alerts[i]
		n := at[a.Rule]
		rule := &b.Rules[n]
		rule.Alerts++
		if len(rule.Days) > 0 {
			day := min(max(b.day(time.UnixMicro(a.Time-1)), 0), len(rule.Days)-1)
			rule.Days[day]++
		}
		if entities[n] == nil {
			entities[n] = map[string]int{}
		}
		entities[n][entityOf(a)]++
		right := false
		for j := range labels {
			if labels[j].fits(a) {
				found[j], right = true, true
			}
		}
		if right {
			rule.Right++
			b.Right++
		}
	}
	for i := range b.Rules {
		for name, n := range entities[i] {
			b.Rules[i].Entities = append(b.Rules[i].Entities, Entity{name, n})
		}
		slices.SortFunc(b.Rules[i].Entities, func(x, y Entity) int {
			return cmp.Or(cmp.Compare(y.Alerts, x.Alerts), cmp.Compare(x.Name, y.Name))
		})
		b.Rules[i].Entities = b.Rules[i].Entities[:min(len(b.Rules[i].Entities), topEntities)]
	}
	for j, ok := range found {
		if ok {
			b.Found++
		} else {
			b.Missed = append(b.Missed, labels[j])
		}
	}
	return b
}

// entityOf is whom an alert is about: its keys, or the first field of its event.
func entityOf(a *runtime.Alert) string {
	var parts []string
	for _, k := range a.Keys {
		if k.Value != nil {
			parts = append(parts, runtime.FormatValue(k.Value, k.Kind))
		}
	}
	if len(parts) == 0 {
		for _, k := range a.Risk {
			parts = append(parts, k.Entity)
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

// fits reports whether an alert finds what a label tells of: it names the entity,
// and its window or event meets the label's time.
func (l *Label) fits(a *runtime.Alert) bool {
	if l.Rule != "" && l.Rule != a.Rule {
		return false
	}
	from, to := a.Time, a.Time
	if a.HasWindow {
		from = a.WindowStart
	}
	if !l.To.IsZero() && from > l.To.UnixMicro() || !l.From.IsZero() && to < l.From.UnixMicro() {
		return false
	}
	names := func(list []runtime.Named) bool {
		return slices.ContainsFunc(list, func(n runtime.Named) bool {
			return n.Value != nil && strings.EqualFold(runtime.FormatValue(n.Value, n.Kind), l.Entity)
		})
	}
	if l.Entity == "" || names(a.Keys) || slices.ContainsFunc(a.Risk, func(r runtime.Risk) bool { return strings.EqualFold(r.Entity, l.Entity) }) {
		return true
	}
	return !a.HasWindow && len(a.Evidence) == 1 && names(a.Evidence[0].Fields)
}
