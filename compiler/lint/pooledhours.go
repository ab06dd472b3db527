package lint

import (
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var pooledHours = Lint{
	Code: "L213", Name: "pooled-hours", Category: Statistics, Level: Warning,
	Summary: "a window over many days that counts by the hour of the day",
	Why: "Such a window adds up the same hour of all its days: 30 quiet evenings look like one busy one. What is usual at " +
		"an hour is asked of a baseline, which has one sample a day.",
	Avoid: `import std.auth

rule odd_hour {
  from authentication
  window 30d by user, h = hour(time) { logins = count() }
  when logins > 80
}
`,
	Prefer: `import std.auth

rule odd_hour {
  from authentication
  window 1h by user { logins = count() }
  baseline usual of logins over 30d at hour_of_day min 10 floor 1.0
  when zscore(logins, usual) > 3
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			st, by := l.plan, l.ast.Clause("by")
			if by == nil || !countsOnly(st) {
				continue
			}
			for i, k := range st.Args.Clauses["by"] {
				if k.Col < 0 || i >= len(by.Args) {
					continue
				}
				call, ok := bare(st.Inputs[k.Col]).(*plan.Call)
				if !ok || recurs[call.Func.Name] == 0 || st.Row.Per <= recurs[call.Func.Name] {
					continue
				}
				p.Tell(by.Args[i].Value.Span(), "the window adds up the same %s of %s", call.Func.Name, types.FormatDuration(st.Row.Per)).Hint =
					"let the window be as long as one of them, and hold it against a baseline with at"
			}
		}
	},
}

// recurs is after how long parts of a time come again.
var recurs = map[string]time.Duration{
	"minute": time.Hour, "hour": 24 * time.Hour, "day_of_week": 7 * 24 * time.Hour, "is_weekend": 7 * 24 * time.Hour,
}

// countsOnly reports whether a window does nothing but count or add up.
func countsOnly(st *plan.Stage) bool {
	for _, a := range st.Args.Aggs {
		if a.Spec.Name != "count" && a.Spec.Name != "sum" {
			return false
		}
	}
	return len(st.Args.Aggs) > 0
}
