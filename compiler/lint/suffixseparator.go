package lint

import (
	"regexp"

	"github.com/detlang/det/lang/ast"
)

var suffixSeparator = Lint{
	Code: "L503", Name: "suffix-without-separator", Category: Robustness, Level: Warning,
	Summary: "the end of a path compared without the separator before the file's name",
	Why:     "`endswith \"cmd.exe\"` also holds for notcmd.exe. With the backslash it is about that file and no other.",
	Avoid: `import std.windows

rule shell {
  from process_creation
  when Image endswith "cmd.exe" and ParentImage endswith "\\winword.exe"
}
`,
	Prefer: `import std.windows

rule shell {
  from process_creation
  when Image endswith "\\cmd.exe" and ParentImage endswith "\\winword.exe"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.patterns("endswith", func(b *ast.Binary, at *ast.Literal, s string) {
			if pathFields[dotted(b.X)] && fullName.MatchString(s) {
				p.mend(p.Tell(at.At, "this also holds for x%s", s), at.At, quote(`\`+s, at))
			}
		})
	},
}

// fullName is the whole name of a program, not only the end of one.
var fullName = regexp.MustCompile(`(?i)^[a-z][a-z0-9]{2,}[a-z0-9_.-]*\.(exe|dll|com|scr|sys)$`)
