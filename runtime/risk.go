package runtime

import (
	"strconv"

	"github.com/detlang/det/lang/types"
)

// RiskEvent is what an alert adds to the score of one entity: a row of the stream of
// risk, and of a ledger that is read back as one.
type RiskEvent struct {
	ID         string // of the alert, and which of its contributions this is
	Time       int64
	EntityType string
	Entity     string
	Score      float64
	Category   string
	Stage      string
	Attack     []string
	Alert      string // id
	Rule       string
	RuleID     string
	Level      string
	Source     string // what the rule reads
}

// RiskEvents are the contributions of an alert of a rule that reads the given source.
// Equal alerts have equal ones, so adding them again can be told from adding more.
func (a *Alert) RiskEvents(source string) []RiskEvent {
	var out []RiskEvent
	for i, k := range a.Risk {
		out = append(out, RiskEvent{
			ID: a.ID + "-" + strconv.Itoa(i), Time: a.Time,
			EntityType: k.EntityType, Entity: k.Entity, Score: k.Score, Category: k.Category, Stage: k.Stage,
			Attack: a.Attack, Alert: a.ID, Rule: a.Rule, RuleID: a.RuleID, Level: a.Level, Source: source,
		})
	}
	return out
}

// RiskStream is the name of the stream of risk, as an input too.
const RiskStream = "risk"

// RiskID is the column by which a contribution is known.
const RiskID = "id"

// riskFields are the columns of the stream of risk, each with its value.
var riskFields = []struct {
	name     string
	kind     types.Type
	optional bool
	doc      string
	value    func(e *RiskEvent) any
}{
	{"time", types.TTimestamp, false, "of the alert", func(e *RiskEvent) any { return e.Time }},
	{"entity_type", types.TString, false, "user, host …", func(e *RiskEvent) any { return e.EntityType }},
	{"entity", types.TString, false, "whose score rises", func(e *RiskEvent) any { return e.Entity }},
	{"score", types.TFloat, false, "by how much", func(e *RiskEvent) any { return e.Score }},
	{"category", types.TString, true, "a word of the rule's own", func(e *RiskEvent) any { return text(e.Category) }},
	{"stage", types.TString, true, "the ATT&CK tactic", func(e *RiskEvent) any { return text(e.Stage) }},
	{"attack", types.ListOf(types.String), true, "the ATT&CK ids of the rule", func(e *RiskEvent) any { return list(e.Attack) }},
	{"rule", types.TString, false, "whose alert it was", func(e *RiskEvent) any { return e.Rule }},
	{"rule_id", types.TString, true, "the id of that rule", func(e *RiskEvent) any { return text(e.RuleID) }},
	{"level", types.TString, false, "of the alert", func(e *RiskEvent) any { return e.Level }},
	{"source", types.TString, true, "what that rule reads", func(e *RiskEvent) any { return text(e.Source) }},
	{"alert", types.TString, true, "the id of the alert", func(e *RiskEvent) any { return text(e.Alert) }},
	{RiskID, types.TString, true, "of this contribution: one that comes again counts once", func(e *RiskEvent) any { return text(e.ID) }},
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func list(texts []string) any {
	if len(texts) == 0 {
		return nil
	}
	out := make([]any, len(texts))
	for i, s := range texts {
		out[i] = s
	}
	return out
}

// RiskSchema is the schema of the stream of risk.
func RiskSchema() *types.Schema {
	s := &types.Schema{Name: RiskStream, Doc: "What alerts add to the scores of entities.", Time: "time"}
	for _, f := range riskFields {
		s.Fields = append(s.Fields, types.Field{Name: f.name, Type: f.kind, Optional: f.optional, Doc: f.doc})
	}
	return s
}

// Value is a column of the stream of risk, as vec.Vec.Value gives it; nil where it
// is missing, or no such column.
func (e *RiskEvent) Value(column string) any {
	for _, f := range riskFields {
		if f.name == column {
			return f.value(e)
		}
	}
	return nil
}
