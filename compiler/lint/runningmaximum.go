package lint

import "github.com/detlang/det/compiler/plan"

var runningMaximum = Lint{
	Code: "L010", Name: "upper-bound-at-start", Category: Bug, Level: Warning,
	Summary: "an upper bound on a running count, which the first event meets",
	Why: "A sliding window, or an early one, is judged at each event, and at the first one the count is 1. `count() < 3` " +
		"holds at once, before anything could have been counted.",
	Avoid: `import std.auth

rule few_logins {
  from authentication
  window 1d sliding by user { logins = count() }
  when logins < 3
}
`,
	Prefer: `import std.auth

rule few_logins {
  from authentication
  window 1d by user { logins = count() }
  when logins < 3
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			if l.ast.Clause("sliding") == nil && l.ast.Clause("early") == nil {
				continue
			}
			parts := conjuncts(r.conditions())
			for _, x := range parts {
				o, ok := bare(x).(*plan.Op)
				if !ok || len(o.Args) != 2 || len(parts) != 1 {
					continue
				}
				v, isConst := number(o.Args[1])
				f := r.aggregate(o.Args[0])
				if isConst && f != nil && f.of == l.plan && (f.agg.Spec.Name == "count" || f.agg.Spec.Name == "count_distinct") && (o.Op == "<" && v > 1 || o.Op == "<=" && v >= 1) && !o.Not {
					p.Tell(o.Span(), "this holds at the first event").Hint = "a window that is judged at its end knows how many there were"
				}
			}
		}
	},
}
