package check

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// guard makes a condition silent about statistics that are still warming up. A
// comparison with a missing value is false, and its negation true; so a rule that
// says `not (zscore(x, usual) <= 3)` would fire on everybody without a history.
// Each test that reads statistics is therefore joined with their being warm, under
// a negation the other way round: whichever way it is asked, a cold baseline says
// no. Tests of n and warm themselves are left as they are.
func (r *ruleChecker) guard(x plan.Expr) plan.Expr {
	if len(r.stats) == 0 {
		return x
	}
	return r.guarded(x, true)
}

func (r *ruleChecker) guarded(x plan.Expr, positive bool) plan.Expr {
	list := func(xs []plan.Expr) []plan.Expr {
		out := make([]plan.Expr, len(xs))
		for i, e := range xs {
			out[i] = r.guarded(e, positive)
		}
		return out
	}
	switch y := x.(type) {
	case *plan.And:
		return &plan.And{Xs: list(y.Xs), At: y.At}
	case *plan.Or:
		return &plan.Or{Xs: list(y.Xs), At: y.At}
	case *plan.Not:
		return &plan.Not{X: r.guarded(y.X, !positive), At: y.At}
	case *plan.Named:
		if y.Type().Kind == types.Bool {
			inner := r.guarded(y.X, positive)
			if inner == y.X {
				return y
			}
			return &plan.Named{Name: y.Name, X: inner, At: y.At}
		}
	}
	for _, b := range r.stats {
		if !reads(x, b) {
			continue
		}
		warm := plan.Expr(&plan.Col{Column: b.member("warm"), At: x.Span()})
		if positive {
			x = &plan.And{Xs: []plan.Expr{warm, x}, At: x.Span()}
		} else {
			x = &plan.Or{Xs: []plan.Expr{x, &plan.Not{X: warm, At: x.Span()}}, At: x.Span()}
		}
	}
	return x
}

// reads reports whether an expression reads statistics that take samples.
func reads(x plan.Expr, b *stats) bool {
	found := false
	plan.Walk(x, func(e plan.Expr) bool {
		if col, ok := e.(*plan.Col); ok {
			for name, c := range b.cols {
				found = found || c == col.Column && name != "n" && name != "warm"
			}
		}
		return !found
	})
	return found
}
