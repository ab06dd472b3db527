package lint

var unusedParam = Lint{
	Code: "L121", Name: "unused-param", Category: Dead, Level: Warning,
	Summary: "a parameter of a rule that nothing reads",
	Why:     "Who sets it from outside changes nothing, and is not told.",
	Avoid: `import std.web

rule flood {
  param limit = 1000
  from web_access
  window 5m by ip { asked = count() }
  when asked > 500
}
`,
	Prefer: `import std.web

rule flood {
  param limit = 1000
  from web_access
  window 5m by ip { asked = count() }
  when asked > limit
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, st := range r.written("param") {
			for _, a := range st.Args {
				if a.Name != nil && r.uses(nil)[a.Name.Name] == 0 {
					p.Tell(a.Name.At, "nothing reads the parameter %s", a.Name.Name)
				}
			}
		}
	},
}
