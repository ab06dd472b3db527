package lint

var deprecatedRule = Lint{
	Code: "L730", Name: "deprecated-rule", Category: Metadata, Level: Info,
	Summary: "a rule that says of itself that it is out of use",
	Why:     "It still runs and still fires. Delete it, or give it another status.",
	Avoid: `import std.web

rule errors {
  status deprecated
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  status stable
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		if s := r.Plan.Meta.Status; s == "deprecated" || s == "unsupported" {
			p.Tell(r.at("status"), "this rule is %s, and runs", s)
		}
	},
}
