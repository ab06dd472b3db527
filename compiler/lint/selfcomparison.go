package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var selfComparison = Lint{
	Code: "L001", Name: "self-comparison", Category: Bug, Level: Error,
	Summary: "a value compared with itself",
	Why:     "It is always the same, or always missing. One side should be another field.",
	Avoid: `import std.windows

rule odd_parent {
  from process_creation
  when User == User and Image endswith "\\cmd.exe"
}
`,
	Prefer: `import std.windows

rule odd_parent {
  from process_creation
  when User == ParentUser and Image endswith "\\cmd.exe"
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.exprs(func(x plan.Expr) {
			o, ok := x.(*plan.Op)
			if !ok || len(o.Args) != 2 || o.T.Kind != types.Bool {
				return
			}
			_, left := constant(o.Args[0])
			_, right := constant(o.Args[1])
			if !left && !right && plan.String(o.Args[0]) == plan.String(o.Args[1]) {
				p.Tell(o.Span(), "%s is compared with itself", plan.String(o.Args[0]))
			}
		})
	},
}
