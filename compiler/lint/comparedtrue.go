package lint

import "github.com/detlang/det/lang/ast"

var comparedTrue = Lint{
	Code: "L608", Name: "compared-with-true", Category: Style, Level: Warning,
	Summary: "a test compared with true",
	Why:     "It is a condition already.",
	Avoid: `import std.web

rule inside {
  from web_access
  when is_private(ip) == true and status == 500
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
		r.binaries(func(b *ast.Binary) {
			if l, ok := ast.Unparen(b.Y).(*ast.Literal); ok && l.Value == true && b.Op == "==" {
				p.mend(p.Tell(b.Span(), "this is a condition already"), b.Span(), b.X.Span().Text())
			}
		})
	},
}
