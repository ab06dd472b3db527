package build

import (
	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/match"
)

// index gives an index to the streams over which so many rules have conditions that
// it pays.
func (b *builder) index(opts Options) {
	from := opts.IndexFrom
	if from == 0 {
		from = DefaultIndexFrom
	}
	if from < 0 {
		return
	}
	counts := map[*types.Schema]int{}
	for _, r := range b.set.Rules {
		if s := r.From.Schema; s != nil && Conditional(r) {
			counts[s]++
		}
	}
	for s, n := range counts {
		if n >= from {
			b.streams[s].def.Index = match.New()
		}
	}
}

// Conditional reports whether a rule begins with a condition.
func Conditional(r *plan.Rule) bool { return len(r.Stages) > 0 && r.Stages[0].Cond != nil }

// unindex leaves the rules to the graph that the index has nothing to find by.
func (b *builder) unindex() {
	for _, r := range b.prog.Rules {
		if r.Indexed >= 0 && !b.prog.Streams[r.Stream].Index.Finds(r.Indexed) {
			r.Indexed = -1
		}
	}
}

// textOps are the operators that the index knows, beside those of equality.
var textOps = map[string]match.Op{
	"contains": match.Contains, "startswith": match.StartsWith, "endswith": match.EndsWith, "like": match.Like, "matches": match.Matches,
}

// cond is a condition for the index; whole is false if something in it is outside of
// what the index knows.
func (g *graph) cond(x plan.Expr) (c match.Cond, whole bool) {
	switch x := x.(type) {
	case *plan.Const:
		if x.T.Kind == types.Bool {
			return match.Const(x.Value == true), true
		}
	case *plan.Named:
		return g.cond(x.X)
	case *plan.Not:
		c, whole = g.cond(x.X)
		return match.Not{X: c}, whole
	case *plan.And:
		list, whole := g.conds(x.Xs)
		return match.All(list), whole
	case *plan.Or:
		list, whole := g.conds(x.Xs)
		return match.Any(list), whole
	case *plan.Op:
		if c := g.test(x); c != nil {
			if x.Not != (x.Op == "!=") {
				c = match.Not{X: c}
			}
			return c, true
		}
	}
	return match.Outside{Name: plan.String(x)}, false
}

func (g *graph) conds(xs []plan.Expr) (list []match.Cond, whole bool) {
	whole = true
	for _, x := range xs {
		c, all := g.cond(x)
		list, whole = append(list, c), whole && all
	}
	return list, whole
}

// test is an operator that compares a column with constants, without its negation;
// nil if the index does not know it.
func (g *graph) test(x *plan.Op) match.Cond {
	col, ok := x.Args[0].(*plan.Col)
	if !ok {
		return nil
	}
	at, ok := g.columns[col.Column]
	if !ok {
		return nil
	}
	if x.Op == "is" {
		return match.Not{X: match.Present{Column: at}}
	}
	k, ok := x.Args[1].(*plan.Const)
	if !ok {
		return nil
	}
	list, isList := fold.Stored(k.Value, k.T.Kind).([]any)
	if !isList {
		list = []any{k.Value}
	}
	switch op, isText := textOps[x.Op]; {
	case x.Op == "==" || x.Op == "!=":
		return equals(col, at, list, isList, x.Cased)
	case x.Op == "in" && isList:
		return equals(col, at, list, false, x.Cased)
	case isText && col.Column.Type.Kind == types.String && isList == (x.Quant != ""):
		texts, ok := all[string](list)
		switch {
		case !ok:
			return nil
		case x.Quant != "all":
			return match.Text{Column: at, Op: op, Patterns: texts, Cased: x.Cased}
		}
		each := match.All{}
		for _, t := range texts {
			each = append(each, match.Text{Column: at, Op: op, Patterns: []string{t}, Cased: x.Cased})
		}
		return each
	}
	return nil
}

// equals is that a column equals one of some values.
func equals(col *plan.Col, at int, list []any, nested, cased bool) match.Cond {
	if nested {
		return nil
	}
	switch col.Column.Type.Kind {
	case types.String:
		if texts, ok := all[string](list); ok {
			return match.Text{Column: at, Op: match.Equal, Patterns: texts, Cased: cased}
		}
	case types.Int:
		if nums, ok := all[int64](list); ok {
			return match.Number{Column: at, Values: nums}
		}
	}
	return nil
}

// all is a list of values of one type; ok is false if one is of another. Null, which
// nothing equals, is left out.
func all[T any](list []any) (out []T, ok bool) {
	for _, v := range list {
		if v == nil {
			continue
		}
		x, ok := v.(T)
		if !ok {
			return nil, false
		}
		out = append(out, x)
	}
	return out, true
}
