package lint

import "github.com/detlang/det/lang/ast"

var countBySum = Lint{
	Code: "L410", Name: "count-by-sum", Category: Performance, Level: Warning,
	Summary: "a sum of ones, or a count of what is always true",
	Why:     "count() says so, and keeps less.",
	Avoid: `import std.web

rule flood {
  from web_access
  window 5m by ip { asked = sum(1) }
  when asked > 10_000
}
`,
	Prefer: `import std.web

rule flood {
  from web_access
  window 5m by ip { asked = count() }
  when asked > 10_000
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.walk(func(x ast.Expr) {
			c, ok := x.(*ast.Call)
			if !ok || len(c.Args) != 1 || c.On != nil {
				return
			}
			l, ok := ast.Unparen(c.Args[0].Value).(*ast.Literal)
			if ok && (c.Fun.Name == "sum" && l.Value == int64(1) || c.Fun.Name == "count" && l.Value == true) {
				p.mend(p.Tell(c.At, "count() says this"), c.At, "count()")
			}
		})
	},
}
