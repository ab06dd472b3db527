package lint

import "strings"

var badReference = Lint{
	Code: "L727", Name: "reference-no-link", Category: Metadata, Level: Info,
	Summary: "a reference that is no link",
	Why:     "A reference is there to be followed.",
	Avoid: `import std.web

rule errors {
  references ["internal wiki"]
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  references ["https://wiki.example.org/web/errors"]
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		elems, values := r.metaList("references")
		for i, v := range values {
			if !strings.Contains(v, "://") && !strings.HasPrefix(v, "www.") {
				p.Tell(elems[i].Span(), "this is no link")
			}
		}
	},
}
