package lint

import (
	"regexp/syntax"

	"github.com/detlang/det/lang/ast"
)

var largeRepetition = Lint{
	Code: "L409", Name: "large-repetition", Category: Performance, Level: Info,
	Summary: "a regular expression that counts to hundreds",
	Why: "The program of a pattern such as .{500} has 500 steps, all of which are tried at each place of a text. " +
		"length() counts for nothing.",
	Avoid: `import std.dns

rule tunnel {
  from dns
  when query matches '^[a-z0-9.]{200,}$'
}
`,
	Prefer: `import std.dns

rule tunnel {
  from dns
  when length(query) >= 200 and query matches '^[a-z0-9.]+$'
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("matches", func(b *ast.Binary, at *ast.Literal, s string) {
			if re, err := syntax.Parse(s, syntax.Perl); err == nil && repeats(re) >= 100 {
				p.Tell(at.At, "this pattern counts to %d", repeats(re))
			}
		})
	},
}

// repeats is the largest number that a pattern counts to.
func repeats(re *syntax.Regexp) int {
	n := 0
	if re.Op == syntax.OpRepeat {
		n = max(re.Min, re.Max)
	}
	for _, s := range re.Sub {
		n = max(n, repeats(s))
	}
	return n
}
