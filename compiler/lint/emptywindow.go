package lint

var emptyWindow = Lint{
	Code: "L103", Name: "window-without-events", Category: Dead, Level: Error,
	Summary: "a condition that asks for a window without events",
	Why: "A window exists for a key only when an event of that key falls into it, so its count is at least one. " +
		"With `empty`, keys that were seen before have a window without events, too.",
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
  window 1h by device empty { logins = count() }
  when logins == 0
}
`,
	Rule: tellVerdict(noEvents, "%s: a window has at least one event", "write `empty` behind the keys to find those that fell silent"),
}
