package lint

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var smallMean = Lint{
	Code: "L201", Name: "score-of-rare-counts", Category: Statistics, Level: Warning,
	Summary: "a count judged by z although its mean will be near zero",
	Why: "Most keys have no event in most hours, so mean and deviation are near zero and a single event scores 10 or " +
		"1,000,000. A floor of about one event, or a least count in the condition, keeps that from firing.",
	Avoid: `import std.auth

rule guessing {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10
  when zscore(failed, usual) > 3
}
`,
	Prefer: `import std.auth

rule guessing {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10 floor 1.0
  when zscore(failed, usual) > 3 and failed >= 5
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, s := range r.scores() {
			if s.stats.Spec.Name != "baseline" || s.op != ">" && s.op != ">=" || !r.counted(s.measure) || s.stats.Args.Float("floor", 0) >= 0.5 || !r.keyed() {
				continue
			}
			if r.span(s.measure, r.conditions()).lo >= 3 || r.demandsMean(s.stats.Args.Bound) {
				continue
			}
			p.Tell(s.at.Span(), "where %s is mostly 0, a single event scores far above %g", plan.String(s.measure), s.limit).Hint =
				"write a floor of about 1 behind the baseline, or a least count: and " + plan.String(s.measure) + " >= 5"
		}
	},
}

// keyed reports whether windows are by key, so that many of them are sparse.
func (r *Rule) keyed() bool {
	for _, st := range r.Plan.Stages {
		if st.Fresh && len(st.Args.Clauses["by"]) > 0 {
			return true
		}
	}
	return false
}

// conditions are all that hold where the rule fires, as far back as the row has the
// same columns.
func (r *Rule) conditions() []plan.Expr {
	if n := len(r.Plan.Stages); n > 0 {
		return r.before(nil)
	}
	return nil
}

// demandsMean reports whether the rule looks at the mean or the median of a
// baseline outside of its scores.
func (r *Rule) demandsMean(name string) bool {
	found := false
	r.walk(func(x ast.Expr) {
		if s, ok := x.(*ast.Select); ok && dotted(s.X) == name && (s.Sel.Name == "mean" || s.Sel.Name == "median" || strings.HasPrefix(s.Sel.Name, "p") || s.Sel.Name == "max") {
			found = true
		}
	})
	return found
}
