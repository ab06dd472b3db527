package lint

import "github.com/detlang/det/lang/ast"

var yoda = Lint{
	Code: "L600", Name: "constant-first", Category: Style, Level: Info,
	Summary: "a comparison with the constant on the left",
	Why:     "Readers look for the field first. Turned round it says the same.",
	Avoid: `import std.web

rule errors {
  from web_access
  when 500 <= status
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when status >= 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			op := mirrored[b.Op]
			if b.Op == "!=" {
				op = "!="
			}
			_, left := ast.Unparen(b.X).(*ast.Literal)
			_, right := ast.Unparen(b.Y).(*ast.Literal)
			if op != "" && left && !right {
				p.mend(p.Tell(b.Span(), "the constant stands on the left"), b.Span(), b.Y.Span().Text()+" "+op+" "+b.X.Span().Text())
			}
		})
	},
}
