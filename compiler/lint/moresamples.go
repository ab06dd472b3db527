package lint

var moreSamples = Lint{
	Code: "L105", Name: "more-samples-than-history", Category: Dead, Level: Error,
	Summary: "a condition that wants more samples than the history can hold",
	Why:     "A baseline over 14 days of daily windows has at most 14 samples; usual.n never passes that.",
	Avoid: `import std.auth

rule odd_day {
  from authentication
  window 1d by user { logins = count() }
  baseline usual of logins over 14d min 7 floor 1.0
  when zscore(logins, usual) > 3 and usual.n >= 20
}
`,
	Prefer: `import std.auth

rule odd_day {
  from authentication
  window 1d by user { logins = count() }
  baseline usual of logins over 30d min 20 floor 1.0
  when zscore(logins, usual) > 3
}
`,
	Rule: tellVerdict(tooManyOf, "%s: the history never has so many windows", "lengthen `over`, or ask for fewer"),
}
