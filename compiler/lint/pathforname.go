package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var pathForName = Lint{
	Code: "L012", Name: "path-for-file-name", Category: Bug, Level: Error,
	Summary: "a field that holds a bare file name, compared with a path",
	Why:     "OriginalFileName is the name that a program was built under, without folders, so a backslash never occurs in it.",
	Avoid: `import std.windows

rule shell {
  from process_creation
  when OriginalFileName endswith "\\cmd.exe"
}
`,
	Prefer: `import std.windows

rule shell {
  from process_creation
  when OriginalFileName == "cmd.exe"
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			if dotted(b.X) != "OriginalFileName" {
				return
			}
			switch b.Op {
			case "==", "in", "endswith", "startswith", "contains":
			default:
				return
			}
			for _, e := range elements(b.Y) {
				if s, ok := text(e); ok && strings.Contains(s, `\`) {
					p.Tell(e.Span(), "OriginalFileName holds a name without folders")
				}
			}
		})
	},
}
