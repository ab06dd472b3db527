package lint

import "strings"

var repeatingDescription = Lint{
	Code: "L729", Name: "description-repeats-title", Category: Metadata, Level: Info,
	Summary: "a description that only says what the title says",
	Why:     "What the rule looks for, why it matters and what to do is for the description.",
	Avoid: `import std.web

rule errors {
  title "Errors of the server"
  description "Errors of the server."
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  title "Errors of the server"
  description "A 500 is often the first sign of an injection that fails."
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		norm := func(s string) string {
			return strings.ToLower(strings.Trim(strings.Join(strings.Fields(s), " "), ". "))
		}
		l, s := r.meta("description")
		if _, title := r.meta("title"); l != nil && title != "" && norm(s) == norm(title) {
			p.Tell(l.At, "this only repeats the title")
		}
	},
}
