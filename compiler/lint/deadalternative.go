package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var deadAlternative = Lint{
	Code: "L107", Name: "dead-alternative", Category: Dead, Level: Warning,
	Summary: "an alternative that can never hold",
	Why:     "The rest of the condition, or a value that the field cannot have, rules it out, so it is dead weight or mistaken.",
	Avoid: `import std.web

rule errors {
  from web_access
  where status >= 500
  when method == "POST" or status == 404
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when (method == "POST" and status >= 500) or status == 404
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.verdict().kind != possible {
			return
		}
		r.parts(func(op string, whole *ast.Binary, parts []ast.Expr, given, xs []plan.Expr) {
			if op != "or" {
				return
			}
			for i, x := range xs {
				if _, isConst := constant(x); !isConst && !r.possible(append(given[:len(given):len(given)], x)) {
					p.Tell(parts[i].Span(), "this alternative can never hold here")
				}
			}
		})
	},
}

// maxParts bounds the chains of which each part is held against all others.
const maxParts = 24

// parted is a chain as written and as checked, with what is given where it stands.
type parted struct {
	chain
	given, xs []plan.Expr
}

// parts calls f for each chain of and or or that stands in the conditions of the
// rule in the positive, with what holds for every row there, and with its parts as
// written and as checked.
func (r *Rule) parts(f func(op string, whole *ast.Binary, parts []ast.Expr, given, xs []plan.Expr)) {
	if r.split == nil {
		r.part()
	}
	for _, p := range r.split {
		f(p.op, p.whole, p.parts, p.given, p.xs)
	}
}

func (r *Rule) part() {
	where := map[plan.Expr][]plan.Expr{} // what is given for a chain
	for _, st := range r.Plan.Stages {
		if st.Cond != nil {
			given := r.before(st)
			mark(where, st.Cond, given[:len(given):len(given)])
		}
	}
	r.chains(func(op string, whole *ast.Binary, parts []ast.Expr) {
		x := r.checked(whole)
		given, ok := where[x]
		if !ok || len(parts) > maxParts {
			return
		}
		if xs := plan.Children(x); len(xs) == len(parts) {
			r.split = append(r.split, parted{chain{op, whole, parts}, given, xs})
		}
	})
}

// mark notes what is given for each chain within x.
func mark(where map[plan.Expr][]plan.Expr, x plan.Expr, given []plan.Expr) {
	switch y := bare(x).(type) {
	case *plan.And:
		where[y] = given
		for _, part := range y.Xs {
			mark(where, part, append(given[:len(given):len(given)], drop(y.Xs, part)...))
		}
	case *plan.Or:
		where[y] = given
		for _, part := range y.Xs {
			mark(where, part, given)
		}
	}
}
