package lint

import "github.com/detlang/det/lang/ast"

var idleArithmetic = Lint{
	Code: "L609", Name: "idle-arithmetic", Category: Style, Level: Warning,
	Summary: "arithmetic that changes nothing",
	Why:     "Adding 0 and multiplying by 1 is left over from something, or another number was meant.",
	Avoid: `import std.web

rule large {
  from web_access
  when bytes * 1 > 10_000_000
}
`,
	Prefer: `import std.web

rule large {
  from web_access
  when bytes > 10_000_000
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			v, ok := literalNumber(b.Y)
			if ok && (v == 1 && (b.Op == "*" || b.Op == "/") || v == 0 && (b.Op == "+" || b.Op == "-")) {
				p.mend(p.Tell(b.Span(), "this changes nothing"), b.Span(), b.X.Span().Text())
			}
		})
	},
}
