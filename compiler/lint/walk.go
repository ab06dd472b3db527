package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// walk calls f for x and everything below it.
func walk(x ast.Expr, f func(ast.Expr)) {
	if x == nil {
		return
	}
	f(x)
	switch x := x.(type) {
	case *ast.Select:
		walk(x.X, f)
	case *ast.ListExpr:
		for _, e := range x.Elems {
			walk(e, f)
		}
	case *ast.Call:
		if x.On != nil {
			walk(x.On, f)
		}
		for _, a := range x.Args {
			walk(a.Value, f)
		}
	case *ast.Unary:
		walk(x.X, f)
	case *ast.Binary:
		walk(x.X, f)
		walk(x.Y, f)
	case *ast.Paren:
		walk(x.X, f)
	}
}

// walkStage calls f for every expression of a stage.
func walkStage(st *ast.Stage, f func(ast.Expr)) {
	args := func(args []*ast.Arg) {
		for _, a := range args {
			walk(a.Value, f)
		}
	}
	args(st.Args)
	for _, c := range st.Clauses {
		args(c.Args)
	}
	for _, it := range st.Items {
		walk(it.Value, f)
		for _, c := range it.Clauses {
			args(c.Args)
		}
	}
}

// walkDecl calls f for every expression of a declaration.
func walkDecl(d ast.Decl, f func(ast.Expr)) {
	switch d := d.(type) {
	case *ast.Const:
		walk(d.Value, f)
	case *ast.ListDecl:
		if d.Value != nil {
			walk(d.Value, f)
		}
	case *ast.Fn:
		walk(d.Body, f)
	case *ast.Block:
		for _, st := range d.Body {
			walkStage(st, f)
		}
	}
}

// walk calls f for every expression of the rule as written, metadata left out.
func (r *Rule) walk(f func(ast.Expr)) {
	for _, l := range r.lines {
		if !metadata[l.ast.Name.Name] {
			walkStage(l.ast, f)
		}
	}
}

// binaries calls f for every operator of the rule as written.
func (r *Rule) binaries(f func(*ast.Binary)) {
	if r.operators == nil {
		r.walk(func(x ast.Expr) {
			if b, ok := x.(*ast.Binary); ok {
				r.operators = append(r.operators, b)
			}
		})
	}
	for _, b := range r.operators {
		f(b)
	}
}

// chain is a longest chain of and, or of or, with its operands as written, parentheses
// included.
type chain struct {
	op    string
	whole *ast.Binary
	parts []ast.Expr
}

// chains calls f once for each chain.
func (r *Rule) chains(f func(op string, whole *ast.Binary, parts []ast.Expr)) {
	if r.chained == nil {
		r.chain()
	}
	for _, c := range r.chained {
		f(c.op, c.whole, c.parts)
	}
}

func (r *Rule) chain() {
	inner := map[*ast.Binary]bool{}
	r.binaries(func(b *ast.Binary) {
		if inner[b] || b.Op != "and" && b.Op != "or" {
			return
		}
		var parts []ast.Expr
		var flatten func(x ast.Expr)
		flatten = func(x ast.Expr) {
			if y, ok := x.(*ast.Binary); ok && y.Op == b.Op {
				inner[y] = true
				flatten(y.X)
				flatten(y.Y)
				return
			}
			parts = append(parts, x)
		}
		flatten(b)
		r.chained = append(r.chained, chain{b.Op, b, parts})
	})
}

// without is the span to delete, with the operator beside it, so that a chain
// loses one of its operands.
func without(parts []ast.Expr, i int) source.Span {
	at := parts[i].Span()
	if i > 0 {
		return source.Span{File: at.File, Start: parts[i-1].Span().End, End: at.End}
	}
	return source.Span{File: at.File, Start: at.Start, End: parts[i+1].Span().Start}
}

// elements are those of a list, or what stands in the place of one.
func elements(x ast.Expr) []ast.Expr {
	if l, ok := ast.Unparen(x).(*ast.ListExpr); ok {
		return l.Elems
	}
	return []ast.Expr{x}
}

// text is a literal's text.
func text(x ast.Expr) (string, bool) {
	l, ok := ast.Unparen(x).(*ast.Literal)
	if !ok {
		return "", false
	}
	s, ok := l.Value.(string)
	return s, ok
}

// dotted is a.b.c as one name, "" for what is no name.
func dotted(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.Name:
		return x.Name
	case *ast.Select:
		if base := dotted(x.X); base != "" {
			return base + "." + x.Sel.Name
		}
	}
	return ""
}

// bare strips the names that an author gave an expression.
func bare(x plan.Expr) plan.Expr {
	for {
		n, ok := x.(*plan.Named)
		if !ok {
			return x
		}
		x = n.X
	}
}

// column is the column that an expression reads and nothing else, or nil.
func column(x plan.Expr) *plan.Column {
	if c, ok := bare(x).(*plan.Col); ok {
		return c.Column
	}
	return nil
}

// constant is the value of a constant expression.
func constant(x plan.Expr) (any, bool) {
	if k, ok := bare(x).(*plan.Const); ok {
		return k.Value, true
	}
	return nil, false
}

// number is a constant as a number.
func number(x plan.Expr) (float64, bool) {
	v, _ := constant(x)
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// metadata are the lines of a rule that say something about it.
var metadata = map[string]bool{
	"title": true, "id": true, "level": true, "status": true, "description": true, "author": true, "license": true,
	"date": true, "modified": true, "attack": true, "tags": true, "references": true, "falsepositives": true,
}
