package lint

var unusedLookup = Lint{
	Code: "L129", Name: "unused-lookup", Category: Dead, Level: Warning,
	Summary: "a look-up of which no column is read",
	Why:     "It joins rows for nothing; a condition on what it finds was probably forgotten.",
	Avoid: `import std.web

table servers key name {
  name string
  owner string
  row ["www", "web team"]
}

rule errors {
  from web_access
  lookup servers by lower(host) { owner }
  when status >= 500
}
`,
	Prefer: `import std.web

table servers key name {
  name string
  owner string
  row ["www", "web team"]
}

rule errors {
  from web_access
  lookup servers by lower(host) { owner }
  when status >= 500 and owner == "web team"
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("lookup") {
			used := r.uses(l.ast)
			read := false
			for _, name := range l.plan.Args.Fields {
				read = read || used[name] > 0
			}
			if !read && len(l.plan.Args.Fields) > 0 {
				p.Tell(l.ast.At, "nothing reads what this finds")
			}
		}
	},
}
