package lint

import "github.com/detlang/det/lang/ast"

var unusedList = Lint{
	Code: "L123", Name: "unused-list", Category: Dead, Level: Warning,
	Summary: "a list that nothing reads",
	Why:     "A list of what is allowed or forbidden that no rule reads allows and forbids nothing.",
	Avoid: `import std.web

list scanners = ["nikto", "sqlmap"]

rule scanner {
  from web_access
  when user_agent contains any ["nikto", "masscan"]
}
`,
	Prefer: `import std.web

list scanners = ["nikto", "sqlmap"]

rule scanner {
  from web_access
  when user_agent contains any scanners
}
`,
	Fixes: true,
	File: func(p *Pass, f *File) {
		f.unused(func(d ast.Decl) {
			if l, ok := d.(*ast.ListDecl); ok {
				p.remove(p.Tell(l.Name.At, "nothing reads the list %s", l.Name.Name), l.At)
			}
		})
	},
}
