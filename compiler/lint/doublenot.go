package lint

import "github.com/detlang/det/lang/ast"

var doubleNot = Lint{
	Code: "L601", Name: "double-not", Category: Style, Level: Warning,
	Summary: "a negation of a negation",
	Why:     "`not` is plain complement, so two of them are none.",
	Avoid: `import std.web

rule inside {
  from web_access
  when not (not is_private(ip)) and status == 500
}
`,
	Prefer: `import std.web

rule inside {
  from web_access
  when is_private(ip) and status == 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.walk(func(x ast.Expr) {
			u, ok := x.(*ast.Unary)
			if !ok || u.Op != "not" {
				return
			}
			if v, ok := ast.Unparen(u.X).(*ast.Unary); ok && v.Op == "not" {
				p.mend(p.Tell(u.At, "two negations are none"), u.At, v.X.Span().Text())
			}
		})
	},
}
