package sigma

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// correlationKeys are the keys of a correlation.
var correlationKeys = []string{"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"}

// checkKeys tells of keys that a correlation does not have, and of a `generate` that
// is neither true nor false.
func (c *correlation) checkKeys() bool {
	ok := true
	for _, f := range c.n.fields {
		if slices.Contains(correlationKeys, f.key.text) {
			continue
		}
		ok = false
		d := c.errorf(f.key.at, "a correlation has no %s", f.key.text)
		if near, found := diag.Nearest(f.key.text, correlationKeys); found {
			d.Hint = "did you mean " + near + "?"
		} else {
			d.Hint = "there are: " + strings.Join(correlationKeys, ", ")
		}
	}
	for _, g := range generates(c.r.doc.root) {
		if _, is := g.boolean(); !is {
			ok = false
			c.errorf(g.at, "generate takes true or false").Hint = "generate: true, without quotes"
		}
	}
	return ok
}

// groupBy reads the keys. A key that is called differently in the alerts of the
// rules is an expression that finds it by the rule.
func (c *correlation) groupBy() bool {
	group := c.n.get("group-by")
	if group == nil || group.form == null {
		d := c.r.diags.Warnf("D0915", c.at, "the correlation has no group-by, so it counts whatever user or host the events are of")
		d.Hint = "name the fields that events must have in common, or write: group-by: []"
	}
	names := keyNames(c.n)
	for _, v := range group.list() {
		if v.form != scalar || v.text == "" {
			c.errorf(v.at, "group-by is a list of fields")
			return false
		}
		x := c.field(v.text, v.at)
		if x == nil {
			return false
		}
		key := &ast.Arg{Value: x}
		if word := names[v.text]; argName(x) != word {
			key.Name = ident(word, v.at)
		}
		c.keys = append(c.keys, key)
	}
	return true
}

// argName is what a key is called that has no name of its own; "" where it needs one.
func argName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Name:
		return x.Name
	case *ast.Select:
		if of := argName(x.X); of != "" {
			return of + "." + x.Sel.Name
		}
	}
	return ""
}

// field is a field of the events, as the alerts of the rules have it; nil where they
// cannot. Where they call it differently it is found by the rule.
func (c *correlation) field(key string, at source.Span) ast.Expr {
	if !c.checkAlias(key) {
		return nil
	}
	var names []string
	for _, d := range c.refs {
		field := c.r.set.aliased(c.r.doc, d, key)
		n := d.root.get("correlation")
		if _, isKey := keyNames(n)[field]; !isKey && strings.EqualFold(text1(n, "type"), "temporal_ordered") {
			c.r.diags.Errorf("D0913", at, "the alerts of %s have no %s: those of temporal_ordered have its group-by alone", d.name, field).Hint = "add " + field + " to the group-by of " + d.name
			return nil
		}
		names = append(names, d.offered(field))
	}
	last := len(names) - 1
	x := name(names[last], at)
	if !slices.ContainsFunc(names, func(s string) bool { return s != names[0] }) {
		return x
	}
	for i := last - 1; i >= 0; i-- {
		x = call("if", at, c.isRule(c.refs[i], at), name(names[i], at), x)
	}
	return x
}

// checkAlias tells what is wrong with the alias of a key, if it has one.
func (c *correlation) checkAlias(key string) bool {
	alias := c.n.get("aliases").get(key)
	if alias == nil {
		return true
	}
	if alias.form != mapping {
		c.errorf(alias.at, "an alias is a map of rules to their fields")
		return false
	}
	for _, f := range alias.fields {
		d := c.r.set.ref(f.key.text)
		if d == nil || !slices.Contains(c.refs, d) {
			c.r.diags.Errorf("D0910", f.key.at, "the alias names %s, which is no rule of this correlation", f.key.text)
			return false
		}
		if f.value.form != scalar {
			c.errorf(f.key.at, "an alias names a field of each rule")
			return false
		}
	}
	return true
}
