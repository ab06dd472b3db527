package diag

// sigmaRule is the smallest Sigma rule that compiles, with another log source and
// detection.
func sigmaRule(logsource, detection string) string {
	return "title: Example\nlogsource:\n" + logsource + "detection:\n" + detection
}

// sigmaWindows is the log source of most examples.
const sigmaWindows = "  product: windows\n  category: process_creation\n"

// sigmas are the codes of Sigma rules, and of the mappings that they need.
var sigmas = []Code{
	{
		ID: "D0901", Title: "a Sigma file that is no YAML, or too much of it",
		When:  "A document cannot be read as YAML, says a key twice, is nested very deep, or holds very long texts; or its aliases stand for very many values.",
		Why:   "What it means cannot be known, or could exhaust the machine. Other documents of the file are read.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: 'a\n  condition: selection\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image: 'a'\n  condition: selection\n"),
	},
	{
		ID: "D0902", Title: "a Sigma rule that lacks a part, or has one of the wrong form",
		When:  "There is no logsource, detection or condition, a selection is empty, or there is a list where a map must be.",
		Why:   "The rule would match nothing, or everything.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\n"),
	},
	{
		ID: "D0903", Title: "a condition that cannot be read",
		When:  "A condition names a selection that does not exist, a pattern fits none, or the words do not make an expression.",
		Why:   "A selection that is left out in silence changes what the rule means.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selction\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\n"),
	},
	{
		ID: "D0904", Title: "a modifier that does not exist, or does not go with the others",
		When:  "A field has a modifier that the specification does not have, or two that contradict each other.",
		Why:   "Every engine would make something else of it.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image|containts: a\n  condition: selection\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image|contains: a\n  condition: selection\n"),
	},
	{
		ID: "D0905", Title: "a value that its modifier cannot take",
		When:  "A network, a number, true or false, or the name of a field is expected, and there is something else.",
		Why:   "The hint shows the form.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    DestinationIp|cidr: 10.0.0.1/8\n  condition: selection\n"),
		Right: sigmaRule("  product: windows\n  category: network_connection\n", "  selection:\n    DestinationIp|cidr: 10.0.0.0/8\n  condition: selection\n"),
	},
	{
		ID: "D0906", Title: "a placeholder without a list",
		When:  "A value with the modifier expand names a list that no .det file of this run declares.",
		Why:   "What belongs in its place is known only to those who run the rule: the administrators, the servers.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    User|expand: '%admins%'\n  condition: selection\n"),
	},
	{
		ID: "D0907", Title: "a log source that no mapping knows (note)",
		When:  "No mapping says which events are those of the rule's log source.",
		Why:   "A rule that is held against events of another log source fires on anything. Until a mapping says more, the rule sees the events that name their log source themselves.",
		Wrong: sigmaRule("  product: toaster\n", "  selection:\n    bread: burnt\n  condition: selection\n"),
		Right: "import std.sigma\n\nmapping kitchen for any_event {\n  source product = \"toaster\" where bread is not null\n}\n",
	},
	{
		ID: "D0908", Title: "a field that the log source does not have (warning)",
		When:  "The mappings name the fields of a log source, and the rule reads another; or, where its events may have any others, one that is spelt nearly like one of these.",
		Why:   "Most often it is misspelt, and never matches.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    ComandLine: a\n  condition: selection\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    CommandLine: a\n  condition: selection\n"),
	},
	{
		ID: "D0909", Title: "a correlation that cannot be read",
		When:  "A correlation lacks its type, its rules, its time span or its condition, or one of them has no such form.",
		Why:   "The hint shows the form.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\nname: one\n---\ntitle: Many\ncorrelation:\n  type: event_count\n  rules: [one]\n  group-by: [User]\n  timespan: 1M\n  condition: {gte: 5}\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\nname: one\n---\ntitle: Many\ncorrelation:\n  type: event_count\n  rules: [one]\n  group-by: [User]\n  timespan: 30d\n  condition: {gte: 5}\n"),
	},
	{
		ID: "D0910", Title: "a rule that is not there",
		When:  "A filter or a correlation names a rule that is not among the rules, or that it has nothing in common with.",
		Why:   "It would do nothing, and nobody would know.",
		Wrong: "title: Example\nlogsource:\n  product: windows\nfilter:\n  rules: [nowhere]\n  selection:\n    User: ann\n  condition: not selection\n",
	},
	{
		ID: "D0911", Title: "a condition of the first version of Sigma (note)",
		When:  "A condition counts, or uses near, behind a bar.",
		Why:   "The second version has correlations in its place. It is taken for the same window.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  timeframe: 5m\n  condition: selection | count() by User > 5\n"),
	},
	{
		ID: "D0912", Title: "a value that versions of YAML read differently (warning)",
		When:  "A value without quotes is a number, a boolean or a time in one version of YAML and a text in another: 010, no, 1_000, 12:30.",
		Why:   "Two engines may hold different rules. Here it is the text that stands there.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    ProcessId: 010\n  condition: selection\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    ProcessId: '010'\n  condition: selection\n"),
	},
	{
		ID: "D0913", Title: "a part of Sigma that cannot be said",
		When:  "A rule uses parts of Sigma together that have no meaning together here.",
		Why:   "A guess would be worse. The message names the part.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition:\n    - selection\n    - selection | count() > 5\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\n"),
	},
	{
		ID: "D0914", Title: "a mapping that cannot be read",
		When:  "A source of a mapping has no name or no condition, a field has another type than in the schema, or the schema is not open.",
		Why:   "The hint shows the form.",
		Wrong: "import std.sigma\n\nmapping kitchen for any_event {\n  source product = \"toaster\"\n}\n",
		Right: "import std.sigma\n\nmapping kitchen for any_event {\n  source product = \"toaster\" where bread is not null\n}\n",
	},
	{
		ID: "D0915", Title: "a correlation without group-by (warning)",
		When:  "A correlation does not say which fields its events have in common.",
		Why:   "The specification asks for it. Without it, events of any user on any host count together; an empty list says that this is meant.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\nname: one\n---\ntitle: Many\ncorrelation:\n  type: event_count\n  rules: [one]\n  timespan: 5m\n  condition: {gte: 5}\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\nname: one\n---\ntitle: Many\ncorrelation:\n  type: event_count\n  rules: [one]\n  group-by: [User]\n  timespan: 5m\n  condition: {gte: 5}\n"),
	},
	{
		ID: "D0916", Title: "two Sigma rules of one name (warning)",
		When:  "Two documents have the same `name`.",
		Why:   "Correlations and filters refer to rules by it, and mean the first.",
		Wrong: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\nname: one\n---\n") + sigmaRule(sigmaWindows, "  selection:\n    Image: b\n  condition: selection\nname: one\n"),
		Right: sigmaRule(sigmaWindows, "  selection:\n    Image: a\n  condition: selection\nname: one\n---\n") + sigmaRule(sigmaWindows, "  selection:\n    Image: b\n  condition: selection\nname: other\n"),
	},
	{
		ID: "D0917", Title: "YAML that is no Sigma rule (note)",
		When:  "A document has none of the keys that rules, correlations and filters have.",
		Why:   "Folders of rules hold other YAML as well, such as the workflows of a build service. It is passed over.",
		Wrong: "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n",
	},
}
