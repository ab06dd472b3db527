package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var redundantPart = Lint{
	Code: "L108", Name: "redundant-part", Category: Dead, Level: Warning,
	Summary: "a part of a condition that follows from the rest",
	Why:     "It changes nothing. Often one of the two has the wrong field, operator or constant.",
	Avoid: `import std.web

rule big_posts {
  from web_access
  when method == "POST" and bytes > 1_000_000 and bytes > 10_000_000
}
`,
	Prefer: `import std.web

rule big_posts {
  from web_access
  when method == "POST" and bytes > 10_000_000
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		if r.verdict().kind != possible {
			return
		}
		r.parts(func(op string, whole *ast.Binary, parts []ast.Expr, given, xs []plan.Expr) {
			if op != "and" {
				return
			}
			gone := map[int]bool{}
			for i := len(xs) - 1; i >= 0; i-- {
				x := xs[i]
				if _, isConst := constant(x); isConst {
					continue
				}
				rest := given[:len(given):len(given)]
				for j, y := range xs {
					if j != i && !gone[j] {
						rest = append(rest, y)
					}
				}
				if r.possible(rest, x) || !r.possible(rest) || !r.possible(given, x) {
					continue // what never or always holds is told by others
				}
				gone[i] = true
				said := plan.String(x) + " follows from the rest of the condition"
				if n, ok := bare(x).(*plan.Not); ok {
					said = plan.String(n.X) + " never holds where the rest of the condition does, so this excludes nothing"
				}
				d := p.Tell(parts[i].Span(), "%s", said)
				p.mend(d, without(parts, i), "")
			}
		})
	},
}
