package lang

import (
	"strings"
	"unicode"

	"github.com/detlang/det/lang/diag"
)

// place is a set of the kinds of text in which a clause word is one.
type place uint16

const (
	inRule place = 1 << iota
	inModel
	inSchema
	inTable
	inTest
	inMapping
	inHead // between a declaration's name and its {
)

// word is a clause word. It takes arguments unless it is a Flag. A Function is
// also the name of a function, so `min(` starts an operand.
type word struct {
	Text     string
	In       place
	Flag     bool
	Function bool
	Doc      string
}

// clauseTable is the closed list of words that start a clause. In the places that
// a row names, and where a clause may stand, the word is never a name; in
// backquotes it always is. Few words are clauses in schemas and tables, because
// fields have such names.
var clauseTable = []word{
	{Text: "of", In: inRule | inModel | inTest, Doc: "the value that a baseline or a peer group is about"},
	{Text: "by", In: inRule | inModel | inTest, Doc: "the keys that tell groups apart"},
	{Text: "over", In: inRule | inModel | inTest, Doc: "how much history, or how long"},
	{Text: "every", In: inRule | inModel | inTest, Doc: "the step of a hopping window, of training, of given events"},
	{Text: "at", In: inRule | inModel | inTest, Doc: "the season of a baseline; the time of an expected alert"},
	{Text: "min", In: inRule | inModel, Function: true, Doc: "the fewest samples that count"},
	{Text: "max", In: inRule | inModel, Function: true, Doc: "the bound of what is kept"},
	{Text: "within", In: inRule | inTest, Doc: "the longest time between the first and the last"},
	{Text: "on", In: inRule, Doc: "the entity that a risk is about; the key of a look-up"},
	{Text: "stage", In: inRule, Doc: "the ATT&CK tactic of a risk"},
	{Text: "category", In: inRule, Doc: "the category of a risk"},
	{Text: "per", In: inRule | inTest, Function: true, Doc: "what each is counted once for"},
	{Text: "below", In: inRule, Doc: "an upper bound"},
	{Text: "above", In: inRule, Doc: "a lower bound"},
	{Text: "repeat", In: inRule | inTest, Doc: "how often a step must be seen"},
	{Text: "after", In: inRule, Doc: "how long is learned before anything is told"},
	{Text: "until", In: inRule | inTest, Doc: "what ends a wait; when given events end"},
	{Text: "fill", In: inRule, Doc: "what a period without events counts as"},
	{Text: "floor", In: inRule, Function: true, Doc: "the smallest deviation that is divided by"},
	{Text: "decay", In: inRule | inModel, Doc: "the time in which old samples lose half their weight"},
	{Text: "half_life", In: inRule | inModel, Doc: "the same, of a score"},
	{Text: "exclude", In: inRule | inModel, Doc: "what is left out of a sample"},
	{Text: "zone", In: inRule, Doc: "the time zone that windows are aligned to"},
	{Text: "as", In: inRule | inModel | inHead, Doc: "another name for what goes before"},
	{Text: "keep", In: inRule, Doc: "how much is kept"},
	{Text: "cap", In: inRule, Function: true, Doc: "the most that one contributes"},
	{Text: "to", In: inRule, Doc: "the end of a range"},
	{Text: "with", In: inRule | inModel | inTest, Doc: "what goes along"},
	{Text: "key", In: inRule | inHead, Doc: "the column that rows are found by"},
	{Text: "starting", In: inRule, Doc: "where aligned windows start"},
	{Text: "evidence", In: inRule, Doc: "how many events an alert keeps"},
	{Text: "joins", In: inRule, Doc: "what a group is joined with"},
	{Text: "rule", In: inRule | inModel, Doc: "the rule whose alerts are read"},
	{Text: "from", In: inSchema | inTable | inTest | inMapping | inHead, Doc: "where it comes from: a name in the data, a file, a time"},
	{Text: "one_of", In: inSchema | inTable, Doc: "the only values that a field has"},
	{Text: "where", In: inMapping | inHead, Doc: "the events of a log source; the log source that a mapping is for"},
	{Text: "doc", In: inSchema | inTable, Doc: "what a field means"},
	{Text: "for", In: inTest | inHead, Doc: "the rule that is meant; how long"},
	{Text: "poisson", In: inTest, Function: true, Doc: "how many events there are by chance"},
	{Text: "late", In: inTest, Doc: "how long after its time an event is delivered"},
	{Text: "because", In: inTest, Doc: "the reason for silence"},
	{Text: "time", In: inHead, Doc: "the field that holds the event time"},

	{Text: "sliding", In: inRule, Flag: true, Doc: "a window that ends at each event"},
	{Text: "session", In: inRule, Flag: true, Doc: "a window that ends after a gap"},
	{Text: "tumbling", In: inRule, Flag: true, Doc: "windows side by side"},
	{Text: "early", In: inRule, Flag: true, Doc: "as soon as the condition holds"},
	{Text: "robust", In: inRule, Flag: true, Doc: "with median and MAD"},
	{Text: "keys", In: inRule, Flag: true, Doc: "the unit of max"},
	{Text: "ordered", In: inRule, Flag: true, Doc: "in the order given"},
	{Text: "any_order", In: inRule, Flag: true, Doc: "in whatever order"},
	{Text: "global", In: inRule, Flag: true, Doc: "for all keys together"},
	{Text: "overlapping", In: inRule, Flag: true, Doc: "matches that share events"},
	{Text: "open", In: inHead, Flag: true, Doc: "other fields are admitted, as strings"},
	{Text: "optional", In: inRule | inSchema | inTable, Flag: true, Doc: "may be missing"},
	{Text: "empty", In: inRule, Flag: true, Doc: "groups without events as well"},
	{Text: "else", In: inTest, Flag: true, Doc: "beside what was expected before"},
	{Text: "shuffled", In: inTest, Flag: true, Doc: "delivered in any order"},
	{Text: "alerts", In: inTest, Flag: true, Doc: "the unit of an expected number"},
}

// clauses finds a row of clauseTable by its text.
var clauses = byText(clauseTable)

func byText(table []word) map[string]*word {
	m := make(map[string]*word, len(table))
	for i := range table {
		m[table[i].Text] = &table[i]
	}
	return m
}

// declarations are the words that start one, with the place that their body is;
// zero for those without a body.
var declarations = map[string]place{
	"import": 0, "const": 0, "list": 0, "fn": 0,
	"schema": inSchema, "table": inTable, "rule": inRule, "test": inTest, "model": inModel, "filter": inRule, "mapping": inMapping,
}

// declarationNames are the same words, for hints.
var declarationNames = []string{"import", "schema", "list", "table", "const", "fn", "model", "rule", "filter", "test", "mapping"}

// nearestDeclaration is the declaration that a misspelt word most likely means.
func nearestDeclaration(name string) (string, bool) { return diag.Nearest(name, declarationNames) }

// operatorWords stand between two operands. not counts where in follows.
var operatorWords = map[string]bool{
	"or": true, "and": true, "in": true, "is": true,
	"contains": true, "startswith": true, "endswith": true, "like": true, "matches": true,
}

// textOperators may be followed by any or all, and by cased.
var textOperators = map[string]bool{
	"contains": true, "startswith": true, "endswith": true, "like": true, "matches": true,
}

// reserved reports whether a word means something in every expression, so that a
// name spelt so needs backquotes.
func reserved(s string) bool {
	return operatorWords[s] || s == "not" || s == "true" || s == "false" || s == "null"
}

// placeNames are what a set of places prints as.
var placeNames = []struct {
	place place
	name  string
}{{inRule, "rule"}, {inModel, "model"}, {inSchema, "schema"}, {inTable, "table"}, {inTest, "test"}, {inMapping, "mapping"}, {inHead, "head"}}

func (p place) String() string {
	var names []string
	for _, n := range placeNames {
		if p&n.place != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " ")
}

// plainName reports whether a name can be written without backquotes wherever no
// clause word may stand.
func plainName(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !inWord(r)) {
			return false
		}
	}
	return s != "" && !reserved(s)
}
