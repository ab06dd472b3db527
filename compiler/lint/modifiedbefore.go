package lint

import (
	"strings"
	"time"
)

var modifiedBefore = Lint{
	Code: "L725", Name: "modified-before-date", Category: Metadata, Level: Warning,
	Summary: "a rule that was modified before it was written",
	Why:     "One of the two dates is wrong; probably they are exchanged.",
	Avoid: `import std.web

rule errors {
  date "2024-03-01"
  modified "2023-11-30"
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  date "2023-11-30"
  modified "2024-03-01"
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		date, err := time.Parse(time.DateOnly, strings.ReplaceAll(r.Plan.Meta.Date, "/", "-"))
		modified, err2 := time.Parse(time.DateOnly, strings.ReplaceAll(r.Plan.Meta.Modified, "/", "-"))
		if err == nil && err2 == nil && modified.Before(date) {
			p.Tell(r.at("modified"), "this is before the date of the rule, %s", r.Plan.Meta.Date)
		}
	},
}
