package lint

import "github.com/detlang/det/compiler/plan"

var emptyList = Lint{
	Code: "L136", Name: "empty-list", Category: Dead, Level: Warning,
	Summary: "a test against a list without elements",
	Why:     "Nothing is in it, so the test is false for every event, and its negation true.",
	Avoid: `import std.web

list scanners = []

rule scanner {
  from web_access
  when user_agent in scanners or path contains "../"
}
`,
	Prefer: `import std.web

list scanners = ["nikto", "sqlmap"]

rule scanner {
  from web_access
  when user_agent in scanners or path contains "../"
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.exprs(func(x plan.Expr) {
			o, ok := x.(*plan.Op)
			if !ok || len(o.Args) != 2 {
				return
			}
			v, _ := constant(o.Args[1])
			if list, ok := v.([]any); ok && len(list) == 0 {
				p.Tell(o.Args[1].Span(), "this list is empty")
			}
		})
	},
}
