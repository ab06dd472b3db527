package lint

import "regexp"

var saysDetects = Lint{
	Code: "L732", Name: "title-says-detects", Category: Metadata, Level: Info,
	Summary: "a title that begins by saying that the rule detects something",
	Why:     "All of them do. The first words of a headline are those that are read.",
	Avoid: `import std.web

rule errors {
  title "Detects errors of the server"
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  title "Errors of the server"
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		if l, s := r.meta("title"); l != nil && detects.MatchString(s) {
			p.Tell(l.At, "every rule detects something")
		}
	},
}

var detects = regexp.MustCompile(`(?i)^(this rule )?(detects?|detection of|rule to detect)\b`)
