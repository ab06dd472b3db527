package lint

import "github.com/detlang/det/compiler/plan"

var fewSamples = Lint{
	Code: "L203", Name: "few-samples", Category: Statistics, Level: Warning,
	Summary: "a deviation of so few samples that it means little",
	Why: "The deviation of two values is one difference. Under four samples a score says hardly more than that the value " +
		"is not the same as last time.",
	Avoid: `import std.auth

rule odd_day {
  from authentication
  window 1d by user { logins = count() }
  baseline usual of logins over 30d min 2 floor 1.0
  when zscore(logins, usual) > 4
}
`,
	Prefer: `import std.auth

rule odd_day {
  from authentication
  window 1d by user { logins = count() }
  baseline usual of logins over 30d min 10 floor 1.0
  when zscore(logins, usual) > 4
}
`,
	Rule: func(p *Pass, r *Rule) {
		told := map[*plan.Stage]bool{}
		for _, s := range r.scores() {
			if c := s.stats.Args.Clauses["min"]; len(c) > 0 && leastSamples(s.stats) < 4 && !told[s.stats] {
				told[s.stats] = true
				at := s.stats.At
				for _, l := range r.lines {
					if l.plan == s.stats && l.ast.Clause("min") != nil {
						at = l.ast.Clause("min").At
					}
				}
				p.Tell(at, "a deviation of %d samples means little", leastSamples(s.stats))
			}
		}
	},
}
