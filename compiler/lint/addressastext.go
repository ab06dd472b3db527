package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

var addressAsText = Lint{
	Code: "L510", Name: "address-as-text", Category: Robustness, Level: Warning,
	Summary: "an address compared as text",
	Why:     "\"10.1\" is also the beginning of 10.100.0.1, and an address has several spellings. Networks are tested with `in`.",
	Avoid: `import std.web

rule from_lab {
  from web_access
  when string(ip) startswith "10.1." and status == 200
}
`,
	Prefer: `import std.web

rule from_lab {
  from web_access
  when ip in 10.1.0.0/16 and status == 200
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			c, ok := ast.Unparen(b.X).(*ast.Call)
			if !ok || c.Fun.Name != "string" || len(c.Args) != 1 {
				return
			}
			switch b.Op {
			case "==", "!=", "in", "startswith", "contains", "endswith", "like", "matches":
				if x := r.checked(c.Args[0].Value); x != nil && x.Type().Kind == types.IP {
					p.Tell(b.Span(), "an address is compared as text").Hint = "write: " + c.Args[0].Value.Span().Text() + " in 10.0.0.0/8"
				}
			}
		})
	},
}
