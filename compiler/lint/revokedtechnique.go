package lint

import (
	"slices"
	"strings"

	"github.com/detlang/det/stdlib"
)

var revokedTechnique = Lint{
	Code: "L711", Name: "revoked-technique", Category: Metadata, Level: Warning,
	Summary: "an ATT&CK id that was revoked or deprecated",
	Why:     "It is on no current matrix, so the rule covers nothing there.",
	Avoid: `import std.windows

rule encoded {
  attack [T1086]
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
			now, was := stdlib.Revoked()[strings.ToUpper(id)]
			switch {
			case !was:
			case now == "":
				p.Tell(elems[i].Span(), "%s was deprecated, and nothing replaced it", id)
			default:
				d := p.Tell(elems[i].Span(), "%s was revoked by %s, %s", id, now, stdlib.Techniques()[now].Name)
				if slices.Contains(ids, now) {
					continue
				}
				if p.mend(d, elems[i].Span(), now); r.File.Sigma {
					p.rewrite(d, elems[i].Span(), "attack."+strings.ToLower(id), "attack."+strings.ToLower(now))
				}
			}
		}
	},
}
