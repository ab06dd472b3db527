package lint

import "strings"

// missing is a lint about metadata that is not there. Which lines a rule must have
// is for a team to say, so all of them are off until they are asked for.
func missing(code, what, why, line string) Lint {
	bare := "import std.web\n\nrule errors {\n  from web_access\n  when status >= 500\n}\n"
	return Lint{
		Code: code, Name: "missing-" + what, Category: Metadata, Level: Off,
		Summary: "a rule without " + what,
		Why:     why,
		Avoid:   bare,
		Prefer:  strings.Replace(bare, "  from", "  "+line+"\n  from", 1),
		Rule: func(p *Pass, r *Rule) {
			if len(r.written(what)) == 0 {
				p.Tell(r.Block.Name.At, "rule %s has no %s", r.Plan.Name, what)
			}
		},
	}
}
