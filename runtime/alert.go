package runtime

import (
	"net/netip"
	"time"

	"github.com/detlang/det/lang/types"
)

// Alert is one alert of a rule. Its JSON form and the Arrow schema (see
// AlertSchema) have the same names; other programs rely on them.
type Alert struct {
	ID          string // from the rule, the key and the time: a replay gives the same
	Rule        string
	RuleID      string
	Level       string
	Title       string
	Time        int64 // microseconds
	HasWindow   bool
	WindowStart int64
	WindowEnd   int64
	Keys        []Named
	Values      []Named // everything the condition read
	Evidence    []Event // oldest first
	Attack      []string
	Risk        []Risk
	Suppressed  int64 // alerts of this rule and key held back before this one
	Partial     bool  // the input ended before the window did
}

// Named is a value with its name; Value is as vec.Vec.Value gives it.
type Named struct {
	Name  string
	Kind  types.Kind
	Value any
}

// Host is the value as expressions of expr-lang take it: times and durations as Go's,
// addresses as text, the others as they are.
func (n Named) Host() any {
	switch x := n.Value.(type) {
	case int64:
		switch n.Kind {
		case types.Timestamp:
			return time.UnixMicro(x).UTC()
		case types.Duration:
			return time.Duration(x) * time.Microsecond
		}
	case netip.Addr:
		return x.String()
	}
	return n.Value
}

// Event is one event behind an alert.
type Event struct {
	Source string
	Row    int64 // record number in the source, from 0
	Time   int64
	Fields []Named
}

// Risk is what an alert adds to the score of an entity.
type Risk struct {
	EntityType string
	Entity     string
	Score      float64
	Category   string
	Stage      string
}
