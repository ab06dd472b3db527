package lint

var silencerUnknown = Lint{
	Code: "L901", Name: "silencer-unknown", Category: Style, Level: Warning,
	Summary: "a silencer for a lint that does not exist",
	Why:     "It silences nothing; the code is probably misspelt.",
	Avoid: `import std.web

rule posts {
  from web_access
  // lint: ignore L9999 because posts are rare here
  when method == "POST"
}
`,
	Prefer: `import std.web

rule posts {
  from web_access
  when method == "POST"
}
`,
}
