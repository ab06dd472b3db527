// Package fold evaluates expressions of constants when a rule is compiled. It runs
// the very kernels that run over events, so folding cannot change an answer.
package fold

import (
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/eval"
	"github.com/detlang/det/runtime/vec"
)

// Const is the value of an expression that depends on no event, and false for one
// that does or that has no value.
func Const(x plan.Expr) (any, bool) {
	switch x := x.(type) {
	case *plan.Const:
		return x.Value, true
	case *plan.Named:
		return Const(x.X)
	case *plan.Col:
		return nil, false
	case *plan.Not:
		v, ok := Const(x.X)
		return v != true, ok
	case *plan.And:
		return logic(x.Xs, false)
	case *plan.Or:
		return logic(x.Xs, true)
	case *plan.Call:
		vals, ok := constants(x.Args)
		if !ok {
			return nil, false
		}
		k, err := x.Func.Bind(vals)
		if err != nil {
			return nil, false
		}
		return apply(k, x.Args, vals, x.T)
	case *plan.Op:
		vals, ok := constants(x.Args)
		if !ok {
			return nil, false
		}
		k, _, err := eval.Operator(x.Op, eval.Options{Not: x.Not, Quant: x.Quant, Cased: x.Cased}, argTypes(x.Args), vals)
		if err != nil {
			return nil, false
		}
		return apply(k, x.Args, vals, x.T)
	}
	return nil, false
}

// logic folds and (stop false) and or (stop true): one deciding constant is
// enough, whatever the others are.
func logic(xs []plan.Expr, stop bool) (any, bool) {
	all := true
	for _, x := range xs {
		v, ok := Const(x)
		if ok && (v == true) == stop {
			return stop, true
		}
		all = all && ok
	}
	return !stop, all
}

func constants(xs []plan.Expr) ([]any, bool) {
	out := make([]any, len(xs))
	for i, x := range xs {
		v, ok := Const(x)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

func argTypes(xs []plan.Expr) []types.Type {
	out := make([]types.Type, len(xs))
	for i, x := range xs {
		out[i] = x.Type()
	}
	return out
}

// apply runs a kernel over one row of constants.
func apply(k vec.Kernel, args []plan.Expr, vals []any, t types.Type) (any, bool) {
	cols := make([]*vec.Vec, len(args))
	for i, a := range args {
		cols[i] = vec.Of(a.Type().Kind, Stored(vals[i], a.Type().Kind))
	}
	return Value(k(cols, 1, nil).Value(0), t), true
}

// Stored is a constant of the language as columns hold it: times and durations in
// microseconds, and an int as a float where the column is one.
func Stored(v any, kind types.Kind) any {
	switch v := v.(type) {
	case time.Time:
		return v.UnixMicro()
	case time.Duration:
		return v.Microseconds()
	case int64:
		if kind == types.Float {
			return float64(v)
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = Stored(e, types.Any)
		}
		return out
	}
	return v
}

// Value is the reverse of Stored.
func Value(v any, t types.Type) any {
	if n, ok := v.(int64); ok {
		switch t.Kind {
		case types.Timestamp:
			return time.UnixMicro(n).UTC()
		case types.Duration:
			return time.Duration(n) * time.Microsecond
		}
	}
	return v
}

// Title reports what is wrong with a rule's title, given the names it may use.
func Title(text string, names map[string]types.Type) error {
	_, err := eval.CompileTitle(text, names)
	return err
}

// Condition reports what is wrong with a condition over the names of an alert.
func Condition(text string, names map[string]types.Type) error {
	_, err := eval.CompileCondition(text, names)
	return err
}

// Assertion reports what is wrong with a condition over the alerts of a test.
func Assertion(text string) error {
	_, err := eval.CompileAssertion(text)
	return err
}
