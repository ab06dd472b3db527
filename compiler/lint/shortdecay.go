package lint

import "time"

var shortDecay = Lint{
	Code: "L209", Name: "short-decay", Category: Statistics, Level: Warning,
	Summary: "a history that decays within a few windows",
	Why: "With a half-life of two windows the last four carry nearly all the weight: the mean follows an attack as it " +
		"grows, and the deviation is that of a handful of values.",
	Avoid: `import std.auth

rule drifting {
  from authentication
  window 1d by user { logins = count() }
  baseline usual of logins decay 2d floor 1.0
  when zscore(logins, usual) > 5
}
`,
	Prefer: `import std.auth

rule drifting {
  from authentication
  window 1d by user { logins = count() }
  baseline usual of logins decay 14d floor 1.0
  when zscore(logins, usual) > 5
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline") {
			half := l.plan.Args.Duration("decay", 0)
			step := l.plan.Row.Every
			if at := l.plan.Args.Clauses["at"]; len(at) > 0 {
				step = max(step, 24*time.Hour) // a sample a day or a week
				if at[0].Name != "hour_of_day" {
					step = 7 * 24 * time.Hour
				}
			}
			if half > 0 && half < 4*step {
				samples, noun := float64(half)/float64(step), "samples"
				if samples == 1 {
					noun = "sample"
				}
				p.Tell(l.ast.Clause("decay").At, "half of the weight is gone after %.3g %s", samples, noun)
			}
		}
	},
}
