package lint

import "github.com/detlang/det/compiler/plan"

var lateFilter = Lint{
	Code: "L407", Name: "late-filter", Category: Performance, Level: Warning,
	Summary: "a condition on a key that could stand before the window",
	Why: "Behind the window it throws away groups that were counted and kept for nothing; before it, their events are " +
		"dropped at once.",
	Avoid: `import std.web

rule posts {
  from web_access
  window 5m by ip, method { asked = count() }
  when method == "POST" and asked > 100
}
`,
	Prefer: `import std.web

rule posts {
  from web_access
  where method == "POST"
  window 5m by ip { asked = count() }
  when asked > 100
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			keys := map[*plan.Column]bool{}
			for _, c := range l.plan.Out {
				for _, k := range l.plan.Args.Clauses["by"] {
					if k.Name == c.Name {
						keys[c] = true
					}
				}
			}
			if r.peersRead() {
				continue // the others of the group matter
			}
			for _, x := range conjuncts(r.conditions()) {
				reads, onlyKeys := false, true
				plan.Walk(x, func(e plan.Expr) bool {
					if c, ok := e.(*plan.Col); ok {
						reads = true
						onlyKeys = onlyKeys && keys[c.Column]
					}
					return true
				})
				if reads && onlyKeys {
					p.Tell(x.Span(), "this reads only keys, so it can stand before the window").Hint = "write it as where, above the window"
				}
			}
		}
	},
}

// peersRead reports whether the rule holds keys against others.
func (r *Rule) peersRead() bool { return len(r.stages("peers")) > 0 }
