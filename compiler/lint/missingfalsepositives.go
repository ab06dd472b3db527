package lint

var missingFalsePositives = missing("L709", "falsepositives",
	"Known causes of false alarms are the first thing to look for.",
	`falsepositives ["a deployment"]`)
