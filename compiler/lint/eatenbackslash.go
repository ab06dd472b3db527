package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var eatenBackslash = Lint{
	Code: "L014", Name: "eaten-backslash", Category: Bug, Level: Error,
	Summary: "a path in which \\t or \\n became a tab or a line end",
	Why:     "In \"C:\\temp\" the two characters \\t are a tab. Raw text in single quotes keeps backslashes.",
	Avoid: `import std.windows

rule from_temp {
  from process_creation
  when Image startswith "C:\temp"
}
`,
	Prefer: `import std.windows

rule from_temp {
  from process_creation
  when Image startswith 'C:\temp'
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.walk(func(x ast.Expr) {
			l, ok := x.(*ast.Literal)
			if !ok || !strings.HasPrefix(l.Raw, `"`) || !eaten.MatchString(l.Raw) {
				return
			}
			d := p.Tell(l.At, "a backslash with the letter behind it became a tab or a line end here")
			inner := strings.Trim(l.Raw, `"`)
			if !strings.ContainsAny(inner, `'"`) {
				p.mend(d, l.At, "'"+strings.ReplaceAll(inner, `\\`, `\`)+"'")
			}
		})
	},
}

// eaten finds \t, \n and \r behind a drive or between folders.
var eaten = regexp.MustCompile(`(?i)"[a-z]:(\\\\[^"\\]+)*\\[tnr][a-z0-9]`)
