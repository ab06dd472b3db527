package lint

import "regexp"

var idForm = Lint{
	Code: "L731", Name: "id-no-uuid", Category: Metadata, Level: Off,
	Summary: "an id that is no UUID",
	Why:     "Short ids collide when rule sets are put together.",
	Avoid: `import std.web

rule errors {
  id "web-1"
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  id "0d1b0a62-3f0a-4d0c-9a4e-9b7c5c0c2f11"
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		if id := r.Plan.Meta.ID; id != "" && !uuid.MatchString(id) {
			p.Tell(r.at("id"), "this is no UUID")
		}
	},
}

var uuid = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
