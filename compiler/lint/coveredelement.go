package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/runtime/vec"
)

var coveredElement = Lint{
	Code: "L135", Name: "covered-element", Category: Dead, Level: Warning,
	Summary: "an element of `any` that another one covers, or of `all` that follows from another one",
	Why:     "A text that contains \"mimikatz.exe\" contains \"mimikatz\", so in `contains any` the longer one adds nothing.",
	Avoid: `import std.windows

rule tools {
  from process_creation
  when CommandLine contains any ["mimikatz", "rubeus", "mimikatz.exe"]
}
`,
	Prefer: `import std.windows

rule tools {
  from process_creation
  when CommandLine contains any ["mimikatz", "rubeus"]
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			list, ok := ast.Unparen(b.Y).(*ast.ListExpr)
			if !ok || b.Quant == "" || b.Op != "contains" && b.Op != "startswith" && b.Op != "endswith" || len(list.Elems) > 500 {
				return
			}
			values := make([]string, len(list.Elems))
			for i, e := range list.Elems {
				s, ok := text(e)
				if !ok || s == "" {
					return
				}
				if !b.Cased {
					s = vec.FoldString(s)
				}
				values[i] = s
			}
			for i, v := range values {
				for j, w := range values {
					if i == j || v == w { // equal ones are told by duplicate-element
						continue
					}
					if b.Quant == "any" && holds(b.Op, v, w) || b.Quant == "all" && holds(b.Op, w, v) {
						d := p.Tell(list.Elems[i].Span(), "%q adds nothing beside %q", v, w)
						p.drop(d, list.Elems, i)
						break
					}
				}
			}
		})
	},
}
