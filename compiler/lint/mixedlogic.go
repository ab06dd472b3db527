package lint

import "github.com/detlang/det/lang/ast"

var mixedLogic = Lint{
	Code: "L605", Name: "mixed-logic", Category: Style, Level: Info,
	Summary: "and within or, without parentheses",
	Why:     "`and` binds tighter, which not every reader knows. Parentheses say it.",
	Avoid: `import std.web

rule errors {
  from web_access
  when status == 404 or method == "POST" and status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when status == 404 or (method == "POST" and status >= 500)
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.chains(func(op string, whole *ast.Binary, parts []ast.Expr) {
			if op != "or" {
				return
			}
			for _, x := range parts {
				if b, ok := x.(*ast.Binary); ok && b.Op == "and" {
					p.mend(p.Tell(b.Span(), "`and` within `or`"), b.Span(), "("+b.Span().Text()+")")
				}
			}
		})
	},
}
