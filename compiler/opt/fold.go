package opt

import (
	"slices"

	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
)

// foldConst is given an expression whose parts are folded already, so that a look
// at them tells whether it depends on an event.
func foldConst(x plan.Expr) plan.Expr {
	parts, enough := plan.Children(x), false
	switch x.(type) {
	case *plan.Const, *plan.Col:
	case *plan.And, *plan.Or: // one constant may decide
		enough = len(parts) == 0 || slices.ContainsFunc(parts, known)
	default:
		enough = !slices.ContainsFunc(parts, func(p plan.Expr) bool { return !known(p) })
	}
	if !enough {
		return x
	}
	v, ok := fold.Const(x)
	if !ok {
		return x
	}
	t := x.Type()
	k := &plan.Const{Value: v, T: t, At: x.Span()}
	if n, isNamed := x.(*plan.Named); isNamed {
		k.Name = n.Name
	}
	return k
}

func known(x plan.Expr) bool {
	_, ok := x.(*plan.Const)
	return ok
}

// foldPass evaluates every expression of constants.
func foldPass(r *plan.Rule) { each(r, foldConst) }
