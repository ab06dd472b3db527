package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

var lostBoundary = Lint{
	Code: "L216", Name: "lost-at-the-boundary", Category: Statistics, Level: Warning,
	Summary: "two parts of a window, below and above a value, that both leave out the value itself",
	Why:     "What is exactly at the boundary is in neither part, and the two do not add up to the whole.",
	Avoid: `import std.web

rule growing {
  from web_access
  window 1d by ip { small = count(bytes < 1000), large = count(bytes > 1000) }
  when large > 10 * small
}
`,
	Prefer: `import std.web

rule growing {
  from web_access
  window 1d by ip { small = count(bytes < 1000), large = count(bytes >= 1000) }
  when large > 10 * small
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			type side struct{ field, op, value string }
			at := map[side]source.Span{}
			for _, it := range l.ast.Items {
				walk(it.Value, func(x ast.Expr) {
					if b, ok := x.(*ast.Binary); ok && !b.Not {
						at[side{dotted(b.X), b.Op, ast.Unparen(b.Y).Span().Text()}] = b.OpAt
					}
				})
			}
			for s, op := range at {
				if s.field == "" || s.op != ">" {
					continue
				}
				covered := false
				for _, o := range []string{"<=", ">=", "==", "!="} {
					_, has := at[side{s.field, o, s.value}]
					covered = covered || has
				}
				if _, below := at[side{s.field, "<", s.value}]; below && !covered {
					p.mend(p.Tell(op, "%s == %s is neither below nor above", s.field, s.value), op, ">=")
				}
			}
		}
	},
}
