package lint

import (
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var wrongDivisor = Lint{
	Code: "L214", Name: "wrong-divisor", Category: Statistics, Level: Warning,
	Summary: "a count over a window divided by a number of days or hours that the window does not have",
	Why: "A count over 90 days divided by 7 is neither a day's nor a week's. `per(n, 1d)` divides by what the window has, and " +
		"follows when its length changes.",
	Avoid: `import std.auth

rule busy {
  from authentication
  window 90d by user { logins = count() }
  let daily = logins / 7
  when daily > 80
}
`,
	Prefer: `import std.auth

rule busy {
  from authentication
  window 90d by user { logins = count() }
  let daily = per(logins, 1d)
  when daily > 80
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.exprs(func(x plan.Expr) {
			o, ok := x.(*plan.Op)
			if !ok || o.Op != "/" || len(o.Args) != 2 {
				return
			}
			f, by, isConst := r.aggregate(o.Args[0]), 0.0, false
			if by, isConst = number(o.Args[1]); f == nil || !isConst || !calendar[by] || !r.counted(o.Args[0]) {
				return
			}
			if per := f.of.Row.Per; per >= time.Hour && !divides(per, by) {
				p.Tell(o.Span(), "a window of %s does not have %g days, hours or weeks", types.FormatDuration(per), by).Hint =
					"write per(" + plan.String(o.Args[0]) + ", 1d) for the rate a day"
			}
		})
	},
}

// calendar are numbers that count days, hours, minutes or seconds of something.
var calendar = map[float64]bool{7: true, 24: true, 28: true, 30: true, 31: true, 90: true, 168: true, 365: true, 1440: true, 3600: true, 86400: true}

// divides reports whether a window has so many seconds, minutes, hours, days or weeks.
func divides(per time.Duration, n float64) bool {
	for _, unit := range []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		if per.Seconds() == n*unit.Seconds() {
			return true
		}
	}
	return false
}
