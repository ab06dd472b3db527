package lint

var missingTitle = missing("L700", "title",
	"Alerts then show the rule's name as their headline.",
	`title "Errors of the server"`)
