package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

var shortNeedle = Lint{
	Code: "L507", Name: "short-needle", Category: Robustness, Level: Info,
	Summary: "a search for a single letter or digit within a text",
	Why:     "One letter occurs in nearly every text, so the test hardly tells events apart.",
	Avoid: `import std.web

rule odd_path {
  from web_access
  when path contains "x" and status == 200
}
`,
	Prefer: `import std.web

rule odd_path {
  from web_access
  when path contains "/x/" and status == 200
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("contains", func(b *ast.Binary, at *ast.Literal, s string) {
			if len(s) == 1 && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z' || s[0] >= '0' && s[0] <= '9') && b.Quant != "all" && !b.Not {
				if x := r.checked(b.X); x != nil && x.Type().Kind == types.String {
					p.Tell(at.At, "nearly every text contains this")
				}
			}
		})
	},
}
