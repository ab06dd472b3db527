package lint

var missingStatus = missing("L704", "status",
	"It says whether a rule is on trial or may wake somebody up.",
	`status test`)
