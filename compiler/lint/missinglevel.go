package lint

var missingLevel = missing("L703", "level",
	"The alerts are then of level medium, which nobody chose.",
	`level low`)
