package lint

import (
	"regexp/syntax"

	"github.com/detlang/det/lang/ast"
)

var regexNever = Lint{
	Code: "L008", Name: "regex-never-matches", Category: Bug, Level: Error,
	Summary: "a regular expression with text before its start or behind its end",
	Why:     "^ and $ hold only at the ends of the text (unless (?m) is set), so nothing can stand on their other side.",
	Avoid: `import std.web

rule scripts {
  from web_access
  when path matches '^/cgi-bin$/.*\.pl'
}
`,
	Prefer: `import std.web

rule scripts {
  from web_access
  when path matches '^/cgi-bin/.*\.pl$'
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("matches", func(b *ast.Binary, at *ast.Literal, s string) {
			if re, err := syntax.Parse(s, syntax.Perl); err == nil && neverMatches(re) {
				p.Tell(at.At, "this matches no text: something stands before ^ or behind $")
			}
		})
	},
}

// neverMatches reports whether a sequence within a pattern has something that
// takes a character before the start of the text or behind its end.
func neverMatches(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCapture:
		return neverMatches(re.Sub[0])
	case syntax.OpAlternate:
		for _, s := range re.Sub {
			if !neverMatches(s) {
				return false
			}
		}
		return true
	case syntax.OpConcat:
		began, ended := false, false
		for _, s := range re.Sub {
			switch {
			case neverMatches(s):
				return true
			case s.Op == syntax.OpBeginText && began:
				return true
			case s.Op == syntax.OpEndText:
				ended = true
			case takes(s):
				if ended {
					return true
				}
				began = true
			}
		}
	}
	return false
}

// takes reports whether whatever matches is at least one character long.
func takes(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return takes(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min > 0 && takes(re.Sub[0])
	case syntax.OpAlternate:
		for _, s := range re.Sub {
			if !takes(s) {
				return false
			}
		}
		return true
	case syntax.OpConcat:
		for _, s := range re.Sub {
			if takes(s) {
				return true
			}
		}
	}
	return false
}
