package lint

// All is the table of lints, in the order of their codes. The hundreds of a code
// are its category.
func All() []Lint {
	return []Lint{
		differsFromOneLint,
		shareAboveWhole,

		neverTrue,
		filterExcludesAll,
		tooDistinctLint,
		emptyWindow,
		outOfRangeLint,
		moreSamples,
		alwaysTrue,
		deadAlternative,
		redundantPart,
		coveredAlternative,
		ruleCovered,
		ruleTwice,
		unusedLet,
		unusedParam,
		unusedConst,
		unusedList,
		unusedFn,
		unusedTable,
		unusedSchema,
		unusedImport,
		unusedBaseline,
		unusedLookup,
		unusedFnParam,
		unusedFloor,
		idleThrottle,
		constantKey,
		duplicateElement,
		coveredElement,
		emptyList,

		silencerReason,
		silencerUnknown,
		silencerUnused,
	}
}
