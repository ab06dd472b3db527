package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

var listOfOne = Lint{
	Code: "L610", Name: "list-of-one", Category: Style, Level: Info,
	Summary: "a list with one element",
	Why:     "A plain comparison says the same.",
	Avoid: `import std.web

rule posts {
  from web_access
  when method in ["POST"] and path contains any ["/admin/"]
}
`,
	Prefer: `import std.web

rule posts {
  from web_access
  when method == "POST" and path contains "/admin/"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.binaries(func(b *ast.Binary) {
			list, ok := ast.Unparen(b.Y).(*ast.ListExpr)
			if !ok || len(list.Elems) != 1 || b.Op != "in" && b.Quant == "" {
				return
			}
			if x := r.checked(b.X); x == nil || x.Type().Kind == types.List || x.Type().Kind == types.IP {
				return
			}
			op := b.Op
			switch {
			case b.Op == "in" && b.Not:
				op = "!="
			case b.Op == "in":
				op = "=="
			case b.Cased:
				op += " cased"
			}
			p.mend(p.Tell(list.At, "this list has one element"), b.Span(), b.X.Span().Text()+" "+op+" "+list.Elems[0].Span().Text())
		})
	},
}
