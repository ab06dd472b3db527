package lint

import "github.com/detlang/det/lang/ast"

var aliasLet = Lint{
	Code: "L614", Name: "alias-let", Category: Style, Level: Off,
	Summary: "a let that only gives a field another name",
	Why:     "Readers must remember two names for one thing.",
	Avoid: `import std.web

rule errors {
  from web_access
  let code = status
  when code >= 500
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, st := range r.written("let") {
			for _, a := range st.Args {
				if _, ok := a.Value.(*ast.Name); ok && a.Name != nil && column(r.checked(a.Value)) != nil {
					p.Tell(a.Name.At, "%s is only another name for %s", a.Name.Name, a.Value.Span().Text())
				}
			}
		}
	},
}
