package lint

import "slices"

var unusedFloor = Lint{
	Code: "L131", Name: "floor-without-score", Category: Dead, Level: Warning,
	Summary: "a floor under a deviation that nothing divides by",
	Why:     "`floor` only changes scores (zscore, robust_zscore, scale, rscale). A comparison with the mean or a percentile ignores it.",
	Avoid: `import std.web

rule busy_day {
  from web_access
  window 1d by ip { asked = count() }
  baseline usual of asked over 30d floor 1.0
  when asked > usual.max
}
`,
	Prefer: `import std.web

rule busy_day {
  from web_access
  window 1d by ip { asked = count() }
  baseline usual of asked over 30d
  when asked > usual.max
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline", "peers") {
			c := l.ast.Clause("floor")
			if c == nil || len(l.plan.Args.Need) == 0 || slices.Contains(l.plan.Args.Need, "scale") || slices.Contains(l.plan.Args.Need, "rscale") {
				continue
			}
			p.mend(p.Tell(c.At, "no score is read that this floor would change"), c.At, "")
		}
	},
}
