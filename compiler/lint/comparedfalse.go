package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var comparedFalse = Lint{
	Code: "L511", Name: "compared-with-false", Category: Robustness, Level: Info,
	Summary: "a test compared with false",
	Why: "`x == false` is false where x is missing, `not x` is true there. Written as a comparison it looks like the " +
		"second and is the first. For a field that is meant; for a test, write `not`.",
	Avoid: `import std.web

rule outside {
  from web_access
  when is_private(ip) == false and status == 500
}
`,
	Prefer: `import std.web

rule outside {
  from web_access
  when not is_private(ip) and status == 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			l, ok := ast.Unparen(b.Y).(*ast.Literal)
			if !ok || l.Value != false || b.Op != "==" {
				return
			}
			if c, ok := ast.Unparen(b.X).(*ast.Call); ok {
				if x, ok := r.checked(c).(*plan.Call); ok && x.Func.Test {
					p.Tell(b.Span(), "write `not`")
				}
			}
		})
	},
}
