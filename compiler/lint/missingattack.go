package lint

var missingAttack = missing("L707", "attack",
	"Coverage of ATT&CK is counted from it.",
	`attack [T1190]`)
