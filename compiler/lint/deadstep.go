package lint

var deadStep = Lint{
	Code: "L119", Name: "dead-step", Category: Dead, Level: Error,
	Summary: "a step of a sequence that no event can be",
	Why:     "The conditions before the sequence have dropped such events, or its parts exclude each other. The sequence never ends.",
	Avoid: `import std.auth

rule guessed {
  from authentication
  where outcome == "DENIED"
  sequence by user within 10m {
    fails = outcome == "DENIED" repeat 5
    success = outcome == "SUCCESS"
  }
}
`,
	Prefer: `import std.auth

rule guessed {
  from authentication
  where outcome in ["DENIED", "SUCCESS"]
  sequence by user within 10m {
    fails = outcome == "DENIED" repeat 5
    success = outcome == "SUCCESS"
  }
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("sequence") {
			given := r.before(l.plan)
			if !r.possible(given) {
				return
			}
			for i, step := range l.plan.Args.Steps {
				if step.Cond.Col < 0 || i >= len(l.ast.Items) {
					continue
				}
				x := l.plan.Inputs[step.Cond.Col]
				if _, isConst := constant(x); !isConst && !r.possible(append(given[:len(given):len(given)], x)) {
					p.Tell(l.ast.Items[i].At, "no event can be the step %s", step.Name)
				}
			}
		}
	},
}
