package lint

var tooDistinctLint = Lint{
	Code: "L102", Name: "more-distinct-than-there-are", Category: Dead, Level: Error,
	Summary: "a threshold above the number of values that the field can have",
	Why: "The schema says which values the field has, or a condition before the window leaves only some of them, so that " +
		"many different ones are never seen in a window.",
	Avoid: `import std.auth

rule every_outcome {
  from authentication
  window 1h by user { outcomes = count_distinct(outcome) }
  when outcomes > 4
}
`,
	Prefer: `import std.auth

rule every_outcome {
  from authentication
  window 1h by user { outcomes = count_distinct(outcome) }
  when outcomes >= 4
}
`,
	Rule: tellVerdict(tooDistinct, "%s: the field never has so many different values", "the schema and the conditions before the window say which there are"),
}
