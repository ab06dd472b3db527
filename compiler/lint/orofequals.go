package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var orOfEquals = Lint{
	Code: "L606", Name: "or-of-equals", Category: Style, Level: Info,
	Summary: "one field compared with value after value",
	Why:     "`in` with a list is read at once, and is longer by one value at a time.",
	Avoid: `import std.web

rule odd_method {
  from web_access
  when method == "TRACE" or method == "CONNECT" or method == "DEBUG"
}
`,
	Prefer: `import std.web

rule odd_method {
  from web_access
  when method in ["TRACE", "CONNECT", "DEBUG"]
}
`,
	Fixes: true,
	Rule:  joinAlternatives("==", "in"),
}

// joinAlternatives is the body of the lints about chains of or in which one value
// is tested with one operator again and again.
func joinAlternatives(test, into string) func(p *Pass, r *Rule) {
	return func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.chains(func(op string, whole *ast.Binary, parts []ast.Expr) {
			if op != "or" || len(parts) < 3 {
				return
			}
			subject := ""
			var values []string
			for _, x := range parts {
				b, ok := ast.Unparen(x).(*ast.Binary)
				if !ok || b.Op != test || b.Not || b.Cased || b.Quant != "" {
					return
				}
				if _, ok := ast.Unparen(b.Y).(*ast.Literal); !ok || subject != "" && subject != b.X.Span().Text() {
					return
				}
				subject = b.X.Span().Text()
				values = append(values, b.Y.Span().Text())
			}
			p.mend(p.Tell(whole.Span(), "`%s` with a list says this", into), whole.Span(), subject+" "+into+" ["+strings.Join(values, ", ")+"]")
		})
	}
}
