package lint

import (
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/detlang/det/lang/ast"
)

var casedRegex = Lint{
	Code: "L505", Name: "case-sensitive-path", Category: Robustness, Level: Warning,
	Summary: "a regular expression that heeds case, on a field where case means nothing",
	Why:     "Regular expressions heed case. Windows runs POWERSHELL.EXE as readily, so a capital letter is a way around.",
	Avoid: `import std.windows

rule numbered {
  from process_creation
  when Image matches '\\svchost[0-9]+\.exe$'
}
`,
	Prefer: `import std.windows

rule numbered {
  from process_creation
  when Image matches '(?i)\\svchost[0-9]+\.exe$'
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("matches", func(b *ast.Binary, at *ast.Literal, s string) {
			if b.Cased || strings.HasPrefix(s, "(?") || !pathFields[dotted(b.X)] || !hasLetters(s) {
				return
			}
			p.mend(p.Tell(at.At, "this heeds case, but %s is the same in any", dotted(b.X)), at.At, quote("(?i)"+s, at))
		})
	},
}

// hasLetters reports whether a pattern asks for letters of one case only.
func hasLetters(s string) bool {
	re, err := syntax.Parse(s, syntax.Perl)
	return err == nil && letters(re)
}

func letters(re *syntax.Regexp) bool {
	if re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0 {
		for _, c := range re.Rune {
			if unicode.IsLetter(c) {
				return true
			}
		}
	}
	for _, s := range re.Sub {
		if letters(s) {
			return true
		}
	}
	return false
}
