package lint

var thinSeason = Lint{
	Code: "L204", Name: "thin-season", Category: Statistics, Level: Warning,
	Summary: "a seasonal key that leaves each slot only a handful of samples",
	Why: "`at hour_of_week` splits the history into 168 parts, each with one sample a week. The median, a percentile or a " +
		"deviation of a few samples is left to chance.",
	Avoid: `import std.auth

rule odd_hour {
  from authentication
  window 1h by user { logins = count() }
  baseline usual of logins over 14d at hour_of_week min 2
  when logins > usual.max
}
`,
	Prefer: `import std.auth

rule odd_hour {
  from authentication
  window 1h by user { logins = count() }
  baseline usual of logins over 14d at hour_of_day min 7
  when logins > usual.max
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline") {
			at := l.ast.Clause("at")
			if n := samples(l.plan); at != nil && n > 0 && n < 5 && leastSamples(l.plan) <= n {
				p.Tell(at.At, "each slot has at most %d samples", n).Hint = "lengthen `over`, or split less finely"
			}
		}
	},
}
