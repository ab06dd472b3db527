package lint

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var regexPadding = Lint{
	Code: "L402", Name: "regex-padding", Category: Performance, Level: Warning,
	Summary: "a regular expression that begins or ends with .*",
	Why:     "A pattern is searched for anywhere, so .* at its ends adds nothing but work.",
	Avoid: `import std.web

rule traversal {
  from web_access
  when path matches '.*/\.\./etc/\w+.*'
}
`,
	Prefer: `import std.web

rule traversal {
  from web_access
  when path matches '/\.\./etc/\w+'
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("matches", func(b *ast.Binary, at *ast.Literal, s string) {
			flags := ""
			if m := inlineFlags.FindString(s); m != "" {
				flags, s = m, s[len(m):]
			}
			if strings.Contains(flags, "m") {
				return
			}
			rest := s
			for _, cut := range []string{"^.*?", "^.*", ".*?", ".*"} {
				if r, ok := strings.CutPrefix(rest, cut); ok && (cut[0] == '.' || strings.Contains(flags, "s")) {
					rest = r
					break
				}
			}
			for _, cut := range []string{".*?", ".*"} {
				if r, ok := strings.CutSuffix(rest, cut); ok && !strings.HasSuffix(r, `\`) {
					rest = r
					break
				}
			}
			if rest == s || rest == "" || strings.Contains(topLevel(rest), "|") {
				return
			}
			if _, err := syntax.Parse(rest, syntax.Perl); err != nil {
				return
			}
			p.mend(p.Tell(at.At, ".* at the ends adds nothing: a pattern is searched for anywhere"), at.At, quote(flags+rest, at))
		})
	},
}

var inlineFlags = regexp.MustCompile(`^\(\?[a-zA-Z]+\)`)

// topLevel is a pattern without what stands in its parentheses and classes.
func topLevel(s string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		default:
			if depth == 0 {
				b.WriteByte(s[i])
			}
		}
	}
	return b.String()
}
