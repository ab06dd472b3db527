package lint

import "github.com/detlang/det/compiler/plan"

var exactCount = Lint{
	Code: "L019", Name: "exact-count", Category: Bug, Level: Warning,
	Summary: "a threshold that asks for exactly so many",
	Why:     "A window that is judged at its end has 10 events only by chance; one that has 11 is passed over.",
	Avoid: `import std.auth

rule guessing {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  when failed == 10
}
`,
	Prefer: `import std.auth

rule guessing {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  when failed >= 10
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			if l.ast.Clause("sliding") != nil || l.ast.Clause("early") != nil {
				continue
			}
			for _, x := range conjuncts(r.conditions()) {
				o, ok := bare(x).(*plan.Op)
				if !ok || o.Op != "==" || o.Not || len(o.Args) != 2 {
					continue
				}
				v, isConst := number(o.Args[1])
				if f := r.aggregate(o.Args[0]); isConst && v > 3 && f != nil && f.of == l.plan && f.agg.Spec.Name == "count" && len(f.agg.Args) == 0 {
					p.Tell(o.Span(), "a window with one event more is passed over").Hint = "write >= for at least so many"
				}
			}
		}
	},
}
