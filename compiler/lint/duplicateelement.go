package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/runtime/vec"
)

var duplicateElement = Lint{
	Code: "L134", Name: "duplicate-element", Category: Dead, Level: Warning,
	Summary: "an element that a list has already",
	Why:     "Text is compared without case, so \"CMD\" and \"cmd\" are one. Often another value was meant.",
	Avoid: `import std.web

rule odd_methods {
  from web_access
  when method in ["TRACE", "CONNECT", "trace"]
}
`,
	Prefer: `import std.web

rule odd_methods {
  from web_access
  when method in ["TRACE", "CONNECT"]
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			list, ok := ast.Unparen(b.Y).(*ast.ListExpr)
			if !ok || b.Op == "matches" || b.Op == "and" || b.Op == "or" {
				return
			}
			seen := map[string]bool{}
			for i, e := range list.Elems {
				key := e.Span().Text()
				if s, ok := text(e); ok {
					key = "=" + s
					if !b.Cased {
						key = "=" + vec.FoldString(s)
					}
				}
				if seen[key] {
					p.drop(p.Tell(e.Span(), "the list has this already"), list.Elems, i)
				}
				seen[key] = true
			}
		})
	},
}
