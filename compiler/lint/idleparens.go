package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var idleParens = Lint{
	Code: "L604", Name: "idle-parentheses", Category: Style, Level: Info,
	Summary: "parentheses around parentheses, or around a whole condition",
	Why:     "They group nothing, and hide those that do.",
	Avoid: `import std.web

rule errors {
  from web_access
  when (status >= 500 and method == "POST")
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when status >= 500 and method == "POST"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		tell := func(x *ast.Paren) {
			if x.At.File != nil && strings.HasPrefix(x.At.Text(), "(") {
				p.mend(p.Tell(x.At, "these parentheses group nothing"), x.At, x.X.Span().Text())
			}
		}
		if r.File.Sigma {
			return
		}
		for _, l := range r.lines {
			switch l.ast.Name.Name {
			case "where", "when", "let":
				for _, a := range l.ast.Args {
					if x, ok := a.Value.(*ast.Paren); ok && !strings.Contains(x.At.Text(), "\n") {
						tell(x)
					}
				}
			}
		}
		r.walk(func(x ast.Expr) {
			if outer, ok := x.(*ast.Paren); ok {
				if inner, ok := outer.X.(*ast.Paren); ok {
					tell(inner)
				}
			}
		})
	},
}
