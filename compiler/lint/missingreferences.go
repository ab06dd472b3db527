package lint

var missingReferences = missing("L708", "references",
	"They lead to what the rule was made from.",
	`references ["https://owasp.org/www-community/attacks/"]`)
