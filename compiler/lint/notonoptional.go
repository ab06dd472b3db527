package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

var notOnOptional = Lint{
	Code: "L500", Name: "not-on-optional", Category: Robustness, Level: Warning,
	Summary: "a negated test of an optional field, which holds where the field is missing",
	Why: "`user != \"admin\"` is true for events without a user, since the comparison is false there and `not` turns it " +
		"round. Say what should happen: `user is not null and …`, or coalesce(user, …).",
	Avoid: `schema requests {
  time timestamp
  path string
  user string optional
}

rule not_admin {
  from requests
  when path startswith "/admin" and user != "admin"
}
`,
	Prefer: `schema requests {
  time timestamp
  path string
  user string optional
}

rule not_admin {
  from requests
  when path startswith "/admin" and user is not null and user != "admin"
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma || r.Plan.From.Schema == nil {
			return // there a missing field is meant to pass
		}
		optional := map[string]bool{}
		for _, f := range r.Plan.From.Schema.Fields {
			optional[f.Name] = f.Optional
		}
		asked := map[string]bool{} // the author thought of a missing value
		r.walk(func(x ast.Expr) {
			switch x := x.(type) {
			case *ast.Binary:
				if l, ok := ast.Unparen(x.Y).(*ast.Literal); x.Op == "is" || ok && l.Value == nil {
					asked[dotted(x.X)] = true
				}
			case *ast.Call:
				if x.Fun.Name == "is_missing" || x.Fun.Name == "coalesce" {
					for _, a := range x.Args {
						asked[dotted(a.Value)] = true
					}
				}
			}
		})
		conds := []plan.Expr{}
		for _, st := range r.Plan.Stages {
			if st.Fresh {
				break
			}
			if st.Cond != nil {
				conds = append(conds, st.Cond)
			}
		}
		for _, x := range conjuncts(conds) {
			o, ok := bare(x).(*plan.Op)
			if n, isNot := bare(x).(*plan.Not); isNot {
				if o, ok = bare(n.X).(*plan.Op); ok && o.Not {
					continue
				}
			} else if ok && !o.Not {
				continue
			}
			if !ok || o.Op == "is" || len(o.Args) != 2 {
				continue
			}
			c := column(o.Args[0])
			if c == nil || !optional[c.Name] || asked[c.Name] {
				continue
			}
			if r.possible(append(conds[:len(conds):len(conds)], &plan.Op{Op: "is", Args: []plan.Expr{o.Args[0]}, T: types.TBool})) {
				p.Tell(x.Span(), "this also holds where %s is missing", c.Name)
			}
		}
	},
}
