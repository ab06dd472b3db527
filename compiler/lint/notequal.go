package lint

import "github.com/detlang/det/lang/ast"

// denials are operators with a negation of their own.
var denials = map[string]string{"==": "!=", "in": "not in", "is": "is not"}

var notEqual = Lint{
	Code: "L602", Name: "negated-comparison", Category: Style, Level: Info,
	Summary: "a negated test whose operator has a negation of its own",
	Why:     "`!=`, `not in` and `is not` say the same, also where a value is missing, and are read at once.",
	Avoid: `import std.web

rule odd_method {
  from web_access
  when not (method in ["GET", "POST"]) and status == 200
}
`,
	Prefer: `import std.web

rule odd_method {
  from web_access
  when method not in ["GET", "POST"] and status == 200
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.walk(func(x ast.Expr) {
			u, ok := x.(*ast.Unary)
			if !ok || u.Op != "not" {
				return
			}
			b, ok := ast.Unparen(u.X).(*ast.Binary)
			if !ok || b.Not || denials[b.Op] == "" {
				return
			}
			p.mend(p.Tell(u.At, "`%s` says this", denials[b.Op]), u.At, b.X.Span().Text()+" "+denials[b.Op]+" "+b.Y.Span().Text())
		})
	},
}
