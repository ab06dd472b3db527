package det

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime"
)

// SweepParam is a parameter of a rule and the values that it is tried with: int64,
// float64 or time.Duration.
type SweepParam struct {
	Name   string
	Values []any
}

// Sweep is what a rule would have said with each value of its parameters.
type Sweep struct {
	Rule    string
	Params  []string
	Points  []SweepPoint
	Shared  int // stages that ran once for all values
	Stages  int
	Elapsed time.Duration
}

// SweepPoint is one value of each parameter.
type SweepPoint struct {
	Values   []any
	Backtest Backtest
}

// maxSweep is how many points a sweep may have.
const maxSweep = 1000

// Sweep runs a rule with all values of some parameters over past events, in one
// pass: the stages before the first that a parameter changes run once.
func (c Compiler) Sweep(ctx context.Context, rule string, params []SweepParam, opts RunOptions, labels []Label, paths ...string) (*Sweep, error) {
	points := [][]any{nil}
	out := &Sweep{Rule: rule}
	for _, p := range params {
		out.Params = append(out.Params, p.Name)
		var next [][]any
		for _, head := range points {
			for _, v := range p.Values {
				next = append(next, append(slices.Clone(head), v))
			}
		}
		if points = next; len(points) > maxSweep {
			return nil, &UsageError{fmt.Sprintf("a sweep has at most %d points", maxSweep)}
		}
	}
	var set *plan.Set
	var base *plan.Rule
	var first *Ruleset
	for i, values := range points {
		c.Params = map[string]any{}
		for j, p := range params {
			c.Params[rule+"."+p.Name] = values[j]
		}
		rs, diags, err := c.Files(paths...)
		if err != nil {
			return nil, err
		}
		r := rs.find(rule)
		if r == nil {
			if diags.Errors() > 0 {
				return nil, &CompileError{diags}
			}
			return nil, &UsageError{"there is no rule " + rule + rs.proposal(rule)}
		}
		if i == 0 {
			if err := declares(rs, r, params); err != nil {
				return nil, err
			}
			first, base = rs, r
			set = &plan.Set{Schemas: rs.set.Schemas, Rules: plan.Closure(r, rs.set.Rules)}
			out.Stages, out.Shared = len(r.Stages), len(r.Stages)
		} else {
			set.Rules = append(set.Rules, variant(base, r, i, out))
		}
		out.Points = append(out.Points, SweepPoint{Values: values})
	}
	if len(points) == 1 {
		out.Shared = 0
	}
	var alerts []runtime.Alert
	opts.Alerts = func(list []runtime.Alert) error {
		for _, a := range list {
			if a.Rule == base.Name || strings.HasPrefix(a.Rule, base.Name+"#") {
				alerts = append(alerts, a)
			}
		}
		return nil
	}
	opts.Shards = 0 // the stages that are shared run in one place
	stats, err := (&Ruleset{set: set, files: first.files, build: first.build}).Run(ctx, opts)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for i := range out.Points {
		name := base.Name
		if i > 0 {
			name = variantName(base, i)
		}
		mine := slices.Clone(alerts)
		mine = slices.DeleteFunc(mine, func(a runtime.Alert) bool { return a.Rule != name })
		for j := range mine {
			mine[j].Rule = base.Name
		}
		out.Points[i].Backtest = *newBacktest(&plan.Set{Rules: []*plan.Rule{base}}, stats, mine, labels)
	}
	out.Elapsed = stats.Elapsed
	return out, err
}

// variantName is the name that a rule has with the values of point i.
func variantName(base *plan.Rule, i int) string { return fmt.Sprintf("%s#%d", base.Name, i) }

// variant makes a rule a part of the set of another version of it: it reads what
// that one reads, and shares the stages that are the same.
func variant(base, r *plan.Rule, i int, out *Sweep) *plan.Rule {
	v := *r
	v.Name = variantName(base, i)
	v.From.Schema, v.From.Union, v.From.Rules = base.From.Schema, base.From.Union, base.From.Rules
	same, shared := 0, 0
	for same < len(r.Stages) && same < len(base.Stages) && base.Stages[same].Exact() == r.Stages[same].Exact() {
		if same++; r.Stages[same-1].Cond == nil {
			shared = same
		}
	}
	if out.Shared = min(out.Shared, shared); shared > 0 {
		v.Fork = &plan.Fork{Of: base, Stages: shared}
	}
	return &v
}

// declares tells which parameter a rule does not have.
func declares(rs *Ruleset, r *plan.Rule, params []SweepParam) error {
	for _, p := range params {
		if !slices.Contains(r.Params, p.Name) {
			what := "it has none"
			if len(r.Params) > 0 {
				what = "it has " + strings.Join(r.Params, ", ")
			}
			return &UsageError{fmt.Sprintf("rule %s has no param %s: %s", r.Name, p.Name, what)}
		}
	}
	return nil
}
