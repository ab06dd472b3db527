package lint

// The lints about silencers have no function: silence tells their findings, since
// only it knows which silencers were needed.

var silencerReason = Lint{
	Code: "L900", Name: "silencer-without-reason", Category: Style, Level: Warning,
	Summary: "a silencer that names no lint or gives no reason",
	Why:     "Whoever meets it in a year must be able to tell whether it still holds.",
	Avoid: `import std.web

rule both_methods {
  from web_access
  // lint: ignore L100
  when method == "GET" and method == "POST"
}
`,
	Prefer: `import std.web

rule both_methods {
  from web_access
  // lint: ignore L100 because it shows what the linter says
  when method == "GET" and method == "POST"
}
`,
}
