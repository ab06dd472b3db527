package lint

import "github.com/detlang/det/lang/ast"

var unusedFnParam = Lint{
	Code: "L130", Name: "unused-fn-parameter", Category: Dead, Level: Warning,
	Summary: "a parameter that the body of a fn does not read",
	Why:     "The caller's argument has no effect.",
	Avoid: `import std.web

fn refused(code, size) = code in [401, 403]

rule leak {
  from web_access
  when not refused(status, bytes)
}
`,
	Prefer: `import std.web

fn refused(code) = code in [401, 403]

rule leak {
  from web_access
  when not refused(status)
}
`,
	File: func(p *Pass, f *File) {
		for _, d := range f.Tree.Decls {
			fn, ok := d.(*ast.Fn)
			if !ok {
				continue
			}
			used := map[string]int{}
			uses(used, fn.Body)
			for _, param := range fn.Params {
				if used[param.Name] == 0 {
					p.Tell(param.At, "the body of %s does not read %s", fn.Name.Name, param.Name)
				}
			}
		}
	},
}
