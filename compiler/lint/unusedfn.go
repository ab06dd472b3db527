package lint

import "github.com/detlang/det/lang/ast"

var unusedFn = Lint{
	Code: "L124", Name: "unused-fn", Category: Dead, Level: Warning,
	Summary: "a fn that nothing calls",
	Why:     "Types inside a fn are checked where it is called, so one that nothing calls is not even checked.",
	Avoid: `import std.web

fn refused(code) = code in [401, 403]

rule leak {
  from web_access
  when status == 200 and bytes > 10_000_000
}
`,
	Prefer: `import std.web

fn refused(code) = code in [401, 403]

rule leak {
  from web_access
  when not refused(status) and bytes > 10_000_000
}
`,
	Fixes: true,
	File: func(p *Pass, f *File) {
		f.unused(func(d ast.Decl) {
			if x, ok := d.(*ast.Fn); ok {
				p.remove(p.Tell(x.Name.At, "nothing calls %s", x.Name.Name), x.At)
			}
		})
	},
}
