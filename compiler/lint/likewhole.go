package lint

var likeWhole = Lint{
	Code: "L406", Name: "like-for-whole", Category: Performance, Level: Warning,
	Summary: "a pattern without a wildcard",
	Why:     "== says the same. For the exact text, with its case, `like cased` is right.",
	Avoid: `import std.web

rule admin {
  from web_access
  when path like "/admin"
}
`,
	Prefer: `import std.web

rule admin {
  from web_access
  when path == "/admin"
}
`,
	Fixes: true,
	Rule:  plainer("=="),
}
