package lsp

import "github.com/detlang/det/lang/sigma"

// sigmaKey is a key of Sigma's YAML: what it is about, and its values where those
// are few.
type sigmaKey struct {
	name, doc string
	choices   []string
}

// sigmaKeys are the keys of specification 2.1, by where they stand: at the top of a
// document, or in the mapping of that name.
var sigmaKeys = map[string][]sigmaKey{
	"": {
		{"title", "What the rule finds, in a few words.", nil},
		{"id", "What tells the rule from all others, for good: a UUID.", nil},
		{"name", "What correlations call the rule.", nil},
		{"related", "Rules that this one replaces, was made from, or resembles.", nil},
		{"status", "How ripe the rule is.", []string{"stable", "test", "experimental", "deprecated", "unsupported"}},
		{"description", "What the rule finds, and why that matters.", nil},
		{"license", "Under which license the rule may be used, as SPDX has it.", nil},
		{"references", "Where to read more: links.", nil},
		{"author", "Who wrote the rule.", nil},
		{"date", "When the rule was written: 2024-03-01.", nil},
		{"modified", "When the rule was last changed: 2024-03-01.", nil},
		{"logsource", "Which events the rule is about, by category, product and service.", nil},
		{"detection", "Selections, and a condition over them.", nil},
		{"fields", "What an analyst wants to see of the event.", nil},
		{"falsepositives", "What else looks like this.", nil},
		{"level", "How bad it is.", []string{"informational", "low", "medium", "high", "critical"}},
		{"tags", "Techniques and tactics of ATT&CK (attack.t1059, attack.execution), and others by their namespace.", nil},
		{"scope", "Whom the rule is meant for.", nil},
		{"taxonomy", "Which names of fields the rule uses.", nil},
		{"correlation", "How often, or in which order, other rules fire.", nil},
		{"filter", "What the rules that it names leave out.", nil},
	},
	"logsource": {
		{"category", "The kind of event, whichever product tells of it: process_creation.", nil},
		{"product", "Whose events those are: windows.", nil},
		{"service", "Which log of the product: security.", nil},
		{"definition", "What must be logged for the rule to see anything.", nil},
	},
	"detection": {
		{"condition", "Which selections must hold: `selection and not 1 of filter_*`.", nil},
		{"timeframe", "How far a condition that counts looks back: 5m.", nil},
	},
	"correlation": {
		{"type", "What is compared with the condition.", sigma.CorrelationTypes()},
		{"rules", "The rules that are read, by id or name.", nil},
		{"group-by", "Whose events are taken together.", nil},
		{"timespan", "How far the correlation looks back: 15m.", nil},
		{"condition", "What the number is compared with, or which rules must have fired.", nil},
		{"aliases", "One name for fields that rules call differently.", nil},
		{"generate", "Whether the rules that are read send alerts of their own.", []string{"true", "false"}},
	},
	"correlation condition": {
		{"gt", "more than", nil}, {"gte", "as many, or more", nil}, {"lt", "less than", nil}, {"lte", "as many, or less", nil},
		{"eq", "exactly", nil}, {"neq", "anything but", nil},
		{"field", "The field whose values are counted or added up.", nil},
		{"percentile", "Which percentile of the values, from 0 to 100.", nil},
	},
	"filter": {
		{"rules", "The rules that are filtered, by id or name; any for all of the log source.", nil},
		{"selection", "What is left out.", nil},
		{"condition", "When a rule that it is for may fire: `not selection`.", nil},
	},
}

// conditionWords are what a condition is made of beside its selections.
var conditionWords = []sigma.Word{
	{Name: "and", Doc: "Both must hold."},
	{Name: "or", Doc: "One of both must hold."},
	{Name: "not", Doc: "Holds where the other does not, also where its field is missing."},
	{Name: "1 of", Doc: "One of the selections whose name fits: `1 of selection_*`."},
	{Name: "all of", Doc: "All selections whose name fits: `all of selection_*`."},
	{Name: "them", Doc: "All selections but those that start with _: `1 of them`."},
}

// tagNamespaces are those of the specification.
var tagNamespaces = []sigma.Word{
	{Name: "attack.", Doc: "MITRE ATT&CK"}, {Name: "car.", Doc: "MITRE Cyber Analytics Repository"}, {Name: "cve.", Doc: "A vulnerability"},
	{Name: "d3fend.", Doc: "MITRE D3FEND"}, {Name: "tlp.", Doc: "Traffic Light Protocol"}, {Name: "stp.", Doc: "Summiting the Pyramid"},
	{Name: "detection.dfir", Doc: "For forensics"}, {Name: "detection.emerging-threats", Doc: "For one threat of the day"},
	{Name: "detection.threat-hunting", Doc: "Broad, for hunting"},
}
