package lint

import "strings"

var parentTechnique = Lint{
	Code: "L713", Name: "technique-and-sub-technique", Category: Metadata, Level: Info,
	Summary: "a technique beside one of its sub-techniques",
	Why:     "The sub-technique says it more exactly, and counts for its technique.",
	Avoid: `import std.windows

rule encoded {
  attack [T1059, T1059.001]
  from process_creation
  when Image endswith "\\powershell.exe" and CommandLine contains " -enc "
}
`,
	Prefer: `import std.windows

rule encoded {
  attack [T1059.001]
  from process_creation
  when Image endswith "\\powershell.exe" and CommandLine contains " -enc "
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		elems, ids := r.metaList("attack")
		for i, id := range ids {
			for _, other := range ids {
				if strings.HasPrefix(strings.ToUpper(other), strings.ToUpper(id)+".") {
					p.drop(p.Tell(elems[i].Span(), "%s says this more exactly", other), elems, i)
					break
				}
			}
		}
	},
}
