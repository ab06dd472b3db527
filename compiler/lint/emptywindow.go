package lint

var emptyWindow = Lint{
	Code: "L103", Name: "window-without-events", Category: Dead, Level: Error,
	Summary: "a condition that asks for a window without events",
	Why: "A window exists for a key only when an event of that key falls into it, so its count is at least one. " +
		"Silence is not found by counting.",
	Avoid: `import std.auth

rule quiet {
  from authentication
  window 1h by device { logins = count() }
  when logins == 0
}
`,
	Prefer: `import std.auth

rule quiet {
  from authentication
  window 1d by device { logins = count() }
  baseline usual of logins over 30d floor 1.0
  when zscore(logins, usual) < -3
}
`,
	Rule: tellVerdict(noEvents, "%s: a window has at least one event", "compare with a baseline to find less than usual"),
}
