package lint

import (
	"strings"

	"github.com/detlang/det/lang/diag"
)

var sameID = Lint{
	Code: "L723", Name: "duplicate-id", Category: Metadata, Level: Error,
	Summary: "two rules of one id",
	Why: "Alert ids are made from it, so an alert of one rule can hide one of the other, and whoever refers to the id " +
		"means either. The compiler warns too (D0605); ids that differ only in case or braces are told here as well.",
	Avoid: `import std.web

rule errors {
  id "0d1b0a62-3f0a-4d0c-9a4e-9b7c5c0c2f11"
  from web_access
  when status >= 500
}

rule refusals {
  id "0D1B0A62-3F0A-4D0C-9A4E-9B7C5C0C2F11"
  from web_access
  when status in [401, 403]
}
`,
	Prefer: `import std.web

rule errors {
  id "0d1b0a62-3f0a-4d0c-9a4e-9b7c5c0c2f11"
  from web_access
  when status >= 500
}

rule refusals {
  id "6c9f2f6e-52a4-4e43-8d53-9f4f1d1f1c52"
  from web_access
  when status in [401, 403]
}
`,
	Set: func(p *Pass, s *Set) {
		first := map[string]*Rule{}
		for _, r := range s.Rules {
			id := strings.Trim(strings.ToLower(r.Plan.Meta.ID), "{} ")
			if id == "" {
				continue
			}
			if other := first[id]; other != nil {
				d := p.Tell(r.at("id"), "rule %s has the id of rule %s", r.Plan.Name, other.Plan.Name)
				d.Notes = append(d.Notes, diag.Note{Span: other.at("id"), Message: "the first one"})
				continue
			}
			first[id] = r
		}
	},
}
