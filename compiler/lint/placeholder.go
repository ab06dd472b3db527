package lint

import "regexp"

var placeholder = Lint{
	Code: "L726", Name: "placeholder", Category: Metadata, Level: Warning,
	Summary: "metadata that was never filled in",
	Why:     "Whoever answers the alert reads it at night.",
	Avoid: `import std.web

rule errors {
  title "TODO"
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
		for _, name := range []string{"title", "description", "author", "id"} {
			if l, s := r.meta(name); l != nil && unfilled.MatchString(s) {
				p.Tell(l.At, "the %s was never filled in", name)
			}
		}
	},
}

var unfilled = regexp.MustCompile(`(?i)^\s*(todo|tbd|fixme|xxx+|changeme|lorem ipsum.*|(a |your |the )?(title|description|name) (goes )?here|n/?a|none|-+|\?+|)\s*$`)
