package lint

import "github.com/detlang/det/lang/ast"

var emptyNeedle = Lint{
	Code: "L508", Name: "empty-needle", Category: Robustness, Level: Warning,
	Summary: "a search for the empty text",
	Why:     "Every text contains it, so this only asks whether the field is there. `is not null` says so.",
	Avoid: `import std.web

rule with_query {
  from web_access
  when query contains "" and status == 500
}
`,
	Prefer: `import std.web

rule with_query {
  from web_access
  when query is not null and status == 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, op := range []string{"contains", "startswith", "endswith"} {
			r.patterns(op, func(b *ast.Binary, at *ast.Literal, s string) {
				if s != "" {
					return
				}
				d := p.Tell(at.At, "every text has the empty one in it")
				if b.Quant == "" && !b.Not {
					p.mend(d, b.Span(), b.X.Span().Text()+" is not null")
				}
			})
		}
	},
}
