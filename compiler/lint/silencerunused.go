package lint

var silencerUnused = Lint{
	Code: "L902", Name: "silencer-unused", Category: Style, Level: Warning,
	Summary: "a silencer without anything to silence",
	Why:     "What it answered is gone. Left in place it would hide the next finding of that lint here.",
	Avoid: `import std.web

rule posts {
  from web_access
  // lint: ignore L100 because it was contradictory once
  when method == "POST"
}
`,
	Prefer: `import std.web

rule posts {
  from web_access
  when method == "POST"
}
`,
	Fixes: true,
}
