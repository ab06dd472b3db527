package lint

var alwaysTrue = Lint{
	Code: "L106", Name: "always-true", Category: Dead, Level: Warning,
	Summary: "a condition that every row meets",
	Why: "It filters nothing, so either it is superfluous or it does not say what was meant. `x != a or x != b` is the " +
		"classic: whatever x is, it differs from one of them.",
	Avoid: `import std.auth

rule loud {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  when failed > 0
}
`,
	Prefer: `import std.auth

rule loud {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  when failed > 10
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.verdict().kind != possible {
			return
		}
		for _, st := range r.Plan.Stages {
			if st.Cond == nil || differsFromOne(st.Cond) != nil {
				continue
			}
			if _, isConst := constant(st.Cond); isConst {
				continue // written so: when true
			}
			given := r.before(st)
			if !r.possible(nil, st.Cond) {
				p.Tell(st.Cond.Span(), "this is always true")
			} else if !r.possible(given, st.Cond) && len(given) > 0 {
				p.Tell(st.Cond.Span(), "this is always true here: the conditions before it say so already")
			}
		}
	},
}
