package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var titleEnd = Lint{
	Code: "L720", Name: "title-ends-in-period", Category: Metadata, Level: Info,
	Summary: "a title that ends in a full stop",
	Why:     "A title is a headline. In lists of alerts the stop only looks untidy.",
	Avoid: `import std.web

rule errors {
  title "Errors of the server."
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  title "Errors of the server"
  from web_access
  when status >= 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		l, s := r.meta("title")
		if l == nil || !strings.HasSuffix(s, ".") || strings.HasSuffix(s, "..") {
			return
		}
		p.mend(p.Tell(l.At, "a title has no full stop"), l.At, quote(strings.TrimSuffix(s, "."), l))
	},
}

// meta is a line of metadata that is one text: the literal and its value.
func (r *Rule) meta(name string) (*ast.Literal, string) {
	lines := r.written(name)
	if len(lines) == 0 || len(lines[0].Args) != 1 {
		return nil, ""
	}
	l, ok := ast.Unparen(lines[0].Args[0].Value).(*ast.Literal)
	if !ok {
		return nil, ""
	}
	s, ok := l.Value.(string)
	if !ok {
		return nil, ""
	}
	return l, s
}

// metaList are the elements of a line of metadata, as written and as texts.
func (r *Rule) metaList(name string) (elems []ast.Expr, values []string) {
	for _, st := range r.written(name) {
		for _, a := range st.Args {
			for _, e := range elements(a.Value) {
				s, ok := text(e)
				if !ok {
					s = e.Span().Text()
				}
				if n, isName := e.(*ast.Name); isName {
					s = n.Name // of a tag in YAML the place has more
				}
				elems, values = append(elems, e), append(values, s)
			}
		}
	}
	return elems, values
}
