package lint

import (
	"time"

	"github.com/detlang/det/lang/types"
)

var longSliding = Lint{
	Code: "L302", Name: "long-sliding-window", Category: State, Level: Warning,
	Summary: "a sliding window of days, which holds every event of them",
	Why: "To let events go one by one it must keep them. A hopping window of the same length that starts every hour keeps " +
		"one number an hour.",
	Avoid: `import std.auth

rule many_logins {
  from authentication
  window 7d sliding by user { logins = count() }
  when logins > 500
}
`,
	Prefer: `import std.auth

rule many_logins {
  from authentication
  window 7d every 1h by user { logins = count() }
  when logins > 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			if c := l.ast.Clause("sliding"); c != nil && r.Plan.From.Schema != nil && !r.Plan.From.Risk && l.plan.Row.Per > 2*24*time.Hour {
				p.Tell(c.At, "this holds every event of %s", types.FormatDuration(l.plan.Row.Per)).Hint = "a hopping window holds less: window " + types.FormatDuration(l.plan.Row.Per) + " every 1h"
			}
		}
	},
}
