package lint

import "regexp"

var todo = Lint{
	Code: "L611", Name: "open-note", Category: Style, Level: Info,
	Summary: "a comment that says something remains to be done",
	Why:     "It belongs where open work is kept, or the rule is not ready.",
	Avoid: `import std.web

rule errors {
  from web_access
  when status >= 500 // FIXME: leave out the health check
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when status >= 500 and path != "/health"
}
`,
	File: func(p *Pass, f *File) {
		for _, c := range f.Tree.Comments {
			if openNote.MatchString(c.Text) {
				p.Tell(c.At, "something remains to be done here")
			}
		}
	},
}

var openNote = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
