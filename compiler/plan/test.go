package plan

import (
	"time"

	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
)

// Test is a checked test: events that are given to a rule by a clock of its own,
// and what is expected of it.
type Test struct {
	Title string
	Rule  *Rule
	Start time.Time
	// End is where the clock is moved to at the end, from Start on; 0 leaves it at
	// the last event.
	End time.Duration
	// Lateness, where set, delivers the events as a stream in which later ones are
	// set aside; nil delivers them as a file.
	Lateness *time.Duration
	Seed     uint64
	Givens   []*Given
	Restarts []time.Duration // from Start on, ascending
	Expects  []*Expect
	At       source.Span
}

// Given is a group of events. All times are from the start of the test on.
type Given struct {
	Schema *types.Schema
	// Count events are spread evenly over Over; or there is one every Every, or
	// Poisson of them every Per by chance, until From + For.
	Count   int64
	Over    time.Duration
	Every   time.Duration
	Poisson float64
	Per     time.Duration
	From    time.Duration
	For     time.Duration
	// Late is how long after its time an event is delivered, Repeat how often.
	Late     time.Duration
	Repeat   int64
	Shuffled bool
	Fields   []GivenField
	// File is a file of events whose times are its own; Data is its content.
	File string
	Data []byte
	At   source.Span
}

// GivenField is a field of given events: a value, or what to draw for each.
type GivenField struct {
	Name  string
	Value Expr // over N, the number of the event in its group from 0
	Draw  *Draw
	At    source.Span
}

// Draw is a value that differs from event to event by chance.
type Draw struct {
	Kind string // pick, uniform, normal, poisson
	Args []any
}

// eventNumber is the one column over which the values of given events are computed.
var eventNumber = &Column{Name: "n", Type: types.TInt}

// Schemas are the schemas whose events a source has.
func (s *Source) Schemas() []*types.Schema {
	if s.Schema != nil {
		return []*types.Schema{s.Schema}
	}
	return s.Union
}

// EventNumber is the column n of given events.
func EventNumber() *Column { return eventNumber }

// Expect is one expectation.
type Expect struct {
	// Kind is alert (one that matches), alerts (Count that match), none, else (no
	// others than those expected before), or that (the expression holds).
	Kind   string
	Count  int64
	At     *time.Duration // from the start of the test on
	Within time.Duration  // how far from At it may be
	Reason string         // because
	Conds  []ExpectCond
	That   string // an expression of expr-lang over alerts
	Span   source.Span
}

// ExpectCond is a condition on the names of an alert: an equality where Name is
// set, else an expression of expr-lang.
type ExpectCond struct {
	Name  string
	Value any
	Text  string
	At    source.Span
}

// Closure are the rules of a set that a rule's alerts depend on, itself among
// them, in the order of the set: those whose alerts it reads, and for a rule over
// risk all that add to it.
func Closure(r *Rule, set []*Rule) []*Rule {
	need := map[*Rule]bool{}
	var add func(*Rule)
	add = func(r *Rule) {
		if need[r] {
			return
		}
		need[r] = true
		for _, up := range r.From.Rules {
			add(up)
		}
		if r.From.Risk {
			for _, other := range set {
				if len(other.Alert.Risk) > 0 {
					add(other)
				}
			}
		}
	}
	add(r)
	var out []*Rule
	for _, x := range set {
		if need[x] {
			out = append(out, x)
		}
	}
	return out
}
