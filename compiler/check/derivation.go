package check

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// derivation is a field that a mapping works out from others, for events that do not
// have it.
type derivation struct {
	x   ast.Expr
	mod *module
}

// mappedDerivation adds let NAME = … of a mapping. The field is one of the schema, a
// text; of several derivations the first counts.
func (c *checker) mappedDerivation(s *types.Schema, to *mapped, m mappingDecl, under sourceParts, st *ast.Stage) {
	name := st.Args[0].Name.Name
	if under.count() > 0 || name == s.Time {
		c.diags.Errorf("D0914", st.At, "%s cannot be derived here", name).Hint = "a mapping for all log sources derives fields, other than the time: mapping NAME for any_event { let … }"
		return
	}
	if i := s.Find(name); i < 0 {
		s.Fields = append(s.Fields, types.Field{Name: name, Type: types.TString, Optional: true, Paths: [][]string{{name}}, Doc: "derived by the mapping " + m.block.Name.Name})
	} else if s.Fields[i].Type != types.TString {
		c.diags.Errorf("D0914", st.At, "%s is %s, and what is derived is a string", name, s.Fields[i].Type)
		return
	}
	if to.derived == nil {
		to.derived = map[string]*derivation{}
	}
	if to.derived[name] == nil {
		to.derived[name] = &derivation{st.Args[0].Value, m.mod}
	}
}

// derived is a field of the events as the mappings derive it; nil where none does, or
// where the rule's log source has a name of its own for it.
func (c *checker) derived(s *scope, x *ast.Name) plan.Expr {
	of := s.rule.rule.From.Schema
	m := c.mapped[of]
	if s.given || m == nil || m.derived[x.Name] == nil || c.variant(of, s.rule.source, x.Name) != nil {
		return nil
	}
	known := s.rule.known
	s.rule.known = logFields{} // a derivation may read what it likes
	defer func() { s.rule.known = known }()
	d := m.derived[x.Name]
	e := c.expr(&scope{mod: d.mod, locals: map[string]local{}, row: s.row, rule: s.rule, given: true}, d.x)
	if e == nil || e.Type() != types.TString {
		if e != nil {
			c.diags.Errorf("D0914", d.x.Span(), "%s is derived as %s, and must be a string", x.Name, e.Type())
		}
		return nil
	}
	if i := of.Find(x.Name); i >= 0 {
		c.opts.Uses.field(x.At, of, x.Name)
	}
	return &plan.Named{Name: x.Name, X: e, At: x.At}
}
