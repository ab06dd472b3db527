package lang

import (
	"fmt"
	"strings"

	"github.com/detlang/det/lang/ast"
)

// dump writes a tree without its places, one declaration or stage a line, with
// every expression in full parentheses. Two trees mean the same if and only if
// their dumps are equal.
func dump(f *ast.File) string {
	var b strings.Builder
	for _, d := range f.Decls {
		dumpDecl(&b, d)
	}
	return b.String()
}

func dumpDecl(b *strings.Builder, d ast.Decl) {
	switch d := d.(type) {
	case *ast.Import:
		if d.File != nil {
			fmt.Fprintf(b, "import %s\n", dumpExpr(d.File))
			return
		}
		fmt.Fprintf(b, "import %s\n", dumpNames(d.Path, "."))
	case *ast.Const:
		fmt.Fprintf(b, "const %s = %s\n", dumpName(d.Name), dumpExpr(d.Value))
	case *ast.ListDecl:
		fmt.Fprintf(b, "list %s", dumpName(d.Name))
		if d.Type != nil {
			fmt.Fprintf(b, " %s", dumpName(d.Type))
		}
		if d.From != nil {
			fmt.Fprintf(b, " from %s\n", dumpExpr(d.From))
			return
		}
		fmt.Fprintf(b, " = %s\n", dumpExpr(d.Value))
	case *ast.Fn:
		fmt.Fprintf(b, "fn %s(%s) = %s\n", dumpName(d.Name), dumpNames(d.Params, " "), dumpExpr(d.Body))
	case *ast.Block:
		fmt.Fprintf(b, "%s", d.Keyword.Name)
		if d.Name != nil {
			fmt.Fprintf(b, " %s", dumpName(d.Name))
		}
		if d.Title != nil {
			fmt.Fprintf(b, " %s", dumpExpr(d.Title))
		}
		dumpClauses(b, d.Clauses)
		b.WriteByte('\n')
		for _, s := range d.Body {
			dumpStage(b, s)
		}
	}
}

func dumpStage(b *strings.Builder, s *ast.Stage) {
	fmt.Fprintf(b, "  %s%s", dumpName(s.Name), dumpArgs(s.Args))
	dumpClauses(b, s.Clauses)
	b.WriteByte('\n')
	if s.HasBody && len(s.Items) == 0 {
		b.WriteString("    {}\n")
	}
	for _, it := range s.Items {
		b.WriteString("    ")
		if it.Not {
			b.WriteString("not ")
		}
		if it.Name != nil {
			fmt.Fprintf(b, "%s = ", dumpName(it.Name))
		}
		b.WriteString(dumpExpr(it.Value))
		dumpClauses(b, it.Clauses)
		b.WriteByte('\n')
	}
}

func dumpClauses(b *strings.Builder, cs []*ast.Clause) {
	for _, c := range cs {
		fmt.Fprintf(b, " :%s%s", c.Word.Name, dumpArgs(c.Args))
	}
}

func dumpArgs(args []*ast.Arg) string {
	var b strings.Builder
	for _, a := range args {
		b.WriteByte(' ')
		if a.Name != nil {
			fmt.Fprintf(&b, "%s=", dumpName(a.Name))
		}
		b.WriteString(dumpExpr(a.Value))
	}
	return b.String()
}

func dumpName(id *ast.Ident) string {
	if plainName(id.Name) {
		return id.Name
	}
	return "`" + id.Name + "`"
}

func dumpNames(ids []*ast.Ident, sep string) string {
	var names []string
	for _, id := range ids {
		names = append(names, dumpName(id))
	}
	return strings.Join(names, sep)
}

func dumpExpr(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Name:
		return dumpName(&x.Ident)
	case *ast.Select:
		return fmt.Sprintf("(. %s %s)", dumpExpr(x.X), dumpName(x.Sel))
	case *ast.Literal:
		switch v := x.Value.(type) {
		case nil:
			return "null"
		case string:
			return fmt.Sprintf("%q", v)
		case float64:
			return fmt.Sprintf("%gf", v)
		case bool, int64:
			return fmt.Sprint(v)
		default:
			return fmt.Sprintf("<%v>", v)
		}
	case *ast.ListExpr:
		var elems []string
		for _, e := range x.Elems {
			elems = append(elems, dumpExpr(e))
		}
		return "[" + strings.Join(elems, " ") + "]"
	case *ast.Call:
		on := ""
		if x.On != nil {
			on = dumpExpr(x.On) + "."
		}
		return fmt.Sprintf("(%s%s%s)", on, dumpName(x.Fun), dumpArgs(x.Args))
	case *ast.Unary:
		return fmt.Sprintf("(%s %s)", x.Op, dumpExpr(x.X))
	case *ast.Binary:
		op := x.Op
		if x.Not {
			op = "not-" + op
		}
		if x.Quant != "" {
			op += "-" + x.Quant
		}
		if x.Cased {
			op += "-cased"
		}
		return fmt.Sprintf("(%s %s %s)", op, dumpExpr(x.X), dumpExpr(x.Y))
	case *ast.Paren:
		return "«" + dumpExpr(x.X) + "»"
	case *ast.Bad:
		return "BAD"
	}
	return fmt.Sprintf("?%T", x)
}
