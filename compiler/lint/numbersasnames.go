package lint

import (
	"regexp"
	"slices"

	"github.com/detlang/det/lang/types"
)

var numbersAsNames = Lint{
	Code: "L211", Name: "arithmetic-on-identifiers", Category: Statistics, Level: Warning,
	Summary: "a sum, a mean or a deviation of numbers that are only names",
	Why:     "Ports, status codes, process ids and event ids are names that look like numbers. Their mean means nothing.",
	Avoid: `import std.web

rule odd_answers {
  from web_access
  window 1h by ip { middle = avg(status) }
  when middle > 400
}
`,
	Prefer: `import std.web

rule odd_answers {
  from web_access
  window 1h by ip { refused = count(status >= 400), asked = count() }
  when refused / asked > 0.9 and asked >= 20
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			for i := range l.plan.Args.Aggs {
				a := &l.plan.Args.Aggs[i]
				if !slices.Contains([]string{"sum", "avg", "stddev", "stddev_pop", "variance", "median"}, a.Spec.Name) || len(a.Args) == 0 || a.Args[0].Col < 0 {
					continue
				}
				x := l.plan.Inputs[a.Args[0].Col]
				if c := column(x); c != nil && x.Type().Kind == types.Int && nameLike.MatchString(c.Name) {
					p.Tell(x.Span(), "%s is a name that looks like a number", c.Name)
				}
			}
		}
	},
}

// nameLike are fields whose numbers are names.
var nameLike = regexp.MustCompile(`(?i)^(.*[._])?(status|status_?code|port|(src|dst|source|destination)_?port|pid|ppid|uid|gid|asn|event_?id|process_?id|parent_?process_?id|session_?id|terminalsessionid)$`)
