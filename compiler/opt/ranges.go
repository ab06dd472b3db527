package opt

import (
	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// Range says that a rule looks only at events whose Column stands in this relation
// to Value: one of == < <= > >= in. Value is as columns hold it.
type Range struct {
	Column string
	Op     string
	Value  any
}

// Ranges are conditions on single columns that hold for every event that matters
// to any of the rules, all of which read one stream. Readers of formats with
// statistics skip blocks by them. Text is left out unless it is compared exactly,
// since statistics know nothing of folding.
func Ranges(rules []*plan.Rule) []Range {
	var all []Range
	for i, r := range rules {
		of := ruleRanges(r)
		if i == 0 {
			all = of
			continue
		}
		all = both(all, of)
	}
	return all
}

// ruleRanges reads the conditions that a rule joins by and.
func ruleRanges(r *plan.Rule) []Range {
	var out []Range
	var walk func(x plan.Expr)
	walk = func(x plan.Expr) {
		switch x := x.(type) {
		case *plan.Named:
			walk(x.X)
		case *plan.And:
			for _, part := range x.Xs {
				walk(part)
			}
		case *plan.Op:
			if rg, ok := opRange(x); ok {
				out = append(out, rg)
			}
		}
	}
	for _, st := range r.Stages {
		if st.Cond == nil {
			break // behind a window the columns are others
		}
		walk(st.Cond)
	}
	return out
}

// mirrored is a comparison with its sides exchanged.
var mirrored = map[string]string{"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func opRange(o *plan.Op) (Range, bool) {
	if o.Not || o.Quant != "" || len(o.Args) != 2 {
		return Range{}, false
	}
	op, a, b := o.Op, o.Args[0], o.Args[1]
	if _, ok := a.(*plan.Const); ok {
		op, a, b = mirrored[op], b, a
	}
	col, isCol := a.(*plan.Col)
	k, isConst := b.(*plan.Const)
	if !isCol || !isConst || mirrored[op] == "" && op != "in" {
		return Range{}, false
	}
	switch kind := col.Column.Type.Kind; kind {
	case types.String:
		if !o.Cased || op != "==" && op != "in" {
			return Range{}, false
		}
	case types.Int, types.Float, types.Timestamp:
		if op != "in" && k.T.Kind != kind && !(k.T.Numeric() && kind == types.Float) {
			return Range{}, false
		}
	default:
		return Range{}, false
	}
	v := fold.Stored(k.Value, col.Column.Type.Kind)
	if list, ok := v.([]any); ok {
		for _, e := range list {
			if _, isFloat := e.(float64); isFloat && col.Column.Type.Kind == types.Int {
				return Range{}, false
			}
		}
	}
	return Range{col.Column.Read(), op, v}, true
}

// both keeps what two rules have in common: equality tests of one column become
// one test for any of the values.
func both(a, b []Range) []Range {
	var out []Range
	for _, x := range a {
		for _, y := range b {
			if x.Column == y.Column && (x.Op == "==" || x.Op == "in") && (y.Op == "==" || y.Op == "in") {
				out = append(out, Range{x.Column, "in", append(valuesOf(x), valuesOf(y)...)})
			}
		}
	}
	return out
}

func valuesOf(r Range) []any {
	if list, ok := r.Value.([]any); ok {
		return append([]any(nil), list...)
	}
	return []any{r.Value}
}
