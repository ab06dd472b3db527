package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var starInPlain = Lint{
	Code: "L006", Name: "star-in-plain-test", Category: Bug, Level: Error,
	Summary: "a star at the ends of a text that is compared as it is",
	Why:     "Only `like` knows wildcards. In the other operators a star stands for itself, and the test is hardly ever true.",
	Avoid: `import std.windows

rule certutil {
  from process_creation
  when Image endswith "*\\certutil.exe"
}
`,
	Prefer: `import std.windows

rule certutil {
  from process_creation
  when Image endswith "\\certutil.exe"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		tell := func(b *ast.Binary, at *ast.Literal, rest string) {
			if len(rest) < 3 || strings.Contains(rest, "*") {
				return
			}
			p.mend(p.Tell(at.At, "a star stands for itself here"), at.At, quote(rest, at))
		}
		r.patterns("endswith", func(b *ast.Binary, at *ast.Literal, s string) {
			if rest, ok := strings.CutPrefix(s, "*"); ok {
				tell(b, at, rest)
			}
		})
		r.patterns("startswith", func(b *ast.Binary, at *ast.Literal, s string) {
			if rest, ok := strings.CutSuffix(s, "*"); ok {
				tell(b, at, rest)
			}
		})
		r.patterns("contains", func(b *ast.Binary, at *ast.Literal, s string) {
			if len(s) > 2 && s[0] == '*' && s[len(s)-1] == '*' && !holdsCode(dotted(b.X)) {
				tell(b, at, s[1:len(s)-1])
			}
		})
	},
}

// holdsCode reports whether a field holds the text of a program, which may itself ask
// for `-like "*virus*"`.
var holdsCode = regexp.MustCompile(`(?i)script|payload|query`).MatchString
