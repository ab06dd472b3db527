package op

import "github.com/detlang/det/lang/types"

// tactics are the tactics of MITRE ATT&CK, version 16, in the order of its matrices:
// Enterprise, and what Mobile and ICS have besides.
var tactics = []string{
	"reconnaissance", "resource_development", "initial_access", "execution", "persistence", "privilege_escalation",
	"defense_evasion", "credential_access", "discovery", "lateral_movement", "collection", "command_and_control",
	"exfiltration", "impact",
	"evasion", "inhibit_response_function", "impair_process_control",
}

var risk = Spec{
	Name:  "risk",
	Doc:   "Says what an alert adds to the risk score of entities. Rules over `from risk` read it. It stands after `when`; whoever builds the alert reads the arguments, so it has no operator.",
	Parts: true,
	Head:  []Param{{Name: "score", Kind: Expr, Type: types.TNumber, Doc: "how much an alert adds"}},
	Clauses: []Clause{
		{Word: "on", Required: true, Params: []Param{{Name: "entity", Kind: Entity, Type: types.TAny, Many: true, Doc: "whose score rises, with its type: user(login_id)"}}, Doc: "whose score rises, with its type: user(login_id), host(device)"},
		{Word: "stage", Params: []Param{{Name: "tactic", Kind: Choice, Choices: tactics, Doc: "the ATT&CK tactic"}}, Doc: "the ATT&CK tactic that the alert is a sign of"},
		{Word: "category", Params: []Param{{Name: "category", Kind: Word, Doc: "a word of your own"}}, Doc: "a category of your own"},
		{Word: "cap", Params: []Param{{Name: "score", Kind: Const, Type: types.TFloat, Doc: "the most"}}, Doc: "the most that one alert may add"},
	},
}
