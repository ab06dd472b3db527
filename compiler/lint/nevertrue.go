package lint

import "github.com/detlang/det/compiler/plan"

var neverTrue = Lint{
	Code: "L100", Name: "never-true", Category: Dead, Level: Error,
	Summary: "a condition that no row can meet",
	Why: "The rule can never fire, and nobody is told: no alerts looks like peace. Conditions are held against each " +
		"other, against the values that the schema allows, and against what windows and functions can give.",
	Avoid: `import std.web

rule both_methods {
  from web_access
  when method == "GET" and method == "POST"
}
`,
	Prefer: `import std.web

rule both_methods {
  from web_access
  when method in ["GET", "POST"]
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, st := range r.Plan.Stages {
			if st.Cond == nil {
				continue
			}
			given := r.before(st)
			if len(given) > 0 && !r.possible(given) {
				return // told where it began
			}
			if r.possible(append(given[:len(given):len(given)], st.Cond)) {
				continue
			}
			d := p.Tell(st.Cond.Span(), "this can never be true")
			if a, b := r.clash(append(given[:len(given):len(given)], st.Cond)); a != nil {
				d.Hint = plan.String(a) + " and " + plan.String(b) + " exclude each other"
			}
			return
		}
	},
}

// clash finds two parts of conditions that exclude each other.
func (r *Rule) clash(conds []plan.Expr) (a, b plan.Expr) {
	parts := conjuncts(conds)
	if len(parts) > 50 {
		return nil, nil
	}
	for i, x := range parts {
		for _, y := range parts[:i] {
			if !r.possible([]plan.Expr{x, y}) {
				return y, x
			}
		}
	}
	return nil, nil
}

// conjuncts are the parts of conditions that are joined by and.
func conjuncts(conds []plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, x := range conds {
		if a, ok := bare(x).(*plan.And); ok {
			out = append(out, conjuncts(a.Xs)...)
		} else {
			out = append(out, x)
		}
	}
	return out
}
