package lint

import "github.com/detlang/det/compiler/plan"

var earlyLookup = Lint{
	Code: "L408", Name: "early-lookup", Category: Performance, Level: Info,
	Summary: "a look-up before a filter that does not need it",
	Why:     "Behind the filter there are fewer rows to look up.",
	Avoid: `import std.web

table servers key name {
  name string
  owner string
  row ["www", "web team"]
}

rule errors {
  from web_access
  lookup servers by lower(host) { owner }
  where status >= 500
  when owner == "web team"
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
  where status >= 500
  lookup servers by lower(host) { owner }
  when owner == "web team"
}
`,
	Rule: func(p *Pass, r *Rule) {
		for i, l := range r.lines {
			if l.plan == nil || l.ast.Name.Name != "lookup" || i+1 >= len(r.lines) {
				continue
			}
			next := r.lines[i+1]
			if next.ast.Name.Name != "where" || next.plan == nil {
				continue
			}
			found := map[string]bool{}
			for _, f := range l.plan.Args.Fields {
				found[f] = true
			}
			needs := false
			plan.Walk(next.plan.Cond, func(e plan.Expr) bool {
				if c, ok := e.(*plan.Col); ok {
					needs = needs || found[c.Column.Name]
				}
				return true
			})
			if !needs {
				p.Tell(l.ast.At, "the filter behind this does not need it")
			}
		}
	},
}
