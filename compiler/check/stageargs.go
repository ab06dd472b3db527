package check

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
)

// head checks the arguments before the clauses.
func (s *stageChecker) head() {
	args := s.ast.Args
	for i, p := range s.spec.Head {
		if i >= len(args) {
			if !p.Optional {
				d := s.errorf("D0407", s.ast.At, "`%s` needs %s", s.spec.Name, p.Doc)
				d.Hint = Usage(s.spec)
			}
			return
		}
		for ; i < len(args); i++ {
			a, ok := s.argument(p, args[i])
			if ok {
				s.stage.Args.Head = append(s.stage.Args.Head, a)
			}
			if !p.Many {
				break
			}
		}
		if p.Many {
			return
		}
	}
	if len(args) > len(s.spec.Head) {
		s.errorf("D0407", args[len(s.spec.Head)].Value.Span(), "`%s` takes %s here", s.spec.Name, count(len(s.spec.Head), "argument")).Hint = Usage(s.spec)
	}
}

// clauses checks the keyword clauses.
func (s *stageChecker) clauses() {
	known := map[string]*op.Clause{}
	for i := range s.spec.Clauses {
		known[s.spec.Clauses[i].Word] = &s.spec.Clauses[i]
	}
	seen := map[string]bool{}
	for _, cl := range s.ast.Clauses {
		word := cl.Word.Name
		spec := known[word]
		if spec == nil {
			d := s.errorf("D0402", cl.Word.At, "`%s` has no %s", s.spec.Name, word)
			d.Hint = hint(word, names(known))
			if d.Hint == "" {
				d.Hint = Usage(s.spec)
			}
			continue
		}
		if seen[word] {
			s.errorf("D0403", cl.Word.At, "%s is given twice", word)
			continue
		}
		seen[word] = true
		args := []op.Arg{}
		for i, a := range cl.Args {
			if len(spec.Params) == 0 || i >= len(spec.Params) && !spec.Params[len(spec.Params)-1].Many {
				s.errorf("D0407", a.Value.Span(), "%s takes %s", word, count(len(spec.Params), "argument"))
				break
			}
			if x, ok := s.argument(spec.Params[min(i, len(spec.Params)-1)], a); ok {
				args = append(args, x)
			}
		}
		for _, p := range spec.Params[min(len(cl.Args), len(spec.Params)):] {
			if !p.Optional {
				s.errorf("D0407", cl.At, "%s needs %s", word, p.Doc)
			}
		}
		s.stage.Args.Clauses[word] = args
	}
	for _, cl := range s.spec.Clauses {
		if cl.Required && !seen[cl.Word] {
			s.errorf("D0404", s.ast.At, "`%s` needs %s", s.spec.Name, cl.Word).Hint = cl.Word + ": " + cl.Doc
		}
	}
	if k, ok := s.stage.Args.Clauses["evidence"]; ok && len(k) == 1 {
		if n, ok := k[0].Const.(int64); ok {
			s.stage.Args.Keep = int(max(0, min(n, 100)))
		}
	}
}

// Usage is a stage's shape in a line, for hints.
func Usage(spec *op.Spec) string {
	var b strings.Builder
	b.WriteString(spec.Name)
	for _, p := range spec.Head {
		b.WriteString(" " + strings.ToUpper(p.Name))
	}
	for _, cl := range spec.Clauses {
		b.WriteString(" ")
		if !cl.Required {
			b.WriteString("[")
		}
		b.WriteString(cl.Word)
		for _, p := range cl.Params {
			b.WriteString(" " + strings.ToUpper(p.Name))
		}
		if !cl.Required {
			b.WriteString("]")
		}
	}
	return b.String()
}

// argName is the name that a key column has: the one given, or the field's own.
func argName(a *ast.Arg) string {
	if a.Name != nil {
		return a.Name.Name
	}
	n, _ := dotted(a.Value)
	return n
}

// argument checks one argument against its parameter.
func (s *stageChecker) argument(p op.Param, a *ast.Arg) (op.Arg, bool) {
	c, x := s.r.c, a.Value
	none := op.Arg{Col: -1}
	switch p.Kind {
	case op.Bind:
		n, ok := x.(*ast.Name)
		if !ok {
			s.errorf("D0407", x.Span(), "here stands a new name: %s", p.Doc)
			return none, false
		}
		s.bound = &n.Ident
		s.stage.Args.Bound = n.Name
		return op.Arg{Name: n.Name, Col: -1}, true
	case op.Choice:
		w, _ := word(x)
		if !contains(p.Choices, w) {
			d := s.errorf("D0408", x.Span(), "%s is not one of %s", x.Span().Text(), strings.Join(p.Choices, ", "))
			d.Hint = hint(w, p.Choices)
			return none, false
		}
		return op.Arg{Name: w, Col: -1}, true
	case op.Const:
		return s.constant(p, x)
	case op.TableName:
		return s.tableArg(x)
	case op.Word:
		w, ok := word(x)
		if !ok {
			s.errorf("D0407", x.Span(), "here stands a word: %s", p.Doc)
		}
		return op.Arg{Name: w, Col: -1}, ok
	case op.Entity:
		call, ok := x.(*ast.Call)
		if !ok || len(call.Args) != 1 {
			s.errorf("D0407", x.Span(), "an entity is written with its type: user(login_id)")
			return none, false
		}
		e := c.expr(s.r.scope, call.Args[0].Value)
		if e == nil {
			s.bad = true
			return none, false
		}
		return s.input(e, call.Fun.Name), true
	}
	e := c.expr(s.r.scope, x)
	if e == nil {
		s.bad = true
		return none, false
	}
	if p.Type.Kind != types.Invalid && !types.Accepts(p.Type, e.Type()) {
		s.errorf("D0204", x.Span(), "%s must be %s, but this is %s", p.Name, p.Type, e.Type())
		return none, false
	}
	if p.Kind == op.Measure {
		if !e.Type().Numeric() && e.Type().Kind != types.Duration {
			s.errorf("D0204", x.Span(), "%s must be a number, but this is %s", p.Name, e.Type())
			return none, false
		}
		s.of = e.Type()
	}
	name := argName(a)
	if name == "" && p.Many {
		if call, ok := x.(*ast.Call); ok && len(call.Args) == 1 {
			name, _ = dotted(call.Args[0].Value) // by lower(user) is still called user
		}
		if name == "" {
			s.errorf("D0407", x.Span(), "give this key a name: by name = %s", x.Span().Text())
			return none, false
		}
	}
	return s.input(e, name), true
}

// input makes an expression an input of the stage; the same column is one input.
func (s *stageChecker) input(e plan.Expr, name string) op.Arg {
	if col, ok := e.(*plan.Col); ok {
		for i, have := range s.stage.Inputs {
			if h, ok := have.(*plan.Col); ok && h.Column == col.Column {
				return op.Arg{Name: name, Col: i, Type: e.Type()}
			}
		}
	}
	if !s.r.c.grow(e, e.Span()) {
		s.bad = true
	}
	s.stage.Inputs = append(s.stage.Inputs, e)
	return op.Arg{Name: name, Col: len(s.stage.Inputs) - 1, Type: e.Type()}
}

func (s *stageChecker) constant(p op.Param, x ast.Expr) (op.Arg, bool) {
	c := s.r.c
	if w, ok := x.(*ast.Name); ok && contains(p.Choices, w.Name) {
		return op.Arg{Name: w.Name, Col: -1}, true
	}
	v, ok := c.constValue(s.r.scope, x)
	if !ok {
		s.bad = true
		return op.Arg{}, false
	}
	if n, isInt := v.(int64); isInt && p.Type.Kind == types.Float {
		v = float64(n)
	}
	t := valueType(v)
	if !types.Accepts(p.Type, t) {
		d := s.errorf("D0204", x.Span(), "%s must be %s, but this is %s", p.Name, p.Type, t)
		if p.Type.Kind == types.Duration && t.Numeric() {
			d.Hint = "give it a unit: " + plan.FormatValue(v) + "m, " + plan.FormatValue(v) + "h or " + plan.FormatValue(v) + "d"
		}
		return op.Arg{}, false
	}
	return op.Arg{Col: -1, Const: v, Type: t}, true
}

func (s *stageChecker) tableArg(x ast.Expr) (op.Arg, bool) {
	c := s.r.c
	d, name := c.lookup(s.r.scope.mod, x)
	if d == nil {
		e := s.errorf("D0308", x.Span(), "unknown table %s", x.Span().Text())
		e.Hint = hint(name, s.r.scope.mod.visible(func(d *decl) bool {
			b, ok := d.ast.(*ast.Block)
			return ok && b.Keyword.Name == "table"
		}))
		return op.Arg{}, false
	}
	c.resolve(d)
	if d.table == nil {
		if b, ok := d.ast.(*ast.Block); !ok || b.Keyword.Name != "table" {
			s.errorf("D0311", x.Span(), "%s is %s, not a table", name, d.kind())
		}
		s.bad = true
		return op.Arg{}, false
	}
	return op.Arg{Name: name, Col: -1, Const: d.table}, true
}
