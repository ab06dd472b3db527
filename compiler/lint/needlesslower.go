package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

var needlessLower = Lint{
	Code: "L411", Name: "needless-lower", Category: Performance, Level: Warning,
	Summary: "lower() or upper() in a comparison that ignores case anyway",
	Why:     "It makes a copy of every text, and changes nothing.",
	Avoid: `import std.windows

rule encoded {
  from process_creation
  when lower(CommandLine) contains "-encodedcommand"
}
`,
	Prefer: `import std.windows

rule encoded {
  from process_creation
  when CommandLine contains "-encodedcommand"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			c, ok := ast.Unparen(b.X).(*ast.Call)
			if !ok || len(c.Args) != 1 || c.Fun.Name != "lower" && c.Fun.Name != "upper" && c.Fun.Name != "fold" || b.Cased {
				return
			}
			switch b.Op {
			case "==", "!=", "in", "contains", "startswith", "endswith", "like":
			default:
				return
			}
			if x := r.checked(c.Args[0].Value); x == nil || x.Type().Kind != types.String || !ascii(b.Y) {
				return
			}
			p.mend(p.Tell(c.At, "%s ignores case anyway", b.Op), c.At, c.Args[0].Value.Span().Text())
		})
	},
}

// ascii reports whether the constants on a side have only letters that lower and
// fold treat alike.
func ascii(x ast.Expr) bool {
	ok := true
	walk(x, func(x ast.Expr) {
		s, _ := text(x)
		for i := range len(s) {
			ok = ok && s[i] < 0x80
		}
		switch x.(type) {
		case *ast.Literal, *ast.ListExpr, *ast.Paren:
		default:
			ok = false
		}
	})
	return ok
}
