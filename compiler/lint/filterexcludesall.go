package lint

import "github.com/detlang/det/compiler/plan"

var filterExcludesAll = Lint{
	Code: "L101", Name: "filter-excludes-all", Category: Dead, Level: Error,
	Summary: "a negated filter that takes away all that the rule looks for",
	Why:     "What is selected lies wholly within what is excluded, so nothing is left and the rule can never fire.",
	Avoid: `import std.windows

rule certutil {
  from process_creation
  let tool = Image endswith "\\certutil.exe"
  let filter = Image endswith ".exe"
  when tool and not filter
}
`,
	Prefer: `import std.windows

rule certutil {
  from process_creation
  let tool = Image endswith "\\certutil.exe"
  let filter = ParentImage endswith "\\ccmexec.exe"
  when tool and not filter
}
`,
	Rule: func(p *Pass, r *Rule) {
		if v := r.verdict(); v.kind == filtered {
			p.Tell(v.part.Span(), "%s leaves nothing of what the rule looks for", plan.String(v.part))
		}
	},
}
