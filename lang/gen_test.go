package lang

import (
	"net/netip"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/ast"
)

// gen draws random trees as a program would make them: without places and without
// parentheses.
type gen struct{ *rapid.T }

// names are of every sort that the printer has to tell apart.
var genNames = []string{
	"a", "user", "src_ip", "été", "T1059.001", "string[]", "min", "count", "by", "from", "over", "early", "open", "keys",
	"rule", "test", "const", "stage", "not", "in", "null", "contains", "any", "all", "cased", "Threat Name", "@timestamp", "10x", "a.b", "// no", "{",
}

func (g gen) name() string { return rapid.SampledFrom(genNames).Draw(g.T, "name") }

func (g gen) ident() *ast.Ident { return &ast.Ident{Name: g.name()} }

// declared is a name that a declaration may have.
func (g gen) declared() *ast.Ident {
	return &ast.Ident{Name: rapid.SampledFrom([]string{"a", "limit", "count", "from", "Threat Name"}).Draw(g.T, "declared")}
}

func (g gen) chance(percent int) bool { return rapid.IntRange(1, 100).Draw(g.T, "chance") <= percent }

// some draws a slice of 0 to most elements.
func some[E any](g gen, most int, draw func() E) []E {
	var s []E
	for range rapid.IntRange(0, most).Draw(g.T, "n") {
		s = append(s, draw())
	}
	return s
}

func (g gen) literal() *ast.Literal {
	values := []any{
		nil, true, false, int64(0), int64(42), int64(1) << 62, 1.5, 3.0, 1e30, 1e-7,
		"", "plain", `C:\Windows\*`, `it's`, "tab\tnew\nline", "\x00\u202e", `both ' and \`, `"quoted"`, "日本 👩‍👩‍👧",
		time.Duration(0), 90 * time.Minute, 36 * time.Hour, 1500 * time.Millisecond,
		time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 29, 23, 59, 59, 250_000, time.UTC),
		netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32"),
	}
	return &ast.Literal{Value: rapid.SampledFrom(values).Draw(g.T, "value")}
}

func (g gen) expr(depth int) ast.Expr {
	if depth == 0 {
		if g.chance(60) {
			return &ast.Name{Ident: *g.ident()}
		}
		return g.literal()
	}
	switch rapid.IntRange(0, 9).Draw(g.T, "expr") {
	case 0:
		return &ast.Unary{Op: rapid.SampledFrom([]string{"not", "-", "+"}).Draw(g.T, "op"), X: g.expr(depth - 1)}
	case 1:
		return &ast.ListExpr{Elems: some(g, 4, func() ast.Expr { return g.expr(depth - 1) })}
	case 2:
		return &ast.Call{Fun: g.ident(), Args: g.args(3, depth-1)}
	case 3:
		return &ast.Select{X: &ast.Name{Ident: *g.ident()}, Sel: g.ident()}
	case 4:
		return &ast.Call{On: &ast.Select{X: &ast.Name{Ident: *g.ident()}, Sel: g.ident()}, Fun: g.ident(), Args: g.args(2, depth-1)}
	case 5:
		return &ast.Select{X: &ast.Call{Fun: g.ident(), Args: g.args(2, depth-1)}, Sel: g.ident()}
	case 6:
		return &ast.Binary{Op: "is", Not: g.chance(50), X: g.expr(depth - 1), Y: &ast.Literal{}}
	case 7:
		b := &ast.Binary{Op: rapid.SampledFrom([]string{"contains", "startswith", "endswith", "like", "matches"}).Draw(g.T, "op"), Cased: g.chance(30), X: g.expr(depth - 1), Y: g.expr(depth - 1)}
		b.Quant = rapid.SampledFrom([]string{"", "any", "all"}).Draw(g.T, "quant")
		return b
	default:
		op := rapid.SampledFrom([]string{"or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"}).Draw(g.T, "op")
		return &ast.Binary{Op: op, Not: op == "in" && g.chance(50), X: g.expr(depth - 1), Y: g.expr(depth - 1)}
	}
}

func (g gen) anyExpr() ast.Expr { return g.expr(rapid.IntRange(0, 4).Draw(g.T, "depth")) }

func (g gen) args(most, depth int) []*ast.Arg {
	return some(g, most, func() *ast.Arg {
		a := &ast.Arg{Value: g.expr(depth)}
		if g.chance(25) {
			a.Name = g.ident()
		}
		return a
	})
}

// clauses draws clauses that are such in this place.
func (g gen) clauses(in place) []*ast.Clause {
	var rows []*word
	for i := range clauseTable {
		if clauseTable[i].In&in != 0 {
			rows = append(rows, &clauseTable[i])
		}
	}
	return some(g, 3, func() *ast.Clause {
		w := rapid.SampledFrom(rows).Draw(g.T, "clause")
		c := &ast.Clause{Word: &ast.Ident{Name: w.Text}}
		for len(c.Args) == 0 && !w.Flag {
			c.Args = g.args(2, 1)
		}
		return c
	})
}

func (g gen) stage(in place) *ast.Stage {
	s := &ast.Stage{Name: g.ident(), Args: g.args(2, 3), Clauses: g.clauses(in)}
	if g.chance(30) {
		s.HasBody = true
		s.Items = g.items(in)
	}
	if !s.HasBody && len(s.Args) == 0 && len(s.Clauses) == 0 {
		// The next stage would be read as the argument of a bare name.
		s.Args = []*ast.Arg{{Value: g.expr(1)}}
	}
	return s
}

func (g gen) items(in place) []*ast.Item {
	items := some(g, 3, func() *ast.Item {
		it := &ast.Item{Value: g.expr(2), Clauses: g.clauses(in)}
		for _, c := range it.Clauses {
			for _, a := range c.Args[min(1, len(c.Args)):] {
				a.Name = nil // behind a comma, a name starts an entry
			}
		}
		if g.chance(70) {
			it.Name = g.ident()
			it.Not = g.chance(20)
		}
		return it
	})
	for i, it := range items[:max(0, len(items)-1)] {
		if items[i+1].Name == nil {
			it.Clauses = nil // a comma would go on with the clause
		}
	}
	return items
}

func (g gen) decl() ast.Decl {
	switch rapid.IntRange(0, 6).Draw(g.T, "decl") {
	case 0:
		return &ast.Import{Path: []*ast.Ident{{Name: "std"}, g.ident()}}
	case 1:
		return &ast.Const{Name: g.declared(), Value: g.anyExpr()}
	case 2:
		return &ast.ListDecl{Name: g.declared(), Type: &ast.Ident{Name: "ip"}, From: &ast.Literal{Value: "bad.txt"}}
	case 3:
		return &ast.ListDecl{Name: g.declared(), Value: &ast.ListExpr{Elems: some(g, 9, func() ast.Expr { return g.literal() })}}
	case 4:
		return &ast.Fn{Name: g.declared(), Params: some(g, 3, g.ident), Body: g.anyExpr()}
	}
	keyword := rapid.SampledFrom([]string{"schema", "table", "rule", "test", "model", "filter"}).Draw(g.T, "keyword")
	b := &ast.Block{Keyword: &ast.Ident{Name: keyword}, Clauses: g.clauses(inHead)}
	if keyword == "test" {
		b.Title = &ast.Literal{Value: "a title"}
	} else {
		b.Name = g.declared()
	}
	b.Body = some(g, 4, func() *ast.Stage { return g.stage(declarations[keyword]) })
	return b
}

func (g gen) file() *ast.File {
	return &ast.File{Decls: some(g, 4, g.decl)}
}

// unparenthesised is a dump without the parentheses that the printer added.
func unparenthesised(dump string) string {
	return strings.NewReplacer("«", "", "»", "").Replace(dump)
}
