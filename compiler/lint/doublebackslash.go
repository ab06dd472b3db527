package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var doubleBackslash = Lint{
	Code: "L015", Name: "double-backslash", Category: Bug, Level: Error,
	Summary: "a raw text with doubled backslashes",
	Why:     "In single quotes nothing is escaped, so 'C:\\\\Windows' has two backslashes, which no path has but at its start.",
	Avoid: `import std.windows

rule shell {
  from process_creation
  when Image endswith 'System32\\cmd.exe'
}
`,
	Prefer: `import std.windows

rule shell {
  from process_creation
  when Image endswith 'System32\cmd.exe'
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, op := range []string{"==", "!=", "in", "contains", "startswith", "endswith"} {
			r.patterns(op, func(b *ast.Binary, at *ast.Literal, s string) {
				if !strings.HasPrefix(at.Raw, "'") || len(s) < 2 || !strings.Contains(s[1:], `\\`) {
					return
				}
				p.mend(p.Tell(at.At, "nothing is escaped in single quotes, so there are two backslashes"), at.At, "'"+s[:1]+strings.ReplaceAll(s[1:], `\\`, `\`)+"'")
			})
		}
	},
}
