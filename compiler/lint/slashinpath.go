package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var slashInPath = Lint{
	Code: "L020", Name: "slash-in-windows-path", Category: Bug, Level: Error,
	Summary: "a path of Windows with slashes",
	Why:     "Events have backslashes there, so this is never true.",
	Avoid: `import std.windows

rule from_temp {
  from process_creation
  when Image contains "C:/Windows/Temp/"
}
`,
	Prefer: `import std.windows

rule from_temp {
  from process_creation
  when Image contains 'C:\Windows\Temp\'
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, op := range []string{"==", "in", "contains", "startswith"} {
			r.patterns(op, func(b *ast.Binary, at *ast.Literal, s string) {
				if pathFields[dotted(b.X)] && driveSlash.MatchString(s) && !strings.ContainsAny(s, `'`) {
					p.mend(p.Tell(at.At, "paths of Windows have backslashes"), at.At, "'"+strings.ReplaceAll(s, "/", `\`)+"'")
				}
			})
		}
	},
}

var driveSlash = regexp.MustCompile(`^[A-Za-z]:/[^\\]*$`)
