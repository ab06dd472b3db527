package lint

import (
	"net/netip"

	"github.com/detlang/det/lang/ast"
)

var hostBits = Lint{
	Code: "L016", Name: "network-with-host", Category: Bug, Level: Warning,
	Summary: "a network whose address has bits behind its mask",
	Why:     "10.0.0.7/8 is the whole of 10.0.0.0/8. If one address was meant, the length is wrong.",
	Avoid: `import std.web

rule from_inside {
  from web_access
  when ip in [10.0.0.7/8, 192.168.0.0/16]
}
`,
	Prefer: `import std.web

rule from_inside {
  from web_access
  when ip in [10.0.0.0/8, 192.168.0.0/16]
}
`,
	Fixes: true,
	File: func(p *Pass, f *File) {
		for _, d := range f.Tree.Decls {
			walkDecl(d, func(x ast.Expr) {
				l, ok := x.(*ast.Literal)
				if !ok {
					return
				}
				if n, ok := l.Value.(netip.Prefix); ok && n != n.Masked() {
					p.mend(p.Tell(l.At, "this is all of %s", n.Masked()), l.At, n.Masked().String())
				}
			})
		}
	},
}
