package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var regexInLike = Lint{
	Code: "L005", Name: "regex-in-like", Category: Bug, Level: Error,
	Summary: "a regular expression where like wants stars and question marks",
	Why:     "In `like` only * and ? are special: \".*\" asks for a dot and then anything, ^ and $ for themselves.",
	Avoid: `import std.web

rule admin {
  from web_access
  when path like "^/admin/.*"
}
`,
	Prefer: `import std.web

rule admin {
  from web_access
  when path startswith "/admin/"
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("like", func(b *ast.Binary, at *ast.Literal, s string) {
			if regexLike.MatchString(s) {
				p.Tell(at.At, "like knows only * and ?, so this asks for the characters themselves").Hint = "write matches for a regular expression"
			}
		})
	},
}

// regexLike are texts that are meant as regular expressions beyond doubt.
var regexLike = regexp.MustCompile(`^\^|\.\*.*\.\*|^\.\*|\.\*\$?$|\.\+|\\[dws][+*]|\[[a-z]-[a-z]|\(\?`)

// patterns calls f for each constant text on the right of an operator.
func (r *Rule) patterns(op string, f func(b *ast.Binary, at *ast.Literal, s string)) {
	if r.File.Sigma {
		return // the words there were another operator's
	}
	r.binaries(func(b *ast.Binary) {
		if b.Op != op {
			return
		}
		for _, e := range elements(b.Y) {
			if s, ok := text(e); ok {
				f(b, ast.Unparen(e).(*ast.Literal), s)
			}
		}
	})
}

// quote writes a text as the language does, as it was written if it was raw.
func quote(s string, like *ast.Literal) string {
	if strings.HasPrefix(like.Raw, "'") && !strings.ContainsAny(s, "'\n") {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
