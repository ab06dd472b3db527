package lint

import (
	"math"
	"regexp"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime/op"
)

var unboundedKey = Lint{
	Code: "L300", Name: "unbounded-key", Category: State, Level: Warning,
	Summary: "grouping by a field of unbounded values without `max`",
	Why: "A command line, a URL or a process id is new in nearly every event, so there are as many groups as events, up " +
		"to ten million. `max` says how many the rule may hold; what is left out is counted.",
	Avoid: `import std.web

rule repeated {
  from web_access
  window 1h by ip, query { asked = count() }
  when asked > 1000
}
`,
	Prefer: `import std.web

rule repeated {
  from web_access
  window 1h by ip, query max 100_000 keys { asked = count() }
  when asked > 1000
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			by := l.ast.Clause("by")
			if by == nil || l.ast.Clause("max") != nil {
				continue
			}
			for i, k := range l.plan.Args.Clauses["by"] {
				if k.Col < 0 || i >= len(by.Args) {
					continue
				}
				c := column(l.plan.Inputs[k.Col])
				if c != nil && len(c.Enum) == 0 && unbounded.MatchString(c.Name) && math.IsInf(r.variety(&plan.Stage{Args: &op.Args{}}, l.plan.Inputs[k.Col]), 1) {
					p.Tell(by.Args[i].Value.Span(), "%s is new in nearly every event", c.Name).Hint = "say how many groups there may be: max 100_000 keys"
				}
			}
		}
	},
}

// unbounded are fields that hold something else in nearly every event.
var unbounded = regexp.MustCompile(`(?i)^(.*[._])?(command_?line|parentcommandline|url|uri|query|query_?string|referr?er|user_?agent|request_?id|event_?id_?hash|trace_?id|span_?id|correlation_?id|session_?id|logon_?id|logon_?guid|process_?guid|process_?id|pid|parentprocessguid|parentprocessid|src_?port|source_?port|message|hash(es)?|md5|sha1|sha256|file_?path|target_?filename|body|payload|subject|message_?id)$`)
