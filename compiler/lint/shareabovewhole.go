package lint

var shareAboveWhole = Lint{
	Code: "L003", Name: "share-as-percent", Category: Bug, Level: Error,
	Summary: "a share compared with a percentage",
	Why:     "A part divided by its whole lies between 0 and 1, so a threshold such as 50 is never reached.",
	Avoid: `import std.web

rule mostly_errors {
  from web_access
  window 5m by ip { errors = count(status >= 400), asked = count() }
  let share = errors / asked
  when share > 50
}
`,
	Prefer: `import std.web

rule mostly_errors {
  from web_access
  window 5m by ip { errors = count(status >= 400), asked = count() }
  let share = errors / asked
  when share > 0.5
}
`,
	Rule: tellVerdict(overWhole, "%s: a part of a whole lies between 0 and 1", "write 0.5 for 50 percent"),
}
