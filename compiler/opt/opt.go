// Package opt rewrites plans so that they do less. Every rewrite keeps the
// alerts: the goldens run with and without them.
package opt

import "github.com/detlang/det/compiler/plan"

// Pass is one rewrite.
type Pass struct {
	Name string
	Doc  string
	Run  func(r *plan.Rule)
}

// Passes are the rewrites in the order in which they run. What is rewritten
// elsewhere (projection, pushdown, sharing, the order of predicates) follows them:
// ARCHITECTURE.md has the whole order.
func Passes() []Pass {
	return []Pass{
		// First, so that the others see through names and arithmetic on constants.
		{"fold", "evaluate what depends on no event", foldPass},
		// After folding, which leaves true and false where constants decided.
		{"logic", "flatten and simplify and, or and not", logic},
		// After logic, since an alternative that fell away may leave a list.
		{"in", "join equality tests of one field into one `in`", in},
	}
}

// Rules runs all passes over a set.
func Rules(set *plan.Set) {
	for _, r := range set.Rules {
		for _, p := range Passes() {
			p.Run(r)
		}
	}
}

// each maps every expression of a rule.
func each(r *plan.Rule, f func(plan.Expr) plan.Expr) {
	for _, st := range r.Stages {
		if st.Cond != nil {
			st.Cond = plan.Map(st.Cond, f)
		}
		for i, x := range st.Inputs {
			st.Inputs[i] = plan.Map(x, f)
		}
	}
	for _, list := range [][]plan.Output{r.Alert.Keys, r.Alert.Values, r.Alert.Evidence, r.Alert.Carried} {
		for i := range list {
			list[i].X = plan.Map(list[i].X, f)
		}
	}
	for i := range r.Alert.Risk {
		k := &r.Alert.Risk[i]
		k.Entity, k.Score = plan.Map(k.Entity, f), plan.Map(k.Score, f)
	}
}
