package sigma

import (
	"slices"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// extended is a condition of rules: each name stands for "in the window", and not
// for "not in the window, when the other events come".
func (c *correlation) extended(cond *node) {
	var items []*ast.Item
	p := newCondition(cond, c.r.diags)
	p.name = func(n string, at source.Span) ast.Expr {
		d := c.ref(n, at)
		if d == nil {
			return nil
		}
		word := c.free(d.name)
		if !slices.ContainsFunc(items, func(it *ast.Item) bool { return it.Name.Name == word }) {
			items = append(items, item1(word, call("count", at, c.isRule(d, at)), at))
		}
		return operator(name(word, at), ">", literal(int64(0), at), at)
	}
	x := p.expression()
	if x == nil || !c.all(p) {
		return
	}
	c.window(items)
	c.r.add(stage("when", cond.at, x))
}

// all tells of words behind the condition.
func (c *correlation) all(p *condition) bool {
	if p.i < len(p.words) {
		c.errorf(p.words[p.i].at, "%s does not belong here", p.words[p.i].text)
		return false
	}
	return true
}

// ref is a rule that a condition names.
func (c *correlation) ref(n string, at source.Span) *document {
	d := c.r.set.ref(n)
	if d == nil || !slices.Contains(c.refs, d) {
		c.r.diags.Errorf("D0910", at, "the condition names %s, which is no rule of this correlation", n)
		return nil
	}
	return d
}

// ordered is a sequence of the rules, in the order of the list or, where there is a
// condition of rules, of that, which may join them by and only.
func (c *correlation) ordered(cond *node) {
	order := c.order
	switch {
	case cond != nil && cond.form == scalar:
		order = nil
		p := newCondition(cond, c.r.diags)
		p.name = func(n string, at source.Span) ast.Expr {
			d := c.ref(n, at)
			if d == nil {
				return nil
			}
			order = append(order, d)
			return name(d.name, at)
		}
		x := p.expression()
		if x == nil || !c.all(p) {
			return
		}
		if !onlyAnd(x) {
			c.r.diags.Errorf("D0913", cond.at, "a condition of temporal_ordered with or or not has no order").Hint = "join the rules by and; or use temporal"
			return
		}
	case cond != nil && cond.form == mapping:
		if !c.wantsAll(cond) {
			c.r.diags.Errorf("D0913", cond.at, "temporal_ordered that asks for some of its rules has no order").Hint = "leave the condition out: all rules, in their order"
			return
		}
	}
	s := stage("sequence", c.at)
	if len(c.keys) > 0 {
		s.Clauses = append(s.Clauses, &ast.Clause{Word: ident("by", c.at), Args: c.keys, At: c.at})
	}
	s.Clauses = append(s.Clauses, clause("within", c.at, literal(c.span, c.at)))
	taken := map[string]bool{}
	for _, d := range order {
		s.Items = append(s.Items, item1(distinct(taken, d.name, ""), c.isRule(d, c.at), c.at))
	}
	s.HasBody = true
	c.r.add(s)
}

// wantsAll reports whether a condition asks for as many rules as there are.
func (c *correlation) wantsAll(cond *node) bool {
	if len(cond.fields) != 1 || cond.fields[0].key.text != "gte" && cond.fields[0].key.text != "eq" {
		return false
	}
	v, ok := cond.fields[0].value.number()
	return ok && number(v) == float64(len(c.order))
}

func onlyAnd(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Name:
		return true
	case *ast.Binary:
		return x.Op == "and" && onlyAnd(x.X) && onlyAnd(x.Y)
	}
	return false
}
