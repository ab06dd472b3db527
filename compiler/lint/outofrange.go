package lint

var outOfRangeLint = Lint{
	Code: "L104", Name: "out-of-range", Category: Dead, Level: Error,
	Summary: "a comparison with a number that the function never gives",
	Why:     "Hours go from 0 to 23, days of the week from 1 to 7, similarities from 0 to 1: beyond that nothing is ever found.",
	Avoid: `import std.auth

rule at_midnight {
  from authentication
  when hour(time) == 24
}
`,
	Prefer: `import std.auth

rule at_midnight {
  from authentication
  when hour(time) == 0
}
`,
	Rule: tellVerdict(outOfRange, "%s: the function never gives that", "the manual's page of functions says what it gives"),
}
