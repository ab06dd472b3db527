package lint

var endlessHistory = Lint{
	Code: "L304", Name: "endless-history", Category: State, Level: Warning,
	Summary: "a median or a percentile over a history without an end",
	Why:     "To rank values all of them are kept, so each key's history grows for as long as the rule runs.",
	Avoid: `import std.web

rule heavy_day {
  from web_access
  window 1d by user { sent = sum(bytes) }
  baseline usual of sent min 20
  when sent > 3 * usual.p90
}
`,
	Prefer: `import std.web

rule heavy_day {
  from web_access
  window 1d by user { sent = sum(bytes) }
  baseline usual of sent over 90d min 20
  when sent > 3 * usual.p90
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline") {
			if l.plan.Args.Duration("over", 0) > 0 || l.plan.Args.Has("decay") {
				continue
			}
			for _, m := range l.plan.Args.Need {
				if m == "median" || m == "mad" || m == "rscale" || percentileMember.MatchString(m) {
					p.Tell(l.ast.At, "%s ranks all values, so the history of each key grows for ever", m).Hint = "say how far back it goes: over 90d"
					break
				}
			}
		}
	},
}
