package sigma

import (
	"fmt"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// The words from which trees are built. Every node gets the place in the YAML that
// it stands for.

func ident(name string, at source.Span) *ast.Ident { return &ast.Ident{Name: name, At: at} }

func text(s string, at source.Span) *ast.Literal {
	return &ast.Literal{Value: s, Raw: at.Text(), At: at}
}

func literal(v any, at source.Span) *ast.Literal {
	return &ast.Literal{Value: v, Raw: fmt.Sprint(v), At: at}
}

// name is a field, or what a let stands for. A dot leads into an object.
func name(s string, at source.Span) ast.Expr {
	words := strings.Split(s, ".")
	var x ast.Expr = &ast.Name{Ident: ast.Ident{Name: words[0], At: at}}
	for _, w := range words[1:] {
		if words[0] == "" || w == "" {
			return &ast.Name{Ident: ast.Ident{Name: s, At: at}}
		}
		x = &ast.Select{X: x, Sel: ident(w, at)}
	}
	return x
}

// operator is x op y.
func operator(x ast.Expr, op string, y ast.Expr, at source.Span) *ast.Binary {
	return &ast.Binary{Op: op, OpAt: at, X: x, Y: y}
}

func not(x ast.Expr, at source.Span) ast.Expr { return &ast.Unary{Op: "not", X: x, At: at} }

// chain joins expressions with and or or; none is nil.
func chain(op string, xs []ast.Expr) ast.Expr {
	var out ast.Expr
	for _, x := range xs {
		if out == nil {
			out = x
			continue
		}
		out = &ast.Binary{Op: op, OpAt: x.Span(), X: out, Y: x}
	}
	return out
}

// call is fun(args…).
func call(fun string, at source.Span, args ...ast.Expr) *ast.Call {
	c := &ast.Call{Fun: ident(fun, at), At: at}
	for _, a := range args {
		c.Args = append(c.Args, &ast.Arg{Value: a})
	}
	return c
}

// stage is a line of a rule with its arguments.
func stage(name string, at source.Span, args ...ast.Expr) *ast.Stage {
	s := &ast.Stage{Name: ident(name, at), At: at}
	for _, a := range args {
		s.Args = append(s.Args, &ast.Arg{Value: a})
	}
	return s
}

// clause is a keyword with its arguments.
func clause(word string, at source.Span, args ...ast.Expr) *ast.Clause {
	c := &ast.Clause{Word: ident(word, at), At: at}
	for _, a := range args {
		c.Args = append(c.Args, &ast.Arg{Value: a})
	}
	return c
}

// let names an expression.
func let(name string, at source.Span, x ast.Expr) *ast.Stage {
	return &ast.Stage{Name: ident("let", at), Args: []*ast.Arg{{Name: ident(name, at), Value: x}}, At: at}
}

// written is a text with the place of the value that it was made of.
type written struct {
	text string
	at   source.Span
}

// texts is a list of texts, which stands where its first element does.
func texts(list []written) *ast.ListExpr {
	l := &ast.ListExpr{At: list[0].at}
	for _, w := range list {
		l.Elems = append(l.Elems, text(w.text, w.at))
	}
	return l
}
