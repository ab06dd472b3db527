package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var plainDot = Lint{
	Code: "L504", Name: "unescaped-dot", Category: Robustness, Level: Warning,
	Summary: "a dot of a file name or a domain that is not escaped in a regular expression",
	Why:     "A dot is any character there: `evil.com` also matches evilxcom, and `cmd.exe` cmd_exe.",
	Avoid: `import std.windows

rule shell {
  from process_creation
  when CommandLine matches 'cmd.exe\s+/c'
}
`,
	Prefer: `import std.windows

rule shell {
  from process_creation
  when CommandLine matches 'cmd\.exe\s+/c'
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("matches", func(b *ast.Binary, at *ast.Literal, s string) {
			if !strings.HasPrefix(at.Raw, "'") && strings.Contains(s, `\`) {
				return // a fix would have to escape twice; the finding alone would be noise
			}
			if strings.Contains(s, "[") {
				return // a dot in a class is plain
			}
			if fixed := dotName.ReplaceAllString(s, `$1\.$2$3`); fixed != s {
				raw := "'" + fixed + "'"
				if strings.Contains(fixed, "'") {
					raw = quote(fixed, at)
				}
				p.mend(p.Tell(at.At, "a dot is any character in a regular expression"), at.At, raw)
			}
		})
	},
}

// dotName is a file name or a domain with a dot that is not escaped.
var dotName = regexp.MustCompile(`([A-Za-z0-9_-]{2,})\.(exe|dll|ps1|bat|vbs|hta|msi|com|net|org|info|php|aspx|jsp)(\b[^*+?{]|$)`)
