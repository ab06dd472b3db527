package lint

import "github.com/detlang/det/lang/types"

var constantKey = Lint{
	Code: "L133", Name: "constant-key", Category: Dead, Level: Info,
	Summary: "grouping by a field that a condition fixes to one value",
	Why:     "All rows have the same value there, so it groups nothing.",
	Avoid: `import std.web

rule posts {
  from web_access
  where status == 404
  window 5m by ip, status { asked = count() }
  when asked > 500
}
`,
	Prefer: `import std.web

rule posts {
  from web_access
  where status == 404
  window 5m by ip { asked = count() }
  when asked > 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.verdict().kind != possible {
			return
		}
		for _, l := range r.stages("window") {
			by := l.ast.Clause("by")
			if by == nil {
				continue
			}
			for i, k := range l.plan.Args.Clauses["by"] {
				if k.Col < 0 || i >= len(by.Args) {
					continue
				}
				x := l.plan.Inputs[k.Col]
				if c := column(x); c == nil || c.Type.Kind == types.Bool {
					continue
				}
				if in := r.span(x, r.before(l.plan)); in.lo == in.hi {
					p.Tell(by.Args[i].Value.Span(), "%s has one value here", k.Name)
				}
			}
		}
	},
}
