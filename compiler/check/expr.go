package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// expr checks an expression; nil means that it is wrong and that this was told.
func (c *checker) expr(s *scope, x ast.Expr) plan.Expr {
	switch x := x.(type) {
	case *ast.Paren:
		return c.expr(s, x.X)
	case *ast.Literal:
		return &plan.Const{Value: x.Value, T: valueType(x.Value), At: x.At}
	case *ast.ListExpr:
		return c.listExpr(s, x)
	case *ast.Name:
		return c.name(s, x)
	case *ast.Select:
		return c.selectExpr(s, x)
	case *ast.Call:
		return c.call(s, x)
	case *ast.Unary:
		return c.unary(s, x)
	case *ast.Binary:
		return c.binary(s, x)
	case *ast.Bad:
		return nil
	}
	panic(fmt.Sprintf("check: unexpected expression %T", x))
}

// valueType is the type of a literal's value.
func valueType(v any) types.Type {
	switch v := v.(type) {
	case bool:
		return types.TBool
	case int64:
		return types.TInt
	case float64:
		return types.TFloat
	case string:
		return types.TString
	case time.Duration:
		return types.TDuration
	case time.Time:
		return types.TTimestamp
	case nil:
		return types.TNull
	case []any:
		if len(v) == 0 {
			return types.ListOf(types.Null)
		}
		t := valueType(v[0])
		for _, e := range v[1:] {
			t = join(t, valueType(e))
		}
		return types.ListOf(t.Kind)
	}
	if isAddr(v) {
		return types.TIP
	}
	if isPrefix(v) {
		return types.TNetwork
	}
	return types.TInvalid
}

// join is the type that holds values of both: ints and floats mix to float, ips
// and networks to network.
func join(a, b types.Type) types.Type {
	switch {
	case a.Kind == b.Kind:
		return a
	case a.Numeric() && b.Numeric():
		return types.TFloat
	case a.Kind == types.IP && b.Kind == types.Network, a.Kind == types.Network && b.Kind == types.IP:
		return types.TNetwork
	}
	return types.TInvalid
}

func (c *checker) listExpr(s *scope, x *ast.ListExpr) plan.Expr {
	vals := make([]any, 0, len(x.Elems))
	t, ok := types.TNull, true
	for _, e := range x.Elems {
		v, good := c.constValue(s, e)
		if !good {
			ok = false
			continue
		}
		vt := valueType(v)
		switch {
		case vt.Kind == types.Null:
			c.diags.Errorf("D0210", e.Span(), "null cannot stand in a list").Hint = "a missing value is tested with `is null`"
			ok = false
		case t.Kind == types.Null:
			t = vt
		default:
			j := join(t, vt)
			if j.Kind == types.Invalid {
				c.diags.Errorf("D0210", e.Span(), "a list holds one type: this is %s, the others are %s", vt, t)
				ok = false
				continue
			}
			t = j
		}
		vals = append(vals, v)
	}
	if !ok {
		return nil
	}
	return &plan.Const{Value: vals, T: types.ListOf(t.Kind), At: x.At}
}

// constValue checks an expression that must be known at compile time. A literal
// takes a short way, since a list may hold a million.
func (c *checker) constValue(s *scope, x ast.Expr) (any, bool) {
	if l, ok := x.(*ast.Literal); ok {
		return l.Value, true
	}
	e := c.expr(s, x)
	if e == nil {
		return nil, false
	}
	if v, ok := c.opts.Fold(e); ok {
		return v, true
	}
	c.diags.Errorf("D0206", x.Span(), "this must be a constant, but it depends on %s", firstColumn(e))
	return nil, false
}

// firstColumn names a column that an expression reads, for a message.
func firstColumn(e plan.Expr) string {
	name := "the event"
	plan.Walk(e, func(x plan.Expr) bool {
		if col, ok := x.(*plan.Col); ok {
			name = "the field " + col.Column.Name
		}
		return true
	})
	return name
}

func (c *checker) name(s *scope, x *ast.Name) plan.Expr {
	if l, ok := s.locals[x.Name]; ok {
		c.opts.Uses.local(x.At, x.Name, l)
		if l.stats != nil {
			c.diags.Errorf("D0211", x.At, "%s is a set of statistics, not a value", x.Name).Hint = "read one of them: " + x.Name + ".mean, " + x.Name + ".stddev, or use zscore(value, " + x.Name + ")"
			return nil
		}
		if l.x == nil {
			return nil // its definition is wrong, and was told
		}
		return &plan.Named{Name: x.Name, X: l.x, At: x.At}
	}
	if col := s.column(x.Name); col != nil {
		c.opts.Uses.column(x.At, s.rule, col)
		return &plan.Col{Column: col, At: x.At}
	}
	if s.rule != nil && !s.rule.grouped {
		if e := c.derived(s, x); e != nil {
			return e
		}
		if col := s.rule.sourceColumn(x.Name, &x.Ident, false); col != nil {
			c.opts.Uses.column(x.At, s.rule, col)
			return &plan.Col{Column: col, At: x.At}
		}
	}
	if d, ambiguous := s.mod.find(x.Name); d != nil || ambiguous {
		return c.declared(s, d, ambiguous, x, x.Name)
	}
	if s.rule != nil && !s.rule.grouped {
		if col := s.rule.sourceColumn(x.Name, &x.Ident, true); col != nil {
			c.opts.Uses.column(x.At, s.rule, col)
			return &plan.Col{Column: col, At: x.At}
		}
	}
	c.unknownName(s, x)
	return nil
}

func (c *checker) unknownName(s *scope, x *ast.Name) {
	if r := s.rule; r != nil && r.grouped && (r.gone[x.Name] || r.fieldOf(x.Name)) {
		e := c.diags.Errorf("D0306", x.At, "%s is not in the row here: %s", x.Name, r.lost)
		e.Hint = "after it there are: " + strings.Join(r.visible(), ", ")
		return
	}
	e := c.diags.Errorf("D0301", x.At, "unknown name %s", x.Name)
	var candidates []string
	for n := range s.locals {
		candidates = append(candidates, n)
	}
	for _, col := range s.row {
		candidates = append(candidates, col.Name)
	}
	if s.rule != nil && !s.rule.grouped {
		candidates = append(candidates, s.rule.fields()...)
	}
	candidates = append(candidates, s.mod.visible(func(d *decl) bool { return d.rule == nil })...)
	e.Hint = hint(x.Name, candidates)
	if e.Hint == "" && c.funcs[x.Name] != nil {
		e.Hint = x.Name + " is a function: write " + x.Name + "(…)"
	}
}

// declared is the value of a const or a list.
func (c *checker) declared(s *scope, d *decl, ambiguous bool, x ast.Expr, name string) plan.Expr {
	if ambiguous {
		c.diags.Errorf("D0310", x.Span(), "%s is declared by more than one import", name).Hint = "write it with the import's name before it"
		return nil
	}
	c.resolve(d)
	at := x.Span()
	if sel, ok := x.(*ast.Select); ok {
		at = sel.Sel.At
	}
	c.opts.Uses.decl(at, d)
	var k *plan.Const
	switch {
	case d.konst != nil:
		k = d.konst
	case d.list != nil:
		k = d.list
	case d.state == resolved && (d.fn != nil || d.schema != nil || d.table != nil) || d.rule != nil:
		c.diags.Errorf("D0311", x.Span(), "%s is %s, not a value", name, d.kind())
		return nil
	default:
		return nil // its declaration is wrong, and was told
	}
	out := *k
	out.Name, out.At = name, x.Span()
	return &out
}

func (c *checker) selectExpr(s *scope, x *ast.Select) plan.Expr {
	if base, ok := x.X.(*ast.Name); ok {
		l, ok := s.locals[base.Name]
		if ok && l.stats == nil && l.x == nil {
			return nil // its definition is wrong, and was told
		}
		if ok && l.stats != nil {
			if !isMember(x.Sel.Name) {
				e := c.diags.Errorf("D0305", x.Sel.At, "%s has no %s", base.Name, x.Sel.Name)
				e.Hint = "there are: " + strings.Join(memberNames(), ", ")
				return nil
			}
			col := l.stats.member(x.Sel.Name)
			c.opts.Uses.local(base.At, base.Name, l)
			c.opts.Uses.add(Use{At: x.Sel.At, Kind: UseMember, Name: x.Sel.Name, Type: col.Type.String(), Doc: memberDoc(x.Sel.Name)})
			return &plan.Col{Column: col, At: x.Span()}
		}
		if im := s.mod.imports[base.Name]; im != nil {
			if d := im.names[x.Sel.Name]; d != nil {
				return c.declared(s, d, false, x, base.Name+"."+x.Sel.Name)
			}
			c.diags.Errorf("D0301", x.Span(), "the import %s has no %s", base.Name, x.Sel.Name).Hint = hint(x.Sel.Name, names(im.names))
			return nil
		}
	}
	if path, ok := dotted(x); ok && s.rule != nil && !s.rule.grouped {
		id := &ast.Ident{Name: path, At: x.Span()}
		if col := s.rule.sourceColumn(path, id, false); col != nil {
			c.opts.Uses.column(x.Span(), s.rule, col)
			return &plan.Col{Column: col, At: x.Span()}
		}
		if col := s.rule.sourceColumn(path, id, true); col != nil {
			c.opts.Uses.column(x.Span(), s.rule, col)
			return &plan.Col{Column: col, At: x.Span()}
		}
		c.unknownName(s, &ast.Name{Ident: *id})
		return nil
	}
	if c.expr(s, x.X) != nil {
		c.diags.Errorf("D0305", x.Sel.At, "this value has no member %s", x.Sel.Name)
	}
	return nil
}

// dotted is a.b.c as one name.
func dotted(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.Name:
		return x.Name, true
	case *ast.Select:
		base, ok := dotted(x.X)
		return base + "." + x.Sel.Name, ok
	}
	return "", false
}

// boolean checks a condition.
func (c *checker) boolean(s *scope, x ast.Expr, what string) plan.Expr {
	e := c.expr(s, x)
	if e == nil {
		return nil
	}
	if k := e.Type().Kind; k != types.Bool && k != types.Null {
		d := c.diags.Errorf("D0201", x.Span(), "%s must be true or false, but this is %s", what, e.Type())
		if k == types.String || k == types.Int || k == types.Float || k == types.IP {
			d.Hint = "compare it with something, or write `is not null`"
		}
		return nil
	}
	return e
}
