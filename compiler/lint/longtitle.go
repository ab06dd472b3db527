package lint

import "unicode/utf8"

var longTitle = Lint{
	Code: "L721", Name: "long-title", Category: Metadata, Level: Info,
	Summary: "a title of more than 110 characters",
	Why:     "Consoles and tickets cut it, mostly before the part that differs.",
	Avoid: `import std.web

rule errors {
  title "A web server that belongs to this company answered at least one request of somebody with an internal error of the server"
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  title "Internal error of a web server"
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		if l, s := r.meta("title"); l != nil && utf8.RuneCountInString(s) > 110 {
			p.Tell(l.At, "%d characters; consoles cut titles", utf8.RuneCountInString(s))
		}
	},
}
