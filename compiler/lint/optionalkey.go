package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var optionalKey = Lint{
	Code: "L514", Name: "optional-key", Category: Robustness, Level: Info,
	Summary: "grouping by a field that the schema marks as optional",
	Why:     "A row without the key joins no group. It is counted, but nothing of it can fire.",
	Avoid: `schema requests {
  time timestamp
  path string
  user string optional
}

rule flood {
  from requests
  window 5m by user { asked = count() }
  when asked > 1000
}
`,
	Prefer: `schema requests {
  time timestamp
  path string
  user string optional
}

rule flood {
  from requests
  window 5m by user = coalesce(user, "nobody") { asked = count() }
  when asked > 1000
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.Plan.From.Schema == nil {
			return
		}
		optional := map[string]bool{}
		for _, f := range r.Plan.From.Schema.Fields {
			optional[f.Name] = f.Optional
		}
		for _, l := range r.stages("window") {
			by := l.ast.Clause("by")
			if by == nil {
				continue
			}
			for i, k := range l.plan.Args.Clauses["by"] {
				if k.Col < 0 || i >= len(by.Args) {
					continue
				}
				c, ok := l.plan.Inputs[k.Col].(*plan.Col)
				given := &plan.Op{Op: "is", Args: []plan.Expr{c}, T: types.TBool}
				if ok && !r.derived(c.Column) && optional[c.Column.Name] && r.possible(append(r.before(l.plan), given)) {
					p.Tell(by.Args[i].Value.Span(), "rows without %s join no group", c.Column.Name)
				}
			}
		}
	},
}
