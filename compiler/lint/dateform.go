package lint

import "time"

var dateForm = Lint{
	Code: "L724", Name: "date-form", Category: Metadata, Level: Warning,
	Summary: "a date that is not written as 2024-03-01",
	Why:     "Other forms are read as another day elsewhere, and do not sort.",
	Avoid: `import std.web

rule errors {
  date "2024/03/01"
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  date "2024-03-01"
  from web_access
  when status >= 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, name := range []string{"date", "modified"} {
			l, s := r.meta(name)
			if l == nil {
				continue
			}
			if _, err := time.Parse(time.DateOnly, s); err == nil {
				continue
			}
			d := p.Tell(l.At, "a date is written 2024-03-01")
			if t, err := time.Parse("2006/01/02", s); err == nil {
				if p.mend(d, l.At, quote(t.Format(time.DateOnly), l)); r.File.Sigma {
					p.rewrite(d, l.At, s, t.Format(time.DateOnly))
				}
			}
		}
	},
}
