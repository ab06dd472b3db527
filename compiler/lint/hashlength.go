package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var hashLength = Lint{
	Code: "L017", Name: "hash-length", Category: Bug, Level: Error,
	Summary: "a hash that has too few or too many digits",
	Why:     "An MD5 has 32 hexadecimal digits, a SHA-1 40, a SHA-256 64. A cut hash equals none, and a list of them is quiet.",
	Avoid: `import std.windows

rule known_bad {
  from process_creation
  when Hashes contains "MD5=e2c14c3fa1a4ba9ad2e8ac1dd"
}
`,
	Prefer: `import std.windows

rule known_bad {
  from process_creation
  when Hashes contains "MD5=e2c14c3fa1a4ba9ad2e8ac1ddf90cd55"
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.walk(func(x ast.Expr) {
			l, ok := x.(*ast.Literal)
			if !ok {
				return
			}
			s, _ := l.Value.(string)
			m := hashed.FindStringSubmatch(s)
			if m == nil {
				return
			}
			digits := map[string]int{"md5": 32, "imphash": 32, "sha1": 40, "sha256": 64}[strings.ToLower(m[1])]
			if len(m[2]) != digits {
				p.Tell(l.At, "a %s has %d digits, this %d", m[1], digits, len(m[2]))
			}
		})
	},
}

// hashed is a hash with its name, long enough not to be meant as a beginning.
var hashed = regexp.MustCompile(`(?i)^(md5|imphash|sha1|sha256)=([0-9a-f]{16,})$`)
