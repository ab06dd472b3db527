package agg

// All is the aggregates of the language, in the order of the manual.
func All() []Spec {
	return []Spec{
		countSpec(),
		sumSpec(),
		avgSpec(),
		minSpec(),
		maxSpec(),
		stddevSpec(),
		varianceSpec(),
		stddevPopSpec(),
		rangeSpec(),
		percentileSpec(),
		medianSpec(),
		countDistinctSpec(),
		approxCountDistinctSpec(),
		valuesSpec(),
		modeSpec(),
		firstSpec(),
		lastSpec(),
		anySpec(),
		allSpec(),
		cappedSumSpec(),
		decayedSumSpec(),
	}
}
