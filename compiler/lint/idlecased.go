package lint

import (
	"strings"
	"unicode"

	"github.com/detlang/det/lang/ast"
)

var idleCased = Lint{
	Code: "L613", Name: "idle-cased", Category: Style, Level: Info,
	Summary: "cased before a text without letters",
	Why:     "Digits and signs have no case, so the word only raises a question.",
	Avoid: `import std.web

rule traversal {
  from web_access
  when path contains cased "/../"
}
`,
	Prefer: `import std.web

rule traversal {
  from web_access
  when path contains "/../"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.binaries(func(b *ast.Binary) {
			if !b.Cased || b.Op == "matches" || !ascii(b.Y) {
				return
			}
			lettered := false
			walk(b.Y, func(x ast.Expr) {
				s, _ := text(x)
				lettered = lettered || strings.ContainsFunc(s, unicode.IsLetter)
			})
			if lettered {
				return
			}
			op := b.Op
			if b.Quant != "" {
				op += " " + b.Quant
			}
			p.mend(p.Tell(b.OpAt, "there are no letters here"), b.Span(), b.X.Span().Text()+" "+op+" "+b.Y.Span().Text())
		})
	},
}
