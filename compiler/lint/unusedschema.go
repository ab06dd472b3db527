package lint

import "github.com/detlang/det/lang/ast"

var unusedSchema = Lint{
	Code: "L126", Name: "unused-schema", Category: Dead, Level: Info,
	Summary: "a schema in a file of rules that none of them reads",
	Why:     "It was left behind, or a rule reads another schema than was meant.",
	Avoid: `import std.web

schema requests {
  time timestamp
  path string
}

rule errors {
  from web_access
  when status >= 500
}
`,
	Prefer: `schema requests {
  time timestamp
  path string
}

rule traversal {
  from requests
  when path contains "../"
}
`,
	Fixes: true,
	File: func(p *Pass, f *File) {
		f.unused(func(d ast.Decl) {
			if b, ok := d.(*ast.Block); ok && b.Keyword.Name == "schema" {
				p.remove(p.Tell(b.Name.At, "no rule of this file reads %s", b.Name.Name), b.At)
			}
		})
	},
}
