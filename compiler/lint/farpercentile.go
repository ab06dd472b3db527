package lint

import (
	"regexp"

	"github.com/detlang/det/lang/ast"
)

var farPercentile = Lint{
	Code: "L206", Name: "percentile-beyond-samples", Category: Statistics, Level: Warning,
	Summary: "a percentile of fewer samples than it divides into",
	Why:     "The 99th percentile of 30 samples lies between the two largest: it is the maximum by another name.",
	Avoid: `import std.web

rule heavy_day {
  from web_access
  window 1d by user { sent = sum(bytes) }
  baseline usual of sent over 30d min 20
  when sent > usual.p99
}
`,
	Prefer: `import std.web

rule heavy_day {
  from web_access
  window 1d by user { sent = sum(bytes) }
  baseline usual of sent over 30d min 20
  when sent > usual.p90
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.walk(func(x ast.Expr) {
			s, ok := x.(*ast.Select)
			if !ok || !percentileMember.MatchString(s.Sel.Name) {
				return
			}
			for _, st := range r.Plan.Stages {
				if st.Args == nil || st.Args.Bound == "" || st.Args.Bound != dotted(s.X) {
					continue
				}
				var q float64
				for _, c := range s.Sel.Name[1:] {
					q = q*10 + float64(c-'0')
				}
				tail := min(q, 100-q)
				if n := samples(st); n > 0 && tail > 0 && float64(n)*tail < 100 {
					p.Tell(s.Span(), "of at most %d samples %s is no more than the extreme", n, s.Sel.Name).Hint = "lengthen `over`, or take a percentile nearer to the middle"
				}
			}
		})
	},
}

var percentileMember = regexp.MustCompile(`^p[0-9]{1,2}$`)
