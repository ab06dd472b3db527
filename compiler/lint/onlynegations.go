package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var onlyNegations = Lint{
	Code: "L512", Name: "only-negations", Category: Robustness, Level: Warning,
	Summary: "a rule that only says what an event must not be",
	Why:     "Everything that nobody thought of fires it, and so does every event without those fields.",
	Avoid: `import std.web

rule odd_request {
  from web_access
  when method != "GET" and user_agent != "probe"
}
`,
	Prefer: `import std.web

rule odd_request {
  from web_access
  where user_agent is not null and status == 200
  when method != "GET" and user_agent != "probe"
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.Plan.From.Schema == nil {
			return
		}
		var conds []plan.Expr
		for _, st := range r.Plan.Stages {
			if st.Cond == nil && st.Spec.Name != "throttle" {
				return // grouped rules count something
			}
			if st.Cond != nil {
				conds = append(conds, st.Cond)
			}
		}
		parts := conjuncts(conds)
		if len(parts) < 2 {
			return // one list of what is allowed is a rule
		}
		for _, x := range parts {
			if !negative(x) {
				return
			}
		}
		if len(conds) > 0 {
			p.Tell(conds[len(conds)-1].Span(), "this only says what an event must not be")
		}
	},
}

// negative reports whether a condition only denies.
func negative(x plan.Expr) bool {
	switch x := bare(x).(type) {
	case *plan.Not:
		return positiveTest(x.X)
	case *plan.Op:
		return x.Not && x.Op != "is" && len(x.Args) == 2 && x.T.Kind == types.Bool
	case *plan.And:
		return all(x.Xs, negative)
	}
	return false
}

// positiveTest reports whether a negated condition is about texts or numbers, not
// itself a denial or a test of kinds.
func positiveTest(x plan.Expr) bool {
	switch x := bare(x).(type) {
	case *plan.Op:
		return !x.Not && x.Op != "is" && len(x.Args) == 2
	case *plan.And:
		return all(x.Xs, positiveTest)
	case *plan.Or:
		return all(x.Xs, positiveTest)
	}
	return false
}
