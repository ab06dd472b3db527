package lint

var missingDate = missing("L706", "date",
	"Old rules are looked at again when one knows which they are.",
	`date "2024-03-01"`)
