package lint

import "github.com/detlang/det/compiler/plan"

var sameBranches = Lint{
	Code: "L004", Name: "same-branches", Category: Bug, Level: Warning,
	Summary: "an if that gives the same value either way",
	Why:     "The condition decides nothing; one of the two values should be another.",
	Avoid: `import std.web

rule weighty {
  from web_access
  let weight = if(status >= 500, 5, 5)
  when weight * bytes > 1_000_000
}
`,
	Prefer: `import std.web

rule weighty {
  from web_access
  let weight = if(status >= 500, 5, 1)
  when weight * bytes > 1_000_000
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.exprs(func(x plan.Expr) {
			c, ok := x.(*plan.Call)
			if ok && c.Func.Name == "if" && len(c.Args) == 3 && plan.String(unnamed(c.Args[1])) == plan.String(unnamed(c.Args[2])) {
				p.Tell(c.Span(), "both ways give %s", plan.String(c.Args[1]))
			}
		})
	},
}
