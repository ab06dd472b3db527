package check

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// from finds the stream that the rule reads: events of a schema or of several, the
// alerts of a rule or of several, or risk.
func (r *ruleChecker) from(st *ast.Stage) bool {
	c := r.c
	r.rule.From.At = st.At
	if st.HasBody {
		c.diags.Errorf("D0409", st.At, "`from` takes no braces")
	}
	if cl := st.Clause("rule"); cl != nil {
		if len(st.Args) > 0 || len(st.Clauses) > 1 {
			c.diags.Errorf("D0407", st.At, "`from` reads events or alerts, not both in one rule").Hint = "make a rule over the events, with `generate false` if it is to send nothing, and read both: from rule one, other"
			return false
		}
		return r.fromRules(cl)
	}
	for _, cl := range st.Clauses {
		c.diags.Errorf("D0402", cl.Word.At, "`from` has no %s", cl.Word.Name)
	}
	if len(st.Args) == 0 || st.Args[0].Name != nil {
		c.diags.Errorf("D0407", st.At, "`from` names a schema").Hint = "from web_access, from web_access, dns, from rule other_rule, or from risk"
		return false
	}
	if n, ok := st.Args[0].Value.(*ast.Name); ok && n.Name == "risk" && len(st.Args) == 1 {
		if d, _ := c.lookup(r.scope.mod, n); d == nil {
			r.rule.From.Risk = true
			r.stream(riskColumns())
			return true
		}
	}
	return r.fromSchemas(st.Args)
}

// fromSchemas reads events of one schema, or of several as one stream.
func (r *ruleChecker) fromSchemas(args []*ast.Arg) bool {
	from := &r.rule.From
	for _, a := range args {
		s := r.schema(a.Value)
		if s == nil {
			return false
		}
		for _, have := range from.Union {
			if have == s {
				r.c.diags.Errorf("D0407", a.Value.Span(), "`from` names %s twice", s.Name)
				return false
			}
		}
		from.Union = append(from.Union, s)
	}
	if len(from.Union) == 1 {
		from.Schema, from.Union = from.Union[0], nil
		return true
	}
	for _, s := range from.Union {
		for i := range s.Fields {
			if f := &s.Fields[i]; f.Name == "schema" || f.Name == "time" && f.Name != s.Time {
				r.c.diags.Errorf("D0609", from.At, "schema %s has a field %s of its own, which in a union is %s", s.Name, f.Name, unionMeaning[f.Name]).Hint = "give the field another name in the schema: name string from \"" + f.Name + "\""
				return false
			}
		}
	}
	r.stream([]plan.Column{{Name: "time", Type: types.TTimestamp}})
	return true
}

// unionMeaning tells what columns of a union mean that no schema has.
var unionMeaning = map[string]string{
	"time":   "the time of the event, whatever its schema calls it",
	"schema": "the name of the event's schema",
}

// schema is the schema that an argument of `from` names, nil for none.
func (r *ruleChecker) schema(x ast.Expr) *types.Schema {
	c := r.c
	d, name := c.lookup(r.scope.mod, x)
	if d == nil {
		e := c.diags.Errorf("D0303", x.Span(), "unknown schema %s", x.Span().Text())
		e.Hint = hint(name, append(r.scope.mod.visible(func(d *decl) bool {
			b, ok := d.ast.(*ast.Block)
			return ok && b.Keyword.Name == "schema"
		}), "risk"))
		if e.Hint == "" {
			e.Hint = "declare it, or import the library that has it: import std.web"
		}
		return nil
	}
	if d.rule != nil {
		c.diags.Errorf("D0311", x.Span(), "%s is a rule", name).Hint = "to read its alerts, write: from rule " + name
		return nil
	}
	c.resolve(d)
	if d.schema == nil {
		if b, ok := d.ast.(*ast.Block); !ok || b.Keyword.Name != "schema" {
			c.diags.Errorf("D0311", x.Span(), "%s is %s, not a schema", name, d.kind())
		}
	}
	return d.schema
}

// fromRules reads the alerts of rules.
func (r *ruleChecker) fromRules(cl *ast.Clause) bool {
	for _, a := range cl.Args {
		of := r.upstream(a)
		if of == nil {
			return false
		}
		for _, have := range r.rule.From.Rules {
			if have == of {
				r.c.diags.Errorf("D0407", a.Value.Span(), "`from rule` names %s twice", of.Name)
				return false
			}
		}
		r.rule.From.Rules = append(r.rule.From.Rules, of)
	}
	r.stream(alertColumns)
	r.shown()
	return true
}

// upstream is the rule that an argument of `from rule` names, checked, or nil.
func (r *ruleChecker) upstream(a *ast.Arg) *plan.Rule {
	c := r.c
	n, ok := a.Value.(*ast.Name)
	if !ok || a.Name != nil {
		c.diags.Errorf("D0407", a.Value.Span(), "`from rule` needs the name of a rule").Hint = "of several rules: from rule one, other"
		return nil
	}
	d := c.rules[n.Name]
	if d == nil {
		c.diags.Errorf("D0307", n.At, "unknown rule %s", n.Name).Hint = hint(n.Name, names(c.rules))
		return nil
	}
	c.opts.Uses.decl(n.At, d.decl)
	if d.state == resolving {
		c.diags.Errorf("D0601", n.At, "rule %s reads the alerts of %s, which depends on them", r.rule.Name, n.Name)
		return nil
	}
	of := c.rule(d)
	if of == nil {
		// Its own errors were told; here is only a consequence of them.
		e := c.diags.Errorf("D0607", n.At, "rule %s has errors, so its alerts cannot be read", n.Name)
		e.Notes = append(e.Notes, diag.Note{Span: d.block.Name.At, Message: "this rule"})
	}
	return of
}

// riskColumns are the columns of the stream of risk.
func riskColumns() []plan.Column {
	var out []plan.Column
	for _, f := range runtime.RiskSchema().Fields {
		out = append(out, plan.Column{Name: f.Name, Type: f.Type, Optional: f.Optional})
	}
	return out
}

// alertColumns are the columns that the alerts of every rule have.
var alertColumns = []plan.Column{
	{Name: "time", Type: types.TTimestamp},
	{Name: "rule", Type: types.TString},
	{Name: "rule_id", Type: types.TString, Optional: true},
	{Name: "level", Type: types.TString},
}

// stream makes the columns of a stream that is not the events of one schema.
func (r *ruleChecker) stream(cols []plan.Column) {
	for _, col := range cols {
		r.rule.From.Columns = append(r.rule.From.Columns, &col)
	}
}

// shown adds the keys and values of the alerts that are read. One that two rules
// have with different types is left out: it is an error only if it is named.
func (r *ruleChecker) shown() {
	var order []string
	known, clash := map[string]types.Type{}, map[string]bool{}
	for _, of := range r.rule.From.Rules {
		for _, outs := range [][]plan.Output{of.Alert.Keys, of.Alert.Values} {
			for _, o := range outs {
				if t, ok := known[o.Name]; !ok {
					known[o.Name] = o.X.Type()
					order = append(order, o.Name)
				} else if t != o.X.Type() {
					clash[o.Name] = true
				}
			}
		}
	}
	for _, col := range r.rule.From.Columns {
		clash[col.Name] = true
	}
	for _, name := range order {
		if !clash[name] {
			col := &plan.Column{Name: name, Type: known[name], Optional: true}
			r.c.opts.Uses.shown(r.rule.From.Rules, col)
			r.rule.From.Columns = append(r.rule.From.Columns, col)
		}
	}
}
