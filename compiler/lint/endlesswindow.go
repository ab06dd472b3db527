package lint

var endlessWindow = Lint{
	Code: "L301", Name: "endless-window", Category: State, Level: Info,
	Summary: "one window over everything, by key",
	Why:     "It never closes while events come: a group that was seen once is held for good, and a stream is never judged.",
	Avoid: `import std.auth

rule many_countries {
  from authentication
  window all by user { countries = count_distinct(country) }
  when countries > 5
}
`,
	Prefer: `import std.auth

rule many_countries {
  from authentication
  window 30d every 1d by user { countries = count_distinct(country) }
  when countries > 5
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			if len(l.plan.Args.Head) > 0 && l.plan.Args.Head[0].Name == "all" && l.ast.Clause("by") != nil {
				p.Tell(l.ast.Args[0].Value.Span(), "this window never closes while events come")
			}
		}
	},
}
