package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

// plainer are the lints about like patterns that another operator says: which
// operator, and what its row says.
func plainer(op string) func(p *Pass, r *Rule) {
	return func(p *Pass, r *Rule) {
		r.patterns("like", func(b *ast.Binary, at *ast.Literal, s string) {
			got, rest, ok := plainLike(s)
			if !ok || got != op || b.Quant != "" || b.Not || got == "==" && b.Cased || regexLike.MatchString(s) || environment.MatchString(s) {
				return
			}
			if strings.HasPrefix(rest, "%") || strings.HasSuffix(rest, "%") {
				return
			}
			words := op
			if b.Cased {
				words += " cased"
			}
			p.mend(p.Tell(at.At, "this is what %s looks for", op), b.Span(), b.X.Span().Text()+" "+words+" "+quote(rest, at))
		})
	}
}

var likeSuffix = Lint{
	Code: "L403", Name: "like-for-suffix", Category: Performance, Level: Warning,
	Summary: "a pattern with a leading star where the end of the text is meant",
	Why:     "endswith says so and looks only at the end.",
	Avoid: `import std.dns

rule dynamic_name {
  from dns
  when query like "*.duckdns.org"
}
`,
	Prefer: `import std.dns

rule dynamic_name {
  from dns
  when query endswith ".duckdns.org"
}
`,
	Fixes: true,
	Rule:  plainer("endswith"),
}
