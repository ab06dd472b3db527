package lang

import (
	"os"
	"strings"
	"testing"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// TestSpans checks the places of all stages, entries, clauses and expressions of
// the shapes: each ends with its own last token, whatever follows, and lies within
// its parent.
func TestSpans(t *testing.T) {
	shapes, err := os.ReadFile("testdata/shapes.det")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(shapes), "\n", "   // a comment\n")
	check := func(at, parent source.Span) {
		if s := at.Text(); s == "" || s != strings.TrimSpace(s) || strings.HasSuffix(s, "a comment") || strings.HasPrefix(s, "//") {
			t.Errorf("%s: the span is %q", at, s)
		}
		if at.Start < parent.Start || at.End > parent.End {
			t.Errorf("%s: %q is outside of %q", at, at.Text(), parent.Text())
		}
	}
	var expr func(x ast.Expr, parent source.Span)
	args := func(as []*ast.Arg, parent source.Span) {
		for _, a := range as {
			if a.Name != nil {
				check(a.Name.At, parent)
			}
			expr(a.Value, parent)
		}
	}
	expr = func(x ast.Expr, parent source.Span) {
		check(x.Span(), parent)
		switch x := x.(type) {
		case *ast.Binary:
			check(x.OpAt, x.Span())
			expr(x.X, x.Span())
			expr(x.Y, x.Span())
		case *ast.Unary:
			expr(x.X, x.At)
		case *ast.Paren:
			expr(x.X, x.At)
		case *ast.Call:
			check(x.Fun.At, x.At)
			args(x.Args, x.At)
		case *ast.ListExpr:
			for _, e := range x.Elems {
				expr(e, x.At)
			}
		}
	}
	clauses := func(cs []*ast.Clause, parent source.Span) {
		for _, c := range cs {
			check(c.At, parent)
			args(c.Args, c.At)
		}
	}
	for _, d := range parseClean(t, text).Decls {
		b, ok := d.(*ast.Block)
		if !ok {
			continue
		}
		clauses(b.Clauses, b.At)
		for _, s := range b.Body {
			check(s.At, b.At)
			args(s.Args, s.At)
			clauses(s.Clauses, s.At)
			for _, it := range s.Items {
				check(it.At, s.At)
				expr(it.Value, it.At)
				clauses(it.Clauses, it.At)
			}
		}
		if b.Close.Text() != "}" || b.Close.End != b.At.End {
			t.Errorf("%s: the brace is %q", b.At, b.Close.Text())
		}
	}
}

func TestSpanTexts(t *testing.T) {
	tree := parseClean(t, "rule r {\n  window 1h by a // c\n  // d\n  { x = f( 1 ) . g }\n\n  when not (a.b . c == 1)\n}\n")
	b := tree.Decls[0].(*ast.Block)
	item := b.Body[0].Items[0]
	unary := b.Body[1].Args[0].Value.(*ast.Unary)
	left := unary.X.(*ast.Paren).X.(*ast.Binary).X
	tests := []struct {
		at   source.Span
		want string
	}{
		{b.Body[0].At, "window 1h by a // c\n  // d\n  { x = f( 1 ) . g }"},
		{b.Body[0].Close, "}"},
		{b.Body[0].Clauses[0].At, "by a"},
		{item.At, "x = f( 1 ) . g"},
		{item.Value.Span(), "f( 1 ) . g"},
		{b.Body[1].At, "when not (a.b . c == 1)"},
		{unary.At, "not (a.b . c == 1)"},
		{left.Span(), "a.b . c"},
		{left.(*ast.Select).X.Span(), "a.b"},
	}
	for _, tt := range tests {
		if got := tt.at.Text(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
