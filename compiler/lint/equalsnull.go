package lint

import "github.com/detlang/det/lang/ast"

var equalsNull = Lint{
	Code: "L603", Name: "equals-null", Category: Style, Level: Warning,
	Summary: "a comparison with null",
	Why:     "Nothing equals a missing value; `is null` says what is meant.",
	Avoid: `import std.web

rule anonymous {
  from web_access
  when user == null and path startswith "/admin"
}
`,
	Prefer: `import std.web

rule anonymous {
  from web_access
  when user is null and path startswith "/admin"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			l, ok := ast.Unparen(b.Y).(*ast.Literal)
			if !ok || l.Value != nil || b.Op != "==" && b.Op != "!=" {
				return
			}
			op := " is null"
			if b.Op == "!=" {
				op = " is not null"
			}
			p.mend(p.Tell(b.Span(), "write%s", op), b.Span(), b.X.Span().Text()+op)
		})
	},
}
