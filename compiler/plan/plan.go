// Package plan holds checked rules: what will run, before it is turned into
// operators. Every node keeps the place it came from. The package knows no Arrow.
package plan

import (
	"strings"

	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
)

// Set is a checked rule set. Rules stand in an order in which each comes after
// the rules whose alerts it reads.
type Set struct {
	Rules   []*Rule
	Schemas []*types.Schema // of the sources that rules read, in order of first use
	Tests   []*Test
}

// Rule is one checked rule: metadata, the stream it reads, its stages in order,
// and what its alerts show.
type Rule struct {
	Name   string
	Meta   Meta
	Params []string // the names of its parameters
	From   Source
	Stages []*Stage
	// Fork, where set, says that the rule shares its first stages with another one.
	Fork  *Fork
	Alert Alert
	Logs  *LogSource // what the rule names with logsource(…), nil for nothing
	At    source.Span

	written *Rule // see Written
}

// LogSource is a log source and the condition of its events.
type LogSource struct {
	Name string
	Cond Expr
}

// Fork says that the first Stages of a rule are those of another one, which runs
// them for both. The last of them keeps state.
type Fork struct {
	Of     *Rule
	Stages int
}

// Meta is a rule's metadata.
type Meta struct {
	Title          string
	ID             string
	Level          string
	Status         string
	Description    string
	Author         string
	Date           string
	Modified       string
	License        string
	Attack         []string
	Tags           []string
	References     []string
	FalsePositives []string
	// Muted says that the rule sends no alerts: it is there for the rules that read
	// it, and for risk.
	Muted bool
}

// Source is what a rule reads: events of one schema, or of several as one stream,
// the alerts of rules, or the stream of risk. Columns are those that the rule uses,
// in order of first use.
type Source struct {
	Schema  *types.Schema
	Union   []*types.Schema // from a, b: two or more; of risk, the schema of ledgers
	Rules   []*Rule         // from rule x, y
	Risk    bool            // from risk
	Columns []*Column
	At      source.Span
}

// Name is the name of the stream, as it stands behind from.
func (s *Source) Name() string {
	var names []string
	switch {
	case s.Risk:
		return "risk"
	case s.Schema != nil:
		return s.Schema.Name
	case len(s.Rules) > 0:
		for _, r := range s.Rules {
			names = append(names, r.Name)
		}
		return "rule " + strings.Join(names, ", ")
	}
	for _, u := range s.Union {
		names = append(names, u.Name)
	}
	return strings.Join(names, ", ")
}

// Column is a column of a row. Its identity is the pointer.
type Column struct {
	Name string
	Type types.Type
	Enum []string // the values it can have, where the schema says
	// Optional is false only where the schema promises a value.
	Optional bool
	// Carried says that only rules over the alerts name it.
	Carried bool
	// Variant is the column of the stream that has the values, where the rule's log
	// source has a mapping of its own; "" for that of Name.
	Variant string
	// Late is what a row costs of a column that is made when it is read: see
	// runtime.Column.
	Late int
	At   source.Span
}

// Read is what the column of the stream is called that has the values.
func (c *Column) Read() string {
	if c.Variant != "" {
		return c.Variant
	}
	return c.Name
}

// Stage is one step of a rule that does something to rows. Cond is set for where
// and when. For the others Inputs are the expressions that the stage computes
// with, and a Col in Args is an index into them.
type Stage struct {
	Spec   *op.Spec
	Cond   Expr
	Inputs []Expr
	Args   *op.Args
	Fresh  bool
	Before int       // columns of the row that flows in
	Out    []*Column // the row that flows out
	Row    op.Row    // the same, as the operator declares it
	At     source.Span
}

// Alert says what the alerts of a rule show.
type Alert struct {
	Keys     []Output
	Values   []Output
	Evidence []Output // of a rule without a window: the event's fields
	// Carried are further fields of what the rule reads that rules over its alerts
	// name. Nobody else sees them.
	Carried []Output
	Risk    []Risk
	// Suppressed is the column that counts what throttle held back, or nil.
	Suppressed *Column
}

// Names are the names that a title may use, with their types: keys, values, and
// the fields of the event of a rule without a window.
func (a *Alert) Names() map[string]types.Type {
	names := map[string]types.Type{}
	for _, list := range [][]Output{a.Evidence, a.Values, a.Keys} {
		for _, o := range list {
			names[o.Name] = o.X.Type()
		}
	}
	return names
}

// Output is a named expression over the last row.
type Output struct {
	Name string
	X    Expr
}

// Risk is one contribution of risk.
type Risk struct {
	EntityType string
	Entity     Expr
	Score      Expr
	Category   string
	Stage      string
	Cap        float64 // 0 is none
}

// Placed are the arguments as the operator gets them: a Col is an index into the
// columns that it sees, which are the Before columns of the row and the inputs
// behind them, or the inputs alone where the stage regroups rows.
func (s *Stage) Placed() *op.Args {
	a := *s.Args
	if s.Fresh {
		return &a
	}
	place := func(args []op.Arg) []op.Arg {
		out := append([]op.Arg(nil), args...)
		for i := range out {
			if out[i].Col >= 0 {
				out[i].Col += s.Before
			}
		}
		return out
	}
	a.Head = place(a.Head)
	a.Clauses = make(map[string][]op.Arg, len(s.Args.Clauses))
	for word, args := range s.Args.Clauses {
		a.Clauses[word] = place(args)
	}
	return &a
}
