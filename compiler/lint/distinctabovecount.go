package lint

import (
	"math"

	"github.com/detlang/det/compiler/plan"
)

var distinctAboveCount = Lint{
	Code: "L212", Name: "count-follows", Category: Statistics, Level: Info,
	Summary: "a least count that a least number of different values implies",
	Why:     "Twenty different values take at least twenty events, so the lower threshold on the count never matters.",
	Avoid: `import std.web

rule crawling {
  from web_access
  window 5m by ip { asked = count(), paths = count_distinct(path) }
  when asked >= 50 and paths >= 100
}
`,
	Prefer: `import std.web

rule crawling {
  from web_access
  window 5m by ip { asked = count(), paths = count_distinct(path) }
  when asked >= 500 and paths >= 100
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, st := range r.Plan.Stages {
			if st.Cond == nil {
				continue
			}
			parts := conjuncts([]plan.Expr{st.Cond})
			for _, x := range parts {
				n, least := r.atLeast(x)
				if n == nil || n.agg.Spec.Name != "count" || len(n.agg.Args) > 0 {
					continue
				}
				for _, y := range parts {
					d, more := r.atLeast(y)
					if d != nil && d.agg.Spec.Name == "count_distinct" && d.of == n.of && more >= least {
						p.Tell(x.Span(), "%s implies this", plan.String(y))
						break
					}
				}
			}
		}
	},
}

// atLeast reads `aggregate >= n` and `aggregate > n-1`.
func (r *Rule) atLeast(x plan.Expr) (*fact, float64) {
	o, ok := bare(x).(*plan.Op)
	if !ok || len(o.Args) != 2 || o.Not || o.Op != ">" && o.Op != ">=" {
		return nil, 0
	}
	v, isConst := number(o.Args[1])
	f := r.aggregate(o.Args[0])
	if !isConst || f == nil {
		return nil, 0
	}
	if o.Op == ">" {
		v = math.Floor(v) + 1
	}
	return f, math.Ceil(v)
}
