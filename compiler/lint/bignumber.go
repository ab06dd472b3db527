package lint

import (
	"regexp"

	"github.com/detlang/det/lang/ast"
)

var bigNumber = Lint{
	Code: "L616", Name: "unseparated-digits", Category: Style, Level: Off,
	Summary: "a large number without separators",
	Why:     "10000000 and 1000000 look alike; 10_000_000 does not.",
	Avoid: `import std.web

rule large {
  from web_access
  when bytes > 10000000
}
`,
	Prefer: `import std.web

rule large {
  from web_access
  when bytes > 10_000_000
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.walk(func(x ast.Expr) {
			l, ok := x.(*ast.Literal)
			if !ok || r.File.Sigma {
				return
			}
			if _, isInt := l.Value.(int64); !isInt || len(l.Raw) < 5 || !digits.MatchString(l.Raw) {
				return
			}
			s := l.Raw
			for i := len(s) - 3; i > 0; i -= 3 {
				s = s[:i] + "_" + s[i:]
			}
			p.mend(p.Tell(l.At, "%s is read at once", s), l.At, s)
		})
	},
}

var digits = regexp.MustCompile(`^[1-9][0-9]*$`)
