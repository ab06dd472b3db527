package diag

import "slices"

// Code is one entry of the catalogue: what a diagnostic means, for `det explain`.
// A code is never renumbered or reused. D01 is syntax, D02 types, D03 names,
// D04 stages and clauses, D05 units, D06 structure between rules, D07 values and
// limits, D08 files and imports, D09 log sources and fields of Sigma rules, and from D0991 on tests.
type Code struct {
	ID    string
	Title string
	When  string // what the author wrote when this is told
	Why   string // why it is refused
	Wrong string // the smallest file that earns it
	Right string // the same, mended; compiles
}

// Codes is the catalogue, in order. Each family stands in a file of its own.
var Codes = slices.Concat(syntax, typing, staging, units, structure, sigmas, testCodes)

// Lookup finds a code of the catalogue, without regard to case.
func Lookup(id string) (Code, bool) {
	for _, c := range Codes {
		if equalFold(c.ID, id) {
			return c, true
		}
	}
	return Code{}, false
}

func equalFold(a, b string) bool { return distance(a, b, 1) == 0 }
