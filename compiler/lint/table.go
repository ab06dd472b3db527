package lint

// All is the table of lints, in the order of their codes. The hundreds of a code
// are its category.
func All() []Lint {
	return []Lint{
		neverTrue,
		silencerReason,
		silencerUnknown,
		silencerUnused,
	}
}
