package lint

var missingID = missing("L702", "id",
	"Without one, alert ids are made from the rule's name, and change when it is renamed.",
	`id "0d1b0a62-3f0a-4d0c-9a4e-9b7c5c0c2f11"`)
