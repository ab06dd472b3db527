package lint

var missingDescription = missing("L701", "description",
	"Whoever answers an alert wants to know what was seen, why it matters and what to do.",
	`description "A 500 is often the first sign of an injection that fails."`)
