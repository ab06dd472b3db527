package lint

import "github.com/detlang/det/lang/ast"

var unusedTable = Lint{
	Code: "L125", Name: "unused-table", Category: Dead, Level: Warning,
	Summary: "a table that nothing looks up",
	Why:     "It is read and held for nothing, or a look-up was forgotten.",
	Avoid: `import std.web

table servers key name {
  name string
  owner string
  row ["www", "web team"]
}

rule errors {
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

table servers key name {
  name string
  owner string
  row ["www", "web team"]
}

rule errors {
  from web_access
  where status >= 500
  lookup servers by lower(host) { owner }
  when owner is not null
}
`,
	Fixes: true,
	File: func(p *Pass, f *File) {
		f.unused(func(d ast.Decl) {
			if b, ok := d.(*ast.Block); ok && b.Keyword.Name == "table" {
				p.remove(p.Tell(b.Name.At, "nothing looks %s up", b.Name.Name), b.At)
			}
		})
	},
}
