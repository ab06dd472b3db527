package check

import (
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// offer is what one source of a stream has under a name.
type offer struct {
	source string // "schema web", "rule refused"
	typ    types.Type
	take   func() // asks the source to bring it along; nil where it does anyway
}

// joined is the column of a stream over several sources, or over alerts, that no
// expression named before: a field that at least one of the sources has. Where it
// has two types the author is told both; a source without it gives missing values.
func (r *ruleChecker) joined(name string, at *ast.Ident, open bool) *plan.Column {
	from := &r.rule.From
	offers := r.offers(name, at, false)
	if len(offers) == 0 && !open {
		return nil
	}
	offers = r.offers(name, at, true) // what one source names is there in the open ones too
	if len(offers) == 0 {
		return nil
	}
	first := offers[0]
	for _, o := range offers[1:] {
		if o.typ != first.typ {
			e := r.c.diags.Errorf("D0609", at.At, "%s is %s in %s, but %s in %s", name, first.typ, first.source, o.typ, o.source)
			e.Hint = "one name means one type in a union: rename or convert it where it comes from"
			break
		}
	}
	for _, o := range offers {
		if o.take != nil {
			o.take()
		}
	}
	col := &plan.Column{Name: name, Type: first.typ, Optional: true, At: at.At}
	from.Columns = append(from.Columns, col)
	return col
}

// askOthers asks the rules of a union to bring along what one of them shows anyway
// under a name: the others may have read a field of that name without showing it.
func (r *ruleChecker) askOthers(col *plan.Column, at *ast.Ident) {
	from := &r.rule.From
	if len(from.Rules) < 2 || r.asked[col.Name] || slices.ContainsFunc(alertColumns, func(c plan.Column) bool { return c.Name == col.Name }) {
		return
	}
	if r.asked == nil {
		r.asked = map[string]bool{}
	}
	r.asked[col.Name] = true
	for _, o := range r.offers(col.Name, at, true) {
		if o.typ.Plain() != col.Type.Plain() {
			e := r.c.diags.Errorf("D0609", at.At, "%s is %s in %s, but %s in another rule of the union", col.Name, o.typ, o.source, col.Type)
			e.Hint = "one name means one type in a union: rename or convert it where it comes from"
			return
		}
		if o.take != nil {
			o.take()
		}
	}
}

// offers are what the sources have under a name, in their order.
func (r *ruleChecker) offers(name string, at *ast.Ident, open bool) []offer {
	from := &r.rule.From
	var out []offer
	if len(from.Union) > 0 && name == "schema" {
		return []offer{{source: "a union", typ: types.TString}}
	}
	for _, s := range from.Union {
		if i := s.Find(name); i >= 0 {
			out = append(out, offer{source: "schema " + s.Name, typ: s.Fields[i].Type})
		} else if open && s.Open {
			out = append(out, offer{source: "the open schema " + s.Name, typ: types.TString})
		}
	}
	for _, of := range from.Rules {
		if o, ok := r.c.rules[of.Name].by.carried(name, at, open); ok {
			out = append(out, o)
		}
	}
	return out
}

// carried is what the alerts of a rule have under a name: a key, a value, or, of a
// rule without a window, a let or a field of what it reads itself.
func (r *ruleChecker) carried(name string, at *ast.Ident, open bool) (offer, bool) {
	o := offer{source: "rule " + r.rule.Name}
	a := &r.rule.Alert
	for _, outs := range [][]plan.Output{a.Keys, a.Values, a.Carried} {
		for _, x := range outs {
			if x.Name == name {
				o.typ = x.X.Type()
				return o, true
			}
		}
	}
	if r.grouped {
		return o, false
	}
	if l, ok := r.scope.locals[name]; ok && l.x != nil {
		o.typ = l.x.Type()
		o.take = func() { a.Carried = append(a.Carried, plan.Output{Name: name, X: l.x}) }
		return o, true
	}
	if s := r.rule.From.Schema; s != nil {
		if i := s.Find(name); i >= 0 {
			o.typ = s.Fields[i].Type
		} else if open && s.Open {
			o.typ = types.TString
		} else {
			return o, false
		}
	} else {
		i := slices.IndexFunc(r.rule.From.Columns, func(c *plan.Column) bool { return c.Name == name })
		if i >= 0 {
			o.typ = r.rule.From.Columns[i].Type
		} else if list := r.offers(name, at, open); len(list) > 0 {
			o.typ = list[0].typ
		} else {
			return o, false
		}
	}
	o.take = func() { r.carry(name, at) }
	return o, true
}

// carry lets the rule's alerts bring a field along for the rules that read them.
func (r *ruleChecker) carry(name string, at *ast.Ident) {
	before := len(r.rule.From.Columns)
	col := r.sourceColumn(name, at, false)
	if col == nil {
		col = r.sourceColumn(name, at, true)
	}
	if col == nil {
		return
	}
	col.Carried = len(r.rule.From.Columns) > before
	r.rule.Alert.Carried = append(r.rule.Alert.Carried, plan.Output{Name: name, X: &plan.Col{Column: col, At: at.At}})
	r.settle()
}

// fields are the names of what the rule reads, for hints.
func (r *ruleChecker) fields() []string {
	var out []string
	from := &r.rule.From
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, s := range append(slices.Clip(from.Union), from.Schema) {
		if s != nil {
			for _, f := range s.Fields {
				add(f.Name)
			}
		}
	}
	if from.Schema == nil {
		for _, col := range from.Columns {
			add(col.Name)
		}
	}
	if len(from.Union) > 0 {
		add("schema")
	}
	for _, of := range from.Rules {
		if up := r.c.rules[of.Name].by; !up.grouped {
			for _, name := range up.fields() {
				add(name)
			}
		}
	}
	return out
}
