package lint

import (
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
)

var unusedLet = Lint{
	Code: "L120", Name: "unused-let", Category: Dead, Level: Warning,
	Summary: "a let, or a selection of a Sigma rule, that nothing reads",
	Why:     "Probably the condition was to read it: a rule that looks for less than it says finds too much or too little.",
	Avoid: `import std.windows

rule certutil {
  from process_creation
  let tool = Image endswith "\\certutil.exe"
  let fetch = CommandLine contains "urlcache"
  when tool
}
`,
	Prefer: `import std.windows

rule certutil {
  from process_creation
  let tool = Image endswith "\\certutil.exe"
  let fetch = CommandLine contains "urlcache"
  when tool and fetch
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, st := range r.written("let") {
			for _, a := range st.Args {
				if a.Name == nil || strings.HasPrefix(a.Name.Name, "_") || r.uses(nil)[a.Name.Name] > 0 || carries(r.Plan, a.Name.Name) {
					continue
				}
				d := p.Tell(a.Name.At, "nothing reads %s", a.Name.Name)
				if len(st.Args) == 1 {
					p.remove(d, st.At)
				}
			}
		}
	},
}

// carries reports whether rules over the alerts of a rule name a let of it.
func carries(r *plan.Rule, let string) bool {
	return r != nil && slices.ContainsFunc(r.Alert.Carried, func(o plan.Output) bool { return o.Name == let })
}
