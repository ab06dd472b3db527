package lint

import (
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var floatEquality = Lint{
	Code: "L210", Name: "float-equality", Category: Statistics, Level: Warning,
	Summary: "a mean, a deviation or a quotient compared for equality",
	Why:     "Such numbers are rounded, so they are hardly ever exactly equal to what is written.",
	Avoid: `import std.web

rule steady {
  from web_access
  window 1h by ip { middle = avg(bytes), asked = count() }
  when middle == 512.5 and asked > 100
}
`,
	Prefer: `import std.web

rule steady {
  from web_access
  window 1h by ip { middle = avg(bytes), asked = count() }
  when abs(middle - 512.5) < 0.01 and asked > 100
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.exprs(func(x plan.Expr) {
			o, ok := x.(*plan.Op)
			if !ok || o.Op != "==" || len(o.Args) != 2 {
				return
			}
			for i, a := range o.Args {
				v, isConst := number(o.Args[1-i])
				if !isConst || v == 0 {
					continue
				}
				f := r.aggregate(a)
				q, isOp := bare(a).(*plan.Op)
				if f != nil && slices.Contains([]string{"avg", "stddev", "stddev_pop", "variance", "median", "percentile"}, f.agg.Spec.Name) && a.Type().Kind == types.Float || isOp && q.Op == "/" {
					p.Tell(o.Span(), "a rounded number is hardly ever exactly %g", v)
					return
				}
			}
		})
	},
}
