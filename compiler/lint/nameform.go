package lint

import (
	"regexp"

	"github.com/detlang/det/lang/ast"
)

var nameForm = Lint{
	Code: "L612", Name: "name-form", Category: Style, Level: Warning,
	Summary: "a name that does not have the form that the configuration asks for",
	Why: "`name rule \"[a-z][a-z0-9_]*\"` in .detlint says what names look like, for rules, lets, lists, consts, params, " +
		"fns, tables and schemas. Without a configuration, a rule's name is in lower case with underscores.",
	Avoid: `import std.web

rule ServerErrors {
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule server_errors {
  from web_access
  when status >= 500
}
`,
	File: func(p *Pass, f *File) {
		if f.Sigma {
			return
		}
		names := f.Set.Config.Names
		form := func(kind string, id *ast.Ident) {
			re := names[kind]
			if re == nil && kind == "rule" {
				re = snake
			}
			if id != nil && re != nil && !re.MatchString(id.Name) {
				p.Tell(id.At, "the name of a %s looks like %s", kind, re)
			}
		}
		for _, d := range f.Tree.Decls {
			switch d := d.(type) {
			case *ast.Const:
				form("const", d.Name)
			case *ast.ListDecl:
				form("list", d.Name)
			case *ast.Fn:
				form("fn", d.Name)
			case *ast.Block:
				form(d.Keyword.Name, d.Name)
				for _, st := range d.Body {
					if d.Keyword.Name == "rule" && (st.Name.Name == "let" || st.Name.Name == "param") {
						for _, a := range st.Args {
							form(st.Name.Name, a.Name)
						}
					}
				}
			}
		}
	},
}

var snake = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
