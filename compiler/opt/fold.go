package opt

import (
	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
)

func foldConst(x plan.Expr) plan.Expr {
	switch x.(type) {
	case *plan.Const, *plan.Col:
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

// foldPass evaluates every expression of constants.
func foldPass(r *plan.Rule) { each(r, foldConst) }
