package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var coveredAlternative = Lint{
	Code: "L109", Name: "covered-alternative", Category: Dead, Level: Warning,
	Summary: "an alternative that another one covers",
	Why:     "Whenever it holds, the other one does, so it adds nothing. Often one of the two is mistyped.",
	Avoid: `import std.web

rule scripts {
  from web_access
  when path endswith ".php" or path endswith "admin.php"
}
`,
	Prefer: `import std.web

rule scripts {
  from web_access
  when path endswith ".php"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		if r.verdict().kind != possible {
			return
		}
		r.parts(func(op string, whole *ast.Binary, parts []ast.Expr, given, xs []plan.Expr) {
			if op != "or" || differsFromOne(r.checked(whole)) != nil {
				return
			}
			gone := map[int]bool{}
			for i := len(xs) - 1; i >= 0; i-- {
				for j, other := range xs {
					if i == j || gone[j] {
						continue
					}
					here := append(given[:len(given):len(given)], xs[i])
					if r.possible(here, other) || !r.possible(here) {
						continue // what never holds is told by others
					}
					gone[i] = true
					d := p.Tell(parts[i].Span(), "%s adds nothing: %s covers it", plan.String(xs[i]), plan.String(other))
					p.mend(d, without(parts, i), "")
					break
				}
			}
		})
	},
}
