package det

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/why"
	"github.com/detlang/det/runtime"
)

// RuleDiff is how the alerts of two versions of a rule set differ over the same
// events.
type RuleDiff struct {
	Gained, Lost []DiffAlert
	Moved        []MovedAlert
	Same         int
}

// DiffAlert is an alert of one version only, and why the other is silent.
type DiffAlert struct {
	Alert runtime.Alert
	Why   string
}

// MovedAlert is an alert of both versions about the same keys at the same place in
// their order, with another time or other values.
type MovedAlert struct {
	Old, New runtime.Alert
	Changed  []string // "time", and the names of values
}

// maxDiffWhy is how many alerts of a diff are explained: each takes a run.
const maxDiffWhy = 20

// Diff runs two rule sets over the same events and compares their alerts rule by
// rule: those of the same rule and keys are paired in the order of time, first
// those of the same time.
func Diff(ctx context.Context, older, newer *Ruleset, opts RunOptions) (*RuleDiff, error) {
	a, err := older.collect(ctx, opts)
	if err != nil {
		return nil, err
	}
	b, err := newer.collect(ctx, opts)
	if err != nil {
		return nil, err
	}
	d := &RuleDiff{}
	groups := map[string][2][]runtime.Alert{}
	var order []string
	for side, list := range [][]runtime.Alert{a, b} {
		for _, x := range list {
			key := x.Rule + "\x00" + entityOf(&x)
			g, known := groups[key]
			if !known {
				order = append(order, key)
			}
			g[side] = append(g[side], x)
			groups[key] = g
		}
	}
	slices.Sort(order)
	params := map[string]bool{}
	for _, set := range []*Ruleset{older, newer} {
		for _, x := range set.set.Rules {
			for _, p := range x.Params {
				params[x.Name+"."+p] = true
			}
		}
	}
	for _, key := range order {
		g := groups[key]
		d.pair(g[0], g[1], params)
	}
	d.explain(ctx, d.Gained, older, opts)
	d.explain(ctx, d.Lost, newer, opts)
	return d, ctx.Err()
}

// collect is all alerts of a run, in the order of time.
func (r *Ruleset) collect(ctx context.Context, opts RunOptions) ([]runtime.Alert, error) {
	var out []runtime.Alert
	opts.Alerts = func(list []runtime.Alert) error {
		out = append(out, list...)
		return nil
	}
	_, err := r.Run(ctx, opts)
	slices.SortStableFunc(out, func(a, b runtime.Alert) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

// pair pairs the alerts of one rule and key.
func (d *RuleDiff) pair(older, newer []runtime.Alert, params map[string]bool) {
	var restOld, restNew []runtime.Alert
	taken := make([]bool, len(newer))
	for _, o := range older {
		i := slices.IndexFunc(newer, func(n runtime.Alert) bool { return n.Time == o.Time })
		for i >= 0 && taken[i] {
			next := slices.IndexFunc(newer[i+1:], func(n runtime.Alert) bool { return n.Time == o.Time })
			if next < 0 {
				i = -1
				break
			}
			i += 1 + next
		}
		if i < 0 {
			restOld = append(restOld, o)
			continue
		}
		taken[i] = true
		d.match(o, newer[i], params)
	}
	for i, n := range newer {
		if !taken[i] {
			restNew = append(restNew, n)
		}
	}
	both := min(len(restOld), len(restNew))
	for i := range both {
		d.match(restOld[i], restNew[i], params)
	}
	for _, o := range restOld[both:] {
		d.Lost = append(d.Lost, DiffAlert{Alert: o})
	}
	for _, n := range restNew[both:] {
		d.Gained = append(d.Gained, DiffAlert{Alert: n})
	}
}

// match compares two alerts that belong together. Parameters are what was changed,
// not what it did.
func (d *RuleDiff) match(o, n runtime.Alert, params map[string]bool) {
	var changed []string
	if o.Time != n.Time {
		changed = append(changed, "time")
	}
	if o.Level != n.Level {
		changed = append(changed, "level")
	}
	for _, v := range n.Values {
		if params[n.Rule+"."+v.Name] {
			continue
		}
		i := slices.IndexFunc(o.Values, func(w runtime.Named) bool { return w.Name == v.Name })
		if i >= 0 && showValue(o.Values[i]) != showValue(v) {
			changed = append(changed, v.Name)
		}
	}
	if len(changed) == 0 {
		d.Same++
		return
	}
	d.Moved = append(d.Moved, MovedAlert{o, n, changed})
}

func showValue(v runtime.Named) string {
	if v.Value == nil {
		return "missing"
	}
	return runtime.FormatValue(v.Value, v.Kind)
}

// explain asks the other version why it is silent where this one fires.
func (d *RuleDiff) explain(ctx context.Context, list []DiffAlert, other *Ruleset, opts RunOptions) {
	for i := range list {
		a := &list[i].Alert
		if other.find(a.Rule) == nil {
			list[i].Why = "it has no rule " + a.Rule
			continue
		}
		if i >= maxDiffWhy {
			continue
		}
		entity := map[string]string{}
		for _, k := range a.Keys {
			if k.Value != nil {
				entity[k.Name] = runtime.FormatValue(k.Value, k.Kind)
			}
		}
		at := a.Time
		if a.HasWindow {
			at--
		}
		x, err := other.Why(ctx, Question{Rule: a.Rule, Entity: entity, At: time.UnixMicro(at)}, opts)
		switch {
		case x != nil:
			list[i].Why = headline(x)
		case err != nil:
			list[i].Why = fmt.Sprint(err)
		}
	}
}

// headline is the reason of an explanation in one line.
func headline(x *why.Explanation) string {
	text := string(x.Outcome)
	var needs []string
	for _, c := range x.Changes {
		needs = append(needs, c.Text)
	}
	if len(needs) > 0 {
		text += "; it would fire with " + strings.Join(needs, ", ")
	}
	return text
}
