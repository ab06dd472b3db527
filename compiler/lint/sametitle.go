package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/runtime/vec"
)

var sameTitle = Lint{
	Code: "L722", Name: "same-title", Category: Metadata, Level: Warning,
	Summary: "two rules of one title",
	Why:     "Their alerts cannot be told apart by whoever answers them.",
	Avoid: `import std.web

rule errors {
  title "Errors of the server"
  from web_access
  when status >= 500
}

rule refusals {
  title "Errors of the server"
  from web_access
  when status in [401, 403]
}
`,
	Prefer: `import std.web

rule errors {
  title "Errors of the server"
  from web_access
  when status >= 500
}

rule refusals {
  title "Refusals of the server"
  from web_access
  when status in [401, 403]
}
`,
	Set: func(p *Pass, s *Set) {
		first := map[string]*ast.Literal{}
		for _, r := range s.Rules {
			l, title := r.meta("title")
			if l == nil {
				continue
			}
			key := vec.FoldString(strings.Join(strings.Fields(title), " "))
			if other := first[key]; other != nil {
				d := p.Tell(l.At, "another rule has this title")
				d.Notes = append(d.Notes, diag.Note{Span: other.At, Message: "the first one"})
				continue
			}
			first[key] = l
		}
	},
}
