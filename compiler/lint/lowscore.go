package lint

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
)

var lowScore = Lint{
	Code: "L202", Name: "low-score", Category: Statistics, Level: Info,
	Summary: "a threshold of z that ordinary values pass",
	Why: "Of normally distributed values one in six lies more than one deviation above the mean, one in 44 more than two. " +
		"Judged every hour, for every key, that is noise.",
	Avoid: `import std.auth

rule guessing {
  from authentication
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10 floor 1.0
  when zscore(failed, usual) > 1
}
`,
	Prefer: `import std.auth

rule guessing {
  from authentication
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10 floor 1.0
  when zscore(failed, usual) > 3
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, s := range r.scores() {
			if (s.op == ">" || s.op == ">=") && s.limit < 2 && s.limit >= 0 && r.alone(s.at) {
				p.Tell(s.at.Span(), "ordinary values pass %g deviations", s.limit)
			}
		}
	},
}

// alone reports whether a test is all that the rule asks behind its windows, but
// for statistics being warm.
func (r *Rule) alone(test plan.Expr) bool {
	for _, x := range conjuncts(r.conditions()) {
		if c := column(x); x != test && (c == nil || !strings.HasSuffix(c.Name, ".warm")) {
			return false
		}
	}
	return true
}
