package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var regexAlternatives = Lint{
	Code: "L401", Name: "regex-for-alternatives", Category: Performance, Level: Warning,
	Summary: "a regular expression that only lists texts",
	Why:     "`contains any [...]` says the same and is searched for in one pass with the texts of all other rules.",
	Avoid: `import std.web

rule scanner {
  from web_access
  when user_agent matches "(?i)(nikto|sqlmap|masscan)"
}
`,
	Prefer: `import std.web

rule scanner {
  from web_access
  when user_agent contains any ["nikto", "sqlmap", "masscan"]
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("matches", func(b *ast.Binary, at *ast.Literal, s string) {
			if b.Quant != "" || b.Not {
				return
			}
			op, values, cased, ok := plainRegex(s)
			if !ok {
				op, values, cased, ok = spelledOut(s)
			}
			if !ok || len(values) < 2 {
				return
			}
			words := op + " any"
			if cased {
				words += " cased"
			}
			var list []string
			for _, v := range values {
				list = append(list, quote(strings.ToLower(v), at))
				if cased {
					list[len(list)-1] = quote(v, at)
				}
			}
			p.mend(p.Tell(at.At, "this only lists texts"), b.Span(), b.X.Span().Text()+" "+words+" ["+strings.Join(list, ", ")+"]")
		})
	},
}

// spelledOut reads the alternatives of a pattern as they are written, since the
// parser takes common beginnings out.
func spelledOut(s string) (op string, values []string, cased, ok bool) {
	rest, folded := strings.CutPrefix(s, "(?i)")
	rest, begin := strings.CutPrefix(rest, "^")
	rest, end := strings.CutSuffix(rest, "$")
	inner, open := strings.CutPrefix(rest, "(")
	inner = strings.TrimPrefix(inner, "?:")
	inner, closed := strings.CutSuffix(inner, ")")
	if open != closed || !open && (begin || end) || !open && strings.ContainsAny(rest, "()") {
		return "", nil, false, false
	}
	for _, part := range strings.Split(inner, "|") {
		o, v, _, plain := plainRegex(part)
		if !plain || o != "contains" || len(v) != 1 {
			return "", nil, false, false
		}
		values = append(values, v[0])
	}
	op, ok = anchoredTest(begin, end, values)
	return op, values, !folded, ok
}
