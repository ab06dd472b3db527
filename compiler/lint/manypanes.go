package lint

var manyPanes = Lint{
	Code: "L303", Name: "many-steps", Category: State, Level: Warning,
	Summary: "a hopping window in hundreds of steps",
	Why:     "Each group keeps a partial result a step, and is judged at each. 30 days every 5 minutes are 8,640 of them.",
	Avoid: `import std.auth

rule many_logins {
  from authentication
  window 30d every 5m by user { logins = count() }
  when logins > 500
}
`,
	Prefer: `import std.auth

rule many_logins {
  from authentication
  window 30d every 6h by user { logins = count() }
  when logins > 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			row := l.plan.Row
			if c := l.ast.Clause("every"); c != nil && row.Every > 0 && row.Per/row.Every > 720 {
				p.Tell(c.At, "each group keeps %d partial results", row.Per/row.Every)
			}
		}
	},
}
