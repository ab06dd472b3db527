package lint

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var bareRatio = Lint{
	Code: "L208", Name: "ratio-without-minimum", Category: Statistics, Level: Warning,
	Summary: "a ratio to a mean of counts, without a least count",
	Why:     "A user with one login in twenty hours has a mean of 0.05; a single login is then twenty times the usual.",
	Avoid: `import std.auth

rule doubled {
  from authentication
  window 1h by user { logins = count() }
  baseline usual of logins over 30d min 10
  when logins / usual.mean > 2
}
`,
	Prefer: `import std.auth

rule doubled {
  from authentication
  window 1h by user { logins = count() }
  baseline usual of logins over 30d min 10
  when logins / usual.mean > 2 and logins - usual.mean >= 20
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, st := range r.Plan.Stages {
			if st.Cond == nil || !r.keyed() {
				continue
			}
			plan.Walk(st.Cond, func(x plan.Expr) bool {
				o, ok := x.(*plan.Op)
				if !ok || len(o.Args) != 2 || o.Op != ">" && o.Op != ">=" {
					return true
				}
				v := r.overMean(o)
				if v == nil || !r.counted(v) || r.span(v, r.conditions()).lo >= 3 || r.subtractsMean() {
					return true
				}
				p.Tell(o.Span(), "where the mean is near 0 a single event passes this").Hint = "add a least difference: and " + plan.String(v) + " >= 20"
				return true
			})
		}
	},
}

// overMean is the value x of x / usual.mean > k and of x > k * usual.mean.
func (r *Rule) overMean(o *plan.Op) plan.Expr {
	mean := func(x plan.Expr) bool {
		c := column(x)
		return c != nil && (strings.HasSuffix(c.Name, ".mean") || strings.HasSuffix(c.Name, ".median")) && r.columnFacts()[c].agg == nil
	}
	if q, ok := bare(o.Args[0]).(*plan.Op); ok && q.Op == "/" && mean(q.Args[1]) {
		if _, isConst := number(o.Args[1]); isConst {
			return q.Args[0]
		}
	}
	if m, ok := bare(o.Args[1]).(*plan.Op); ok && m.Op == "*" {
		_, a := number(m.Args[0])
		_, b := number(m.Args[1])
		if a && mean(m.Args[1]) || b && mean(m.Args[0]) {
			return o.Args[0]
		}
	}
	return nil
}

// subtractsMean reports whether the rule also looks at how far a value lies from
// what is usual, in events.
func (r *Rule) subtractsMean() bool {
	found := false
	r.walk(func(x ast.Expr) {
		b, ok := x.(*ast.Binary)
		if ok && (b.Op == "-" || b.Op == "+") && (strings.HasSuffix(dotted(b.Y), ".mean") || strings.HasSuffix(dotted(b.X), ".mean") || strings.HasSuffix(dotted(b.Y), ".median")) {
			found = true
		}
		if s, ok := x.(*ast.Select); ok && (s.Sel.Name == "slope" || s.Sel.Name == "expected") {
			found = true
		}
		if c, ok := x.(*ast.Call); ok && strings.HasSuffix(c.Fun.Name, "zscore") {
			found = true
		}
	})
	return found
}
