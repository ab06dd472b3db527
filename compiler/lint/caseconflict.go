package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var caseConflict = Lint{
	Code: "L009", Name: "case-conflict", Category: Bug, Level: Error,
	Summary: "a text turned to one case and compared exactly with the other",
	Why:     "lower() leaves no capital letters, so an exact test for one is never true.",
	Avoid: `import std.windows

rule encoded {
  from process_creation
  when lower(CommandLine) contains cased "-EncodedCommand"
}
`,
	Prefer: `import std.windows

rule encoded {
  from process_creation
  when CommandLine contains "-EncodedCommand"
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			c, ok := ast.Unparen(b.X).(*ast.Call)
			if !ok || !b.Cased && b.Op != "matches" || len(c.Args) != 1 {
				return
			}
			for _, e := range elements(b.Y) {
				s, ok := text(e)
				if !ok || b.Op == "matches" && (strings.HasPrefix(s, "(?") || strings.ContainsAny(s, `\[`)) {
					continue
				}
				if c.Fun.Name == "lower" && s != strings.ToLower(s) || c.Fun.Name == "upper" && s != strings.ToUpper(s) {
					p.Tell(e.Span(), "%s() never gives this", c.Fun.Name).Hint = "leave out both; comparisons ignore case"
				}
			}
		})
	},
}
