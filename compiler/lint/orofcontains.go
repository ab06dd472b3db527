package lint

var orOfContains = Lint{
	Code: "L607", Name: "or-of-contains", Category: Style, Level: Info,
	Summary: "one field searched for text after text",
	Why:     "`contains any` with a list is read at once.",
	Avoid: `import std.web

rule scanner {
  from web_access
  when user_agent contains "nikto" or user_agent contains "sqlmap" or user_agent contains "nmap"
}
`,
	Prefer: `import std.web

rule scanner {
  from web_access
  when user_agent contains any ["nikto", "sqlmap", "nmap"]
}
`,
	Fixes: true,
	Rule:  joinAlternatives("contains", "contains any"),
}
