// Package engine runs compiled rules over streams of batches: it puts rows in
// order, keeps the clock, feeds every rule, and gives their alerts.
package engine

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/eval"
	"github.com/detlang/det/runtime/match"
)

// Program is a rule set ready to run. It holds the state of its operators, so it
// serves one Engine.
type Program struct {
	Streams []*Stream // of events, one a schema
	Rules   []*Rule   // each after the rules that it reads
}

// Stream is one stream of events, which all rules over a schema share: its
// columns are those that any of them reads, and its graph holds each of their
// expressions once.
type Stream struct {
	Name    string
	Columns []runtime.Column
	// Plain gives the names under which hosts have columns, where that of the column
	// says which events it is read for.
	Plain map[string]string
	Time  int // index of the event time
	Graph *eval.Graph
	// Index, where not nil, judges the first conditions of the rules that have a
	// number in it, all at once.
	Index *match.Index
	// Timeless says that events may lack their time. Those that do are seen by the
	// rules that look at single events, as if they were of 1970.
	Timeless bool
	// Logs are the log sources that rules name, each once.
	Logs []LogSource
	// Stateful says that a rule keeps state, so rows must come in order of time.
	Stateful bool
	// Fingerprints tell what saved rows of the stream are, and each of its columns.
	Fingerprints func() (source Fingerprint, columns []Fingerprint)
}

// LogSource is a log source: its name, the condition of its events, and the rules
// that name it.
type LogSource struct {
	Name  string
	Cond  eval.ID
	Rules []int
}

// Rule is one compiled rule. It reads an event stream (Stream ≥ 0), several of them
// as one (Union), the alerts of rules (Upstream), or the stream of risk.
type Rule struct {
	Name     string
	ID       string
	Level    string
	Title    *eval.Title
	Attack   []string
	Stream   int
	Union    []Member
	Upstream []int
	Risk     bool
	Source   string           // the name of what it reads
	Muted    bool             // its alerts go to the rules that read them, and nowhere else
	Columns  []runtime.Column // of a stream that is not the events of one schema
	Segments []*Segment
	// Indexed is the number of the first segment's filter in the stream's index, -1
	// if it is not there. The filter itself may be None then, if the index can
	// judge it alone.
	Indexed int
	Alert   Alert
	// Fork, where not nil, is the segment whose rows the rule takes beside the rule
	// that it belongs to.
	Fork *Fork
	// Split says how the rule is divided among workers, if there are any.
	Split Split
	// Fingerprints tell which saved state belongs to the rule as it stands. They are
	// asked for where state is saved or loaded.
	Fingerprints func() RuleFingerprints
}

// Member is one stream of a union: where each of the union's columns is found in it.
type Member struct {
	Stream  int
	Columns []int // of the stream; or Absent, StreamName
}

// What a column of a union may be instead of one of the stream.
const (
	Absent     = -1 // the stream does not have it
	StreamName = -2 // the name of the stream
)

// Segment is a stretch of a rule over one row: what is kept of a batch, what is
// computed from it, and the operator that it goes to. The last segment has no
// operator: its rows are alerts.
type Segment struct {
	Stage  string
	Graph  *eval.Graph
	Filter eval.ID // None where all rows go on
	Tests  []Test  // what Filter joins, in order
	// Watched are the conditions that Options.Watch is told of; few programs have any.
	Watched []Watched
	Inputs  []eval.ID
	Fresh   bool // the operator sees the inputs alone, not the row before them
	Op      runtime.Operator
	// At is where the stage stands in the rule's plan; for the last segment it is the
	// number of stages. Row are the columns that flow in, of a rule over events only
	// behind its first operator, and Given those that the operator sees.
	At         int
	Row, Given []runtime.Column
	// Drop is how many columns at the end of what the operator gives are its inputs
	// only, and do not flow on.
	Drop int
}

// Fork is a segment of a rule that stands before.
type Fork struct{ Rule, Segment int }

// Watched is a single condition of a stage, by its number there.
type Watched struct {
	ID        eval.ID
	Stage     int // of the plan
	Condition int
}

// Test is one condition of a rule: a where, or the when of a rule whose events
// fire by themselves.
type Test struct {
	ID   eval.ID
	At   int // stage of the plan
	When bool
}

// None is no expression.
const None eval.ID = -1

// Output is a named value of an alert.
type Output struct {
	Name string
	Kind types.Kind
	ID   eval.ID
}

// Alert says what alerts show, as expressions over the last segment's row.
type Alert struct {
	Keys       []Output
	Values     []Output
	Evidence   []Output // of the event itself, for rules without a window
	Carried    []Output // what only the rules that read the alerts see
	Risk       []Risk
	Suppressed eval.ID
}

// Risk is one contribution of risk.
type Risk struct {
	EntityType string
	Category   string
	Stage      string
	Entity     eval.ID
	Score      eval.ID
	Cap        float64 // the most that one alert adds; 0 is no bound
}
