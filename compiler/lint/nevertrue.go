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
		v := r.verdict()
		if v.kind != clashing {
			return
		}
		d := p.Tell(v.cond.Span(), "this can never be true")
		if v.part != nil {
			d.Hint = plan.String(v.part) + " never is"
		} else if a, b := r.clash([]plan.Expr{v.cond}); a != nil {
			d.Hint = plan.String(a) + " and " + plan.String(b) + " exclude each other"
		} else {
			d.Hint = "its parts, or the conditions before it, exclude each other"
		}
	},
}
