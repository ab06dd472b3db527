package lint

import "strings"

var repeatedTag = Lint{
	Code: "L728", Name: "repeated-tag", Category: Metadata, Level: Warning,
	Summary: "a tag, a technique or a reference that is there twice",
	Why:     "Coverage is counted from these lists.",
	Avoid: `import std.web

rule errors {
  attack [T1190, T1190]
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  attack [T1190]
  from web_access
  when status >= 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, name := range []string{"attack", "tags", "references", "falsepositives"} {
			elems, values := r.metaList(name)
			seen := map[string]bool{}
			for i, v := range values {
				if v = strings.ToLower(v); seen[v] && i > 0 {
					p.drop(p.Tell(elems[i].Span(), "this is there already"), elems, i)
				}
				seen[v] = true
			}
		}
	},
}
