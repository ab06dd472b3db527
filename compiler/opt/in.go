package opt

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// in joins x == a or x == b into x in [a, b]: one set in place of many tests.
func in(r *plan.Rule) { each(r, joinEqual) }

// group names tests that can be joined: of one column, alike in case.
type group struct {
	col   *plan.Column
	cased bool
}

func joinEqual(x plan.Expr) plan.Expr {
	or, ok := x.(*plan.Or)
	if !ok {
		return x
	}
	vals := map[group][]any{}
	first := map[group]int{}
	count := map[group]int{}
	for i, part := range or.Xs {
		if g, v, ok := equalTest(part); ok {
			if _, seen := first[g]; !seen {
				first[g] = i
			}
			vals[g] = append(vals[g], v...)
			count[g]++
		}
	}
	var out []plan.Expr
	for i, part := range or.Xs {
		g, _, ok := equalTest(part)
		switch {
		case !ok || count[g] < 2:
			out = append(out, part)
		case first[g] == i:
			o := part.(*plan.Op)
			list := &plan.Const{Value: vals[g], T: types.ListOf(g.col.Type.Kind), At: or.At}
			out = append(out, &plan.Op{Op: "in", Cased: g.cased, Args: []plan.Expr{o.Args[0], list}, T: types.TBool, At: or.At})
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return &plan.Or{Xs: out, At: or.At}
}

// equalTest reads column == constant and column in list of constants, where the
// constants have the column's own type.
func equalTest(x plan.Expr) (g group, vals []any, ok bool) {
	o, ok := x.(*plan.Op)
	if !ok || o.Not || o.Quant != "" || o.Op != "==" && o.Op != "in" {
		return g, nil, false
	}
	col, ok := o.Args[0].(*plan.Col)
	if !ok {
		return g, nil, false
	}
	k, ok := o.Args[1].(*plan.Const)
	if !ok {
		return g, nil, false
	}
	g = group{col.Column, o.Cased}
	kind := col.Column.Type.Kind
	if kind != types.String && kind != types.Int {
		return g, nil, false
	}
	if o.Op == "==" {
		return g, []any{k.Value}, k.T.Kind == kind
	}
	list, isList := k.Value.([]any)
	return g, list, isList && k.T.Elem == kind
}
