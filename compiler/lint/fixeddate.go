package lint

import (
	"time"

	"github.com/detlang/det/compiler/plan"
)

var fixedDate = Lint{
	Code: "L506", Name: "fixed-date", Category: Robustness, Level: Info,
	Summary: "a condition on a fixed date",
	Why:     "The rule changes its meaning on that day, or is dead from then on. Which events a run looks at is for the run to say.",
	Avoid: `import std.web

rule errors {
  from web_access
  when status >= 500 and time > 2024-01-01
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.exprs(func(x plan.Expr) {
			o, ok := x.(*plan.Op)
			if !ok || len(o.Args) != 2 || r.Plan.From.Schema == nil {
				return
			}
			for i, a := range o.Args {
				c := column(a)
				if v, isConst := constant(o.Args[1-i]); isConst && c != nil && c.Name == r.Plan.From.Schema.Time {
					if _, isTime := v.(time.Time); isTime {
						p.Tell(o.Span(), "the rule changes its meaning on a fixed date")
					}
				}
			}
		})
	},
}
