package lint

import "time"

var exactDistinct = Lint{
	Code: "L305", Name: "exact-distinct-of-unbounded", Category: State, Level: Info,
	Summary: "an exact count of different values of an unbounded field over days",
	Why: "It keeps every value of every group. approx_count_distinct is bounded and mostly exact below a few hundred, " +
		"where thresholds are.",
	Avoid: `import std.web

rule crawling {
  from web_access
  window 1d by ip { queries = count_distinct(query) }
  when queries > 5000
}
`,
	Prefer: `import std.web

rule crawling {
  from web_access
  window 1d by ip { queries = approx_count_distinct(query) }
  when queries > 5000
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			for i := range l.plan.Args.Aggs {
				a := &l.plan.Args.Aggs[i]
				if a.Spec.Name != "count_distinct" || l.plan.Row.Per < 24*time.Hour || len(a.Args) == 0 || a.Args[0].Col < 0 {
					continue
				}
				if c := column(l.plan.Inputs[a.Args[0].Col]); c != nil && unbounded.MatchString(c.Name) {
					p.Tell(l.plan.Inputs[a.Args[0].Col].Span(), "this keeps every %s of every group", c.Name)
				}
			}
		}
	},
}
