package lint

import (
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var idleThrottle = Lint{
	Code: "L132", Name: "idle-throttle", Category: Dead, Level: Warning,
	Summary: "a throttle that is shorter than the windows it follows",
	Why:     "A key of a tumbling window alerts at most once a window, so a shorter throttle never holds anything back.",
	Avoid: `import std.web

rule flood {
  from web_access
  window 1h by ip { asked = count() }
  when asked > 10_000
  throttle 30m by ip
}
`,
	Prefer: `import std.web

rule flood {
  from web_access
  window 1h by ip { asked = count() }
  when asked > 10_000
  throttle 1d by ip
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		var window *plan.Stage
		for _, l := range r.lines {
			if l.plan == nil {
				continue
			}
			if l.plan.Fresh {
				window = l.plan
			}
			if l.ast.Name.Name != "throttle" || window == nil || len(l.plan.Args.Head) != 1 {
				continue
			}
			long, _ := l.plan.Args.Head[0].Const.(time.Duration)
			if long > 0 && long <= window.Row.Every && sameKeys(window, l.plan) {
				p.remove(p.Tell(l.ast.At, "windows of %s follow one another, so this holds nothing back", types.FormatDuration(window.Row.Every)), l.ast.At)
			}
		}
	},
}

// sameKeys reports whether a stage behind a window is by all of the window's keys,
// or says nothing, which means the same.
func sameKeys(window, st *plan.Stage) bool {
	by, given := st.Args.Clauses["by"]
	if !given {
		return true
	}
	names := map[string]bool{}
	for _, a := range by {
		if a.Col >= 0 {
			if c := column(st.Inputs[a.Col]); c != nil {
				names[c.Name] = true
			}
		}
	}
	for _, k := range window.Args.Clauses["by"] {
		if !names[k.Name] {
			return false
		}
	}
	return true
}
