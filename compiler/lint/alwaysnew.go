package lint

import "regexp"

var alwaysNew = Lint{
	Code: "L022", Name: "always-new", Category: Bug, Level: Warning,
	Summary: "looking for new or rare values of a field that is new in every event",
	Why:     "Ids, process numbers and source ports hardly ever come twice, so nearly every event fires, and all are remembered.",
	Avoid: `import std.windows

rule new_program {
  from process_creation
  first_seen of ProcessGuid by Computer over 30d after 7d
}
`,
	Prefer: `import std.windows

rule new_program {
  from process_creation
  first_seen of name = lower(Image) by Computer over 30d after 7d
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("first_seen", "rare") {
			of := l.ast.Clause("of")
			for i, a := range l.plan.Args.Clauses["of"] {
				if a.Col < 0 || of == nil || i >= len(of.Args) {
					continue
				}
				if c := column(l.plan.Inputs[a.Col]); c != nil && unique.MatchString(c.Name) {
					p.Tell(of.Args[i].Value.Span(), "%s is new in nearly every event", c.Name)
				}
			}
		}
	},
}

// unique are fields that name one event, process or connection.
var unique = regexp.MustCompile(`(?i)^(.*[._])?(request_?id|trace_?id|span_?id|correlation_?id|session_?id|logon_?id|logon_?guid|process_?guid|process_?id|parent_?process_?guid|parent_?process_?id|pid|src_?port|source_?port|message_?id)$`)
