package lint

import (
	"regexp"
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
				doubled := strings.Count(s, `\\`)
				if !strings.HasPrefix(at.Raw, "'") || doubled == 0 || doubled != len(withinPath.FindAllString(s, -1)) {
					return
				}
				p.mend(p.Tell(at.At, "nothing is escaped in single quotes, so there are two backslashes"), at.At, "'"+strings.ReplaceAll(s, `\\`, `\`)+"'")
			})
		}
	},
}

// withinPath is a doubled backslash behind a drive or a name, within a path. Behind a
// space, a quotation mark or nothing it begins the name of a share: copy \\server\c$.
var withinPath = regexp.MustCompile(`(?:\b[A-Za-z]:|[\pL\pN_.)%}])\\\\`)
