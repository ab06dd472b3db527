package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var percentInLike = Lint{
	Code: "L007", Name: "percent-in-like", Category: Bug, Level: Error,
	Summary: "the wildcard of SQL in a like",
	Why:     "Here * stands for any text; % stands for itself.",
	Avoid: `import std.web

rule admin {
  from web_access
  when path like "%/admin/%.php"
}
`,
	Prefer: `import std.web

rule admin {
  from web_access
  when path like "*/admin/*.php"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("like", func(b *ast.Binary, at *ast.Literal, s string) {
			if (strings.HasPrefix(s, "%") || strings.HasSuffix(s, "%")) && !strings.ContainsAny(s, "*?") && !environment.MatchString(s) {
				p.mend(p.Tell(at.At, "%% stands for itself; * is any text"), at.At, quote(strings.ReplaceAll(s, "%", "*"), at))
			}
		})
	},
}

// environment are variables of a Windows shell and escapes of URLs.
var environment = regexp.MustCompile(`%[A-Za-z_]{3,}%|%[0-9A-Fa-f]{2}`)
