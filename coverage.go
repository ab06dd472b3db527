package det

import (
	"context"
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/runtime/engine"
)

// Coverage is what the tests of a rule set reached of its rules: which conditions
// they saw true and false, and which stages had a row.
type Coverage struct {
	Rules []RuleCoverage
	byKey map[watchKey]*ConditionCoverage
	rules map[string]*RuleCoverage
}

// RuleCoverage is the coverage of one rule. Tests is how many tests it took part in.
type RuleCoverage struct {
	Rule       string
	At         source.Span
	Tests      int
	Conditions []ConditionCoverage
	Stages     []StageCoverage
}

// ConditionCoverage counts the rows for which a condition held and did not, among
// those that came to its stage.
type ConditionCoverage struct {
	At          source.Span
	True, False int64
}

// StageCoverage counts the rows that came to a stage.
type StageCoverage struct {
	Name string
	At   source.Span
	Rows int64
}

// Gap is something that no test reached.
type Gap struct {
	At   source.Span
	What string
}

// Gaps lists what no test reached of a rule.
func (r *RuleCoverage) Gaps() []Gap {
	if r.Tests == 0 {
		return []Gap{{r.At, "has no test"}}
	}
	var out []Gap
	for _, s := range r.Stages {
		if s.Rows == 0 {
			out = append(out, Gap{s.At, "no row came to `" + s.Name + "`"})
		}
	}
	for _, c := range r.Conditions {
		switch {
		case c.True+c.False == 0:
			out = append(out, Gap{c.At, "never asked: " + c.At.Text()})
		case c.True == 0:
			out = append(out, Gap{c.At, "never true: " + c.At.Text()})
		case c.False == 0:
			out = append(out, Gap{c.At, "never false: " + c.At.Text()})
		}
	}
	return out
}

// Seen counts the outcomes that tests saw, and all there are: two a condition, one
// a stage.
func (c *Coverage) Seen() (seen, all int) {
	add := func(is bool) {
		all++
		if is {
			seen++
		}
	}
	for _, r := range c.Rules {
		for _, x := range r.Conditions {
			add(x.True > 0)
			add(x.False > 0)
		}
		for _, s := range r.Stages {
			add(s.Rows > 0)
		}
	}
	return seen, all
}

// watchKey is a condition of a rule.
type watchKey struct {
	rule             string
	stage, condition int
}

// Coverage runs the tests of rule files and tells what they reached. The rules run
// as they were written.
func (c Compiler) Coverage(ctx context.Context, paths ...string) (Coverage, error) {
	c.NoOptimise = true
	rules, _, err := c.Files(paths...)
	if err != nil {
		return Coverage{}, err
	}
	cover := newCoverage(rules.set)
	for _, t := range rules.Tests() {
		t.run(ctx, cover)
		for _, r := range plan.Closure(t.test.Rule, rules.set.Rules) {
			cover.rules[r.Name].Tests++
		}
	}
	cover.Rules = slices.DeleteFunc(cover.Rules, func(x RuleCoverage) bool { return rules.own != nil && !rules.own[x.At.File] })
	return *cover, ctx.Err()
}

// newCoverage lists the conditions and stages of a set. Conditions that an author
// did not write, such as that a baseline is warm, are left out.
func newCoverage(set *plan.Set) *Coverage {
	c := &Coverage{Rules: make([]RuleCoverage, len(set.Rules)), byKey: map[watchKey]*ConditionCoverage{}, rules: map[string]*RuleCoverage{}}
	for i, r := range set.Rules {
		out := &c.Rules[i]
		out.Rule, out.At = r.Name, r.At
		c.rules[r.Name] = out
		type place struct {
			key watchKey
			at  int
		}
		var places []place
		at := map[source.Span]int{}
		for n, st := range r.Stages {
			if st.Cond == nil {
				out.Stages = append(out.Stages, StageCoverage{Name: st.Spec.Name, At: st.At})
				continue
			}
			for k, x := range plan.Conditions(st.Cond) {
				if isWarm(x) {
					continue
				}
				where, ok := at[x.Span()]
				if !ok {
					where = len(out.Conditions)
					at[x.Span()] = where
					out.Conditions = append(out.Conditions, ConditionCoverage{At: x.Span()})
				}
				places = append(places, place{watchKey{r.Name, n, k}, where})
			}
		}
		for _, p := range places {
			c.byKey[p.key] = &out.Conditions[p.at]
		}
	}
	return c
}

// isWarm reports whether a condition is that of a baseline being warm.
func isWarm(x plan.Expr) bool {
	col, ok := x.(*plan.Col)
	return ok && len(col.Column.Name) > 5 && col.Column.Name[len(col.Column.Name)-5:] == ".warm"
}

// watch counts a condition; it is an engine's Options.Watch.
func (c *Coverage) watch(rule string, w engine.Watched, held, failed int) {
	if x := c.byKey[watchKey{rule, w.Stage, w.Condition}]; x != nil {
		x.True += int64(held)
		x.False += int64(failed)
	}
}

// count adds the rows that came to the stages of an engine that has run.
func (c *Coverage) count(e *engine.Engine) {
	if c == nil {
		return
	}
	stats := e.Stats()
	for _, r := range stats.Rules {
		into := c.rules[r.Name]
		if into == nil {
			continue
		}
		n := 0
		for _, st := range r.Stages {
			if st.Stage == "when" || st.Stage == "alert" {
				continue
			}
			if n < len(into.Stages) && into.Stages[n].Name == st.Stage {
				into.Stages[n].Rows += st.Given
				n++
			}
		}
	}
}
