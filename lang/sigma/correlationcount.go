package sigma

import (
	"slices"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// counted compares a measure of the window with the condition.
func (c *correlation) counted(cond *node) {
	i := slices.IndexFunc(measures, func(m measure) bool { return m.kind == c.kind })
	m := measures[i]
	m.name = c.free(m.name)
	if cond != nil && cond.form == scalar {
		c.errorf(cond.at, "only temporal and temporal_ordered take a condition of rules")
		return
	}
	var field ast.Expr
	if m.field {
		if field = c.measured(cond.get("field")); field == nil {
			return
		}
	}
	if c.kind == "value_percentile" && !c.readPercentile(cond) {
		return
	}
	if c.kind == "temporal" && cond == nil {
		c.window([]*ast.Item{item1(m.name, m.aggregate(c, field), c.at)})
		c.r.add(stage("when", c.at, operator(name(m.name, c.at), "==", literal(int64(len(c.refs)), c.at), c.at)))
		return
	}
	x := c.compared(cond, m.name)
	if x == nil {
		return
	}
	c.window([]*ast.Item{item1(m.name, m.aggregate(c, field), c.at)})
	c.r.add(stage("when", cond.at, x))
}

// free is a name that no key and no field has which the window brings along.
func (c *correlation) free(name string) string {
	for hasKey(c.keys, name) || slices.ContainsFunc(c.r.doc.offers, func(o offer) bool { return o.name == name }) {
		name += "_"
	}
	return name
}

// measured is the field that a condition is about. value_count takes several, of
// which it counts the different combinations.
func (c *correlation) measured(f *node) ast.Expr {
	var xs []ast.Expr
	for _, v := range f.list() {
		if v.form != scalar {
			xs = nil
			break
		}
		x := c.field(v.text, v.at)
		if x == nil {
			return nil
		}
		xs = append(xs, x)
	}
	at := c.at
	if f != nil {
		at = f.at
	}
	switch {
	case len(xs) == 0:
		c.errorf(at, "%s needs the field that it is about in its condition", c.kind).Hint = "condition: {field: user, gte: 10}"
		return nil
	case len(xs) == 1:
		return xs[0]
	case c.kind != "value_count":
		c.errorf(at, "%s is about one field", c.kind)
		return nil
	}
	return combination(xs, at)
}

// combination is one text for several: the length of each but the last before it, so
// that no two combinations are the same. It is missing where one of them is.
func combination(xs []ast.Expr, at source.Span) ast.Expr {
	c := call("concat", at)
	last := len(xs) - 1
	for _, x := range xs[:last] {
		for _, y := range []ast.Expr{call("string", at, call("length", at, x)), text(":", at), x} {
			c.Args = append(c.Args, &ast.Arg{Value: y})
		}
	}
	c.Args = append(c.Args, &ast.Arg{Value: xs[last]})
	return c
}

func (c *correlation) readPercentile(cond *node) bool {
	p := cond.get("percentile")
	if p != nil {
		if v, ok := p.number(); ok && number(v) >= 0 && number(v) <= 100 {
			c.percentile = v
			return true
		}
	}
	at := c.at
	if p != nil {
		at = p.at
	}
	c.errorf(at, "value_percentile needs a percentile from 0 to 100 in its condition").Hint = "condition: {field: size, percentile: 95, gte: 1000}"
	return false
}

func number(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// comparisons are the operators of conditions.
var comparisons = []struct{ key, op string }{{"gt", ">"}, {"gte", ">="}, {"lt", "<"}, {"lte", "<="}, {"eq", "=="}, {"neq", "!="}}

// compared holds a value against all bounds of a condition: two make a range.
func (c *correlation) compared(cond *node, value string) ast.Expr {
	if cond == nil || cond.form != mapping {
		c.errorf(c.at, "the correlation has no condition").Hint = "condition: {gte: 10}"
		return nil
	}
	var xs []ast.Expr
	for _, f := range cond.fields {
		i := slices.IndexFunc(comparisons, func(o struct{ key, op string }) bool { return o.key == f.key.text })
		switch {
		case i >= 0:
			v, ok := f.value.number()
			if !ok {
				c.errorf(f.value.at, "%s takes a number", f.key.text)
				return nil
			}
			xs = append(xs, operator(name(value, f.key.at), comparisons[i].op, literal(v, f.value.at), f.key.at))
		case f.key.text == "field" || f.key.text == "percentile":
		default:
			c.errorf(f.key.at, "a condition has no %s", f.key.text).Hint = "there are: gt, gte, lt, lte, eq, neq, field, percentile"
			return nil
		}
	}
	if len(xs) == 0 {
		c.errorf(cond.at, "the condition has no bound").Hint = "condition: {gte: 10}"
		return nil
	}
	return chain("and", xs)
}
