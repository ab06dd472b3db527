package lint

import "github.com/detlang/det/lang/ast"

var unusedConst = Lint{
	Code: "L122", Name: "unused-const", Category: Dead, Level: Warning,
	Summary: "a const that nothing reads",
	Why:     "Probably a rule was to read it, and has the number written in it instead.",
	Avoid: `import std.web

const limit = 1000

rule flood {
  from web_access
  window 5m by ip { asked = count() }
  when asked > 500
}
`,
	Prefer: `import std.web

const limit = 1000

rule flood {
  from web_access
  window 5m by ip { asked = count() }
  when asked > limit
}
`,
	Fixes: true,
	File: func(p *Pass, f *File) {
		f.unused(func(d ast.Decl) {
			if c, ok := d.(*ast.Const); ok {
				p.remove(p.Tell(c.Name.At, "nothing reads the const %s", c.Name.Name), c.At)
			}
		})
	},
}
