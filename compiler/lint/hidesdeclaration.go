package lint

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
)

var hidesDeclaration = Lint{
	Code: "L013", Name: "hides-declaration", Category: Bug, Level: Warning,
	Summary: "a let, a parameter or a field with the name of a const, a list or a table of the file",
	Why:     "Within the rule the name means the nearer one; a reader who knows the other is misled.",
	Avoid: `import std.web

list scanners = ["nikto", "sqlmap"]

rule scanner {
  from web_access
  let scanners = user_agent contains "masscan"
  when scanners
}

rule other_scanner {
  from web_access
  when user_agent contains any scanners
}
`,
	Prefer: `import std.web

list scanners = ["nikto", "sqlmap"]

rule scanner {
  from web_access
  let masscan = user_agent contains "masscan"
  when masscan
}

rule other_scanner {
  from web_access
  when user_agent contains any scanners
}
`,
	File: func(p *Pass, f *File) {
		global := map[string]*ast.Ident{}
		for _, d := range f.Tree.Decls {
			switch d := d.(type) {
			case *ast.Const, *ast.ListDecl:
				global[d.DeclName().Name] = d.DeclName()
			}
		}
		tell := func(n *ast.Ident) {
			if n == nil || global[n.Name] == nil {
				return
			}
			d := p.Tell(n.At, "%s has a meaning in this file already", n.Name)
			d.Notes = append(d.Notes, diag.Note{Span: global[n.Name].At, Message: "here"})
		}
		for _, d := range f.Tree.Decls {
			switch d := d.(type) {
			case *ast.Fn:
				for _, param := range d.Params {
					tell(param)
				}
			case *ast.Block:
				if d.Keyword.Name != "rule" {
					continue
				}
				for _, st := range d.Body {
					if st.Name.Name == "let" || st.Name.Name == "param" {
						for _, a := range st.Args {
							tell(a.Name)
						}
					}
					for _, it := range st.Items {
						if st.Name.Name == "window" {
							tell(it.Name)
						}
					}
				}
			}
		}
	},
}
