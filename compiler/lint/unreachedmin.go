package lint

import "github.com/detlang/det/compiler/plan"

var unreachedMin = Lint{
	Code: "L112", Name: "unreached-min", Category: Dead, Level: Error,
	Summary: "a baseline that wants more samples than its history can hold",
	Why: "With fewer samples than `min` a rule is silent, so this one always is. The history has one sample a window; with " +
		"`at` one a day or a week.",
	Avoid: `import std.auth

rule odd_hour {
  from authentication
  window 1h by user { logins = count() }
  baseline usual of logins over 28d at hour_of_week min 10 floor 1.0
  when zscore(logins, usual) > 4
}
`,
	Prefer: `import std.auth

rule odd_hour {
  from authentication
  window 1h by user { logins = count() }
  baseline usual of logins over 84d at hour_of_week min 10 floor 1.0
  when zscore(logins, usual) > 4
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline") {
			if n, least := samples(l.plan), leastSamples(l.plan); n > 0 && least > n {
				p.Tell(l.ast.At, "this never has %d samples: its history holds at most %d", least, n).Hint = "lengthen `over` or lower `min`"
			}
		}
	},
}

// leastSamples is how many samples statistics want before they speak.
func leastSamples(st *plan.Stage) int64 { return int64(st.Args.Float("min", 5)) }
