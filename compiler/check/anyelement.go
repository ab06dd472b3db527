package check

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// A list equals a value if one of its elements does, as a text operator holds for a
// list if it does for an element. So `tags == "a"` is `"a" in tags`, and
// `tags in ["a", "b"]` is that of any of the two.

// anyEqual is the comparison of a list with a value of its elements' type; nil where
// it is none.
func anyEqual(o *plan.Op, a, b plan.Expr) plan.Expr {
	if b.Type().Kind == types.List {
		a, b = b, a
	}
	t := a.Type()
	if t.Kind != types.List || t.Elem != b.Type().Kind {
		return nil
	}
	if _, isConst := a.(*plan.Const); isConst {
		return nil
	}
	return &plan.Op{Op: "in", Not: o.Not, Args: []plan.Expr{b, a}, T: types.TBool, At: o.At, OpAt: o.OpAt}
}

// anyIn reports whether an element of a list is among constants.
func anyIn(o *plan.Op, list *plan.Const) plan.Expr {
	values := list.Value.([]any)
	any := &plan.Or{At: o.At}
	for _, v := range values {
		k := &plan.Const{Value: v, T: types.Type{Kind: list.T.Elem}, At: list.At}
		any.Xs = append(any.Xs, &plan.Op{Op: "in", Args: []plan.Expr{k, o.Args[0]}, T: types.TBool, At: o.At, OpAt: o.OpAt})
	}
	if o.Not {
		return &plan.Not{X: any, At: o.At}
	}
	return any
}
