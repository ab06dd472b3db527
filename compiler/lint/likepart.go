package lint

var likePart = Lint{
	Code: "L405", Name: "like-for-part", Category: Performance, Level: Warning,
	Summary: "a pattern with a star at both ends where a part of the text is meant",
	Why:     "contains says so and is searched for in one pass with the texts of all other rules.",
	Avoid: `import std.web

rule traversal {
  from web_access
  when path like "*/../*"
}
`,
	Prefer: `import std.web

rule traversal {
  from web_access
  when path contains "/../"
}
`,
	Fixes: true,
	Rule:  plainer("contains"),
}
