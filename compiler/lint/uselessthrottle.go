package lint

import "strings"

var uselessThrottle = Lint{
	Code: "L306", Name: "throttle-by-unbounded", Category: State, Level: Warning,
	Summary: "a throttle by a field that is new in nearly every event",
	Why:     "It holds nothing back, and remembers every value for its whole length.",
	Avoid: `import std.windows

rule shell {
  from process_creation
  when Image endswith "\\cmd.exe" and ParentImage endswith "\\winword.exe"
  throttle 1d by ProcessGuid
}
`,
	Prefer: `import std.windows

rule shell {
  from process_creation
  when Image endswith "\\cmd.exe" and ParentImage endswith "\\winword.exe"
  throttle 1d by Computer
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("throttle") {
			for _, k := range l.plan.Args.Clauses["by"] {
				if k.Col < 0 {
					continue
				}
				if c := column(l.plan.Inputs[k.Col]); c != nil && strings.HasSuffix(strings.ToLower(c.Name), "id") && unbounded.MatchString(c.Name) {
					p.Tell(l.ast.Clause("by").At, "%s is new in nearly every event, so nothing is held back", c.Name)
				}
			}
		}
	},
}
