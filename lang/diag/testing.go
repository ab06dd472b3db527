package diag

// ruleTest is a file with a rule and a test of it.
func ruleTest(lines string) string {
	return rule("  where method == \"GET\"\n  window 1h by user { hits = count() }\n  when hits > 5\n") +
		"\ntest \"too many\" for example {\n" + lines + "}\n"
}

// testCodes are the codes of tests.
var testCodes = []Code{
	{
		ID: "D0991", Title: "too many given events",
		When:  "A line of a test gives more than a million events.",
		Why:   "Tests run in milliseconds. What needs more is an input of det run.",
		Wrong: ruleTest("  given every 1s for 90d { user: \"ann\", method: \"GET\" }\n  expect none\n"),
		Right: ruleTest("  given every 1h for 90d { user: \"ann\", method: \"GET\" }\n  expect none\n"),
	},
	{
		ID: "D0992", Title: "given events of no schema that the rule reads",
		When: "A rule reads several schemas, itself or through other rules, and given events do not say of which they are; or they are of one that it does not read.",
		Why:  "Nobody could tell where the events go.",
	},
	{
		ID: "D0993", Title: "an assertion that cannot be computed",
		When:  "The expression of an expectation is no expression of expr-lang, or uses names that the alerts do not have.",
		Why:   "It could never be true.",
		Wrong: ruleTest("  given 6 over 10m { user: \"ann\", method: \"GET\" }\n  expect alert { hist > 5 }\n"),
		Right: ruleTest("  given 6 over 10m { user: \"ann\", method: \"GET\" }\n  expect alert { hits > 5 }\n"),
	},
}
