package lang

import (
	"fmt"

	"github.com/detlang/det/lang/ast"
)

// Trees without places: what was made of another text is written as if a program had
// made it, with quoting and parentheses as the language needs them.

func bareIdent(id *ast.Ident) *ast.Ident {
	if id == nil {
		return nil
	}
	return &ast.Ident{Name: id.Name}
}

func bareDecl(d ast.Decl) ast.Decl {
	switch d := d.(type) {
	case *ast.Import:
		out := &ast.Import{}
		for _, id := range d.Path {
			out.Path = append(out.Path, bareIdent(id))
		}
		if d.File != nil {
			out.File = &ast.Literal{Value: d.File.Value}
		}
		return out
	case *ast.ListDecl:
		out := &ast.ListDecl{Name: bareIdent(d.Name), Type: bareIdent(d.Type)}
		if d.Value != nil {
			out.Value = bareExpr(d.Value)
		}
		if d.From != nil {
			out.From = &ast.Literal{Value: d.From.Value}
		}
		return out
	}
	panic(fmt.Sprintf("lang: unexpected declaration %T", d))
}

func bareStage(s *ast.Stage) *ast.Stage {
	out := &ast.Stage{Name: bareIdent(s.Name), Args: bareArgs(s.Args), HasBody: s.HasBody}
	for _, c := range s.Clauses {
		out.Clauses = append(out.Clauses, &ast.Clause{Word: bareIdent(c.Word), Args: bareArgs(c.Args)})
	}
	for _, it := range s.Items {
		out.Items = append(out.Items, &ast.Item{Not: it.Not, Name: bareIdent(it.Name), Value: bareExpr(it.Value)})
	}
	return out
}

func bareArgs(args []*ast.Arg) []*ast.Arg {
	var out []*ast.Arg
	for _, a := range args {
		out = append(out, &ast.Arg{Name: bareIdent(a.Name), Value: bareExpr(a.Value)})
	}
	return out
}

func bareExpr(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.Name:
		return &ast.Name{Ident: ast.Ident{Name: x.Name}}
	case *ast.Select:
		return &ast.Select{X: bareExpr(x.X), Sel: bareIdent(x.Sel)}
	case *ast.Literal:
		return &ast.Literal{Value: x.Value}
	case *ast.ListExpr:
		out := &ast.ListExpr{}
		for _, e := range x.Elems {
			out.Elems = append(out.Elems, bareExpr(e))
		}
		return out
	case *ast.Call:
		return &ast.Call{Fun: bareIdent(x.Fun), Args: bareArgs(x.Args)}
	case *ast.Unary:
		return &ast.Unary{Op: x.Op, X: bareExpr(x.X)}
	case *ast.Binary:
		return &ast.Binary{Op: x.Op, Not: x.Not, Quant: x.Quant, Cased: x.Cased, X: bareExpr(x.X), Y: bareExpr(x.Y)}
	case *ast.Paren:
		return bareExpr(x.X)
	}
	panic(fmt.Sprintf("lang: unexpected expression %T", x))
}
