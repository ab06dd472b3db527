package opt

import "github.com/detlang/det/compiler/plan"

// logic flattens nested and and or, drops what decides nothing, lets one deciding
// constant decide, and undoes double negation.
func logic(r *plan.Rule) { each(r, simplify) }

func simplify(x plan.Expr) plan.Expr {
	switch x := x.(type) {
	case *plan.And:
		if xs, decided := flatten(x.Xs, false); decided {
			return constant(false, x)
		} else if len(xs) == 1 {
			return xs[0]
		} else if len(xs) == 0 {
			return constant(true, x)
		} else {
			return &plan.And{Xs: xs, At: x.At}
		}
	case *plan.Or:
		if xs, decided := flatten(x.Xs, true); decided {
			return constant(true, x)
		} else if len(xs) == 1 {
			return xs[0]
		} else if len(xs) == 0 {
			return constant(false, x)
		} else {
			return &plan.Or{Xs: xs, At: x.At}
		}
	case *plan.Not:
		if inner, ok := x.X.(*plan.Not); ok {
			return inner.X
		}
		if k, ok := x.X.(*plan.Const); ok {
			return constant(k.Value != true, x)
		}
	}
	return x
}

func constant(v bool, at plan.Expr) plan.Expr {
	return &plan.Const{Value: v, T: at.Type(), At: at.Span()}
}

// flatten splices parts of the same kind in and drops constants that decide
// nothing; decided reports one that does (false in an and, true in an or).
func flatten(xs []plan.Expr, deciding bool) (out []plan.Expr, decided bool) {
	for _, x := range xs {
		inner := x
		if n, ok := x.(*plan.Named); ok {
			inner = n.X
		}
		switch y := inner.(type) {
		case *plan.Const:
			if (y.Value == true) == deciding {
				return nil, true
			}
			continue
		case *plan.And:
			if !deciding && inner == x {
				out = append(out, y.Xs...)
				continue
			}
		case *plan.Or:
			if deciding && inner == x {
				out = append(out, y.Xs...)
				continue
			}
		}
		out = append(out, x)
	}
	return out, false
}
