package lint

var skippedZeros = Lint{
	Code: "L205", Name: "zeros-left-out", Category: Statistics, Level: Warning,
	Summary: "a baseline of counts that leaves out the windows without events",
	Why: "With `fill skip` a user with one login in twenty hours has a mean of 1.0 and a deviation of 0 instead of 0.05 and " +
		"0.22. What is usual is then what is usual when something happens.",
	Avoid: `import std.auth

rule guessing {
  from authentication
  window 1h by user { failed = count() }
  baseline usual of failed over 30d fill skip min 10 floor 1.0
  when zscore(failed, usual) > 3
}
`,
	Prefer: `import std.auth

rule guessing {
  from authentication
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10 floor 1.0
  when zscore(failed, usual) > 3
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline") {
			fill, of := l.plan.Args.Clauses["fill"], l.plan.Args.Clauses["of"]
			if len(fill) == 0 || fill[0].Name != "skip" || len(of) == 0 || of[0].Col < 0 {
				continue
			}
			if f := r.aggregate(l.plan.Inputs[of[0].Col]); f != nil && f.agg.Spec.Name == "count" && len(f.of.Args.Clauses["by"]) > 0 {
				p.Tell(l.ast.Clause("fill").At, "hours without events are samples of a count, too")
			}
		}
	},
}
