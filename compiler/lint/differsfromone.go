package lint

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var differsFromOneLint = Lint{
	Code: "L002", Name: "differs-from-one", Category: Bug, Level: Error,
	Summary: "a value that differs from one or the other: always true",
	Why:     "Whatever the value is, it differs from at least one of two. `and` was meant, or `not in`.",
	Avoid: `import std.web

rule strange_method {
  from web_access
  when method != "GET" or method != "POST"
}
`,
	Prefer: `import std.web

rule strange_method {
  from web_access
  when method not in ["GET", "POST"]
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.chains(func(op string, whole *ast.Binary, parts []ast.Expr) {
			or, ok := r.checked(whole).(*plan.Or)
			if op != "or" || !ok {
				return
			}
			if test := differsFromOne(or); test != nil {
				d := p.Tell(whole.Span(), "whatever %s is, it differs from one of these", plan.String(test.Args[0]))
				if len(or.Xs) == len(parts) && all(or.Xs, func(x plan.Expr) bool { return differs(x, test) }) {
					var values []string
					for _, x := range parts {
						values = append(values, ast.Unparen(x).(*ast.Binary).Y.Span().Text())
					}
					subject := ast.Unparen(parts[0]).(*ast.Binary).X.Span().Text()
					p.mend(d, whole.Span(), subject+" not in ["+strings.Join(values, ", ")+"]")
				}
			}
		})
	},
}

// differsFromOne is the first of two alternatives that say that one value differs
// from different constants, or nil.
func differsFromOne(x plan.Expr) *plan.Op {
	or, ok := bare(x).(*plan.Or)
	if !ok {
		return nil
	}
	for i, a := range or.Xs {
		o, ok := a.(*plan.Op)
		if !ok || !differs(o, o) {
			continue
		}
		for _, b := range or.Xs[:i] {
			if differs(b, o) && plan.String(b) != plan.String(o) {
				return o
			}
		}
	}
	return nil
}

// differs reports whether x says that the subject of a test differs from a
// constant.
func differs(x plan.Expr, test *plan.Op) bool {
	o, ok := x.(*plan.Op)
	if !ok || o.Op != "==" || !o.Not {
		return false
	}
	_, isConst := constant(o.Args[1])
	return isConst && plan.String(o.Args[0]) == plan.String(test.Args[0])
}

func all(xs []plan.Expr, f func(plan.Expr) bool) bool {
	for _, x := range xs {
		if !f(x) {
			return false
		}
	}
	return true
}
