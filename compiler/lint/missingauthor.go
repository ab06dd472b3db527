package lint

var missingAuthor = missing("L705", "author",
	"Somebody must know whom to ask.",
	`author "Ann Example"`)
