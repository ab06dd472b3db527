package lint

import (
	"time"

	"github.com/detlang/det/lang/types"
)

var longSession = Lint{
	Code: "L307", Name: "long-session-gap", Category: State, Level: Info,
	Summary: "a session that ends only after half a day of quiet",
	Why:     "A busy key is never quiet for so long: its session goes on for weeks, is never judged, and grows.",
	Avoid: `import std.auth

rule long_day {
  from authentication
  window 1d session by user { logins = count() }
  when logins > 500
}
`,
	Prefer: `import std.auth

rule long_day {
  from authentication
  window 30m session by user { logins = count() }
  when logins > 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			c := l.ast.Clause("session")
			if c == nil || len(l.plan.Args.Head) == 0 {
				continue
			}
			if gap, _ := l.plan.Args.Head[0].Const.(time.Duration); gap >= 12*time.Hour {
				p.Tell(c.At, "a busy key is never quiet for %s", types.FormatDuration(gap))
			}
		}
	},
}
