package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var brittleCommand = Lint{
	Code: "L509", Name: "whole-command-line", Category: Robustness, Level: Warning,
	Summary: "a command line compared as a whole",
	Why:     "One more space, a quote or another order of its options and the rule is blind.",
	Avoid: `import std.windows

rule shadow_copies {
  from process_creation
  when CommandLine == "vssadmin delete shadows /all /quiet"
}
`,
	Prefer: `import std.windows

rule shadow_copies {
  from process_creation
  when CommandLine contains all ["vssadmin", "delete", "shadows"]
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.patterns("==", func(b *ast.Binary, at *ast.Literal, s string) {
			if name := dotted(b.X); (name == "CommandLine" || name == "command_line") && strings.Count(strings.TrimSpace(s), " ") >= 2 {
				p.Tell(b.Span(), "one more space and this is blind").Hint = "write contains all with the words that matter"
			}
		})
	},
}
