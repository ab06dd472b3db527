package lint

var likePrefix = Lint{
	Code: "L404", Name: "like-for-prefix", Category: Performance, Level: Warning,
	Summary: "a pattern with a star at its end where the beginning of the text is meant",
	Why:     "startswith says so and looks only at the beginning.",
	Avoid: `import std.web

rule admin {
  from web_access
  when path like "/admin/*"
}
`,
	Prefer: `import std.web

rule admin {
  from web_access
  when path startswith "/admin/"
}
`,
	Fixes: true,
	Rule:  plainer("startswith"),
}
