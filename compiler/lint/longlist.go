package lint

import "github.com/detlang/det/lang/ast"

var longList = Lint{
	Code: "L615", Name: "long-list", Category: Style, Level: Off,
	Summary: "a list of many values in the middle of a condition",
	Why:     "As a `list` it has a name that says what the values are, and several rules can read it.",
	Avoid: `import std.web

rule scanner {
  from web_access
  when user_agent contains any [
    "acunetix",
    "arachni",
    "dirbuster",
    "gobuster",
    "havij",
    "masscan",
    "nessus",
    "netsparker",
    "nikto",
    "nmap",
    "openvas",
    "qualys",
    "sqlmap",
    "w3af",
    "wfuzz",
    "whatweb",
    "zgrab",
  ]
}
`,
	Prefer: `import std.web

list scanners = ["nikto", "nmap", "sqlmap"]

rule scanner {
  from web_access
  when user_agent contains any scanners
}
`,
	Rule: func(p *Pass, r *Rule) {
		r.walk(func(x ast.Expr) {
			if l, ok := x.(*ast.ListExpr); ok && len(l.Elems) > 15 {
				p.Tell(l.At, "%d values in the middle of a condition", len(l.Elems)).Hint = "give them a name: list tools = [...]"
			}
		})
	},
}
