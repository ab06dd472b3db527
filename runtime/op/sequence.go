package op

import (
	"fmt"
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

var sequence = Spec{
	Name: "sequence",
	Doc: `Looks for events of one key that come one step after the other within a time, and gives one row a match: the key, window_start and window_end (the first and the last event), and of each step NAME how many events fitted it (NAME) and when the last of them came (NAME_time). Its rows fire without a "when".

"within 10m" is a window (t-10m, t] that ends at the last event. A step comes strictly later than the step before it, so events of one time never follow each other, whatever their order in the input, and an event serves one step of a match. "repeat 5" takes five events or more, which may be of one time. Events that fit no step are passed over.

After a match the key starts afresh: events up to then belong to no other match, unless "overlapping" is written. "any_order" wants enough events for every step within the time, whatever their order; an event then counts for each step that it fits.

"not" before the first step: no such event in its own "within" (that of the sequence unless given) before the first event of a match; what came before the input began is taken for quiet. "not" between two steps: no such event strictly between them. "not" behind the last step: no such event until its own "within" has passed since that step (that of the sequence unless given); the match is told when time has passed that point, and not at the end of the input. "until" ends what has begun with earlier events.

What is kept of a key does not grow with its events but for the events that fit a step, which are kept for the time of the sequence, 24 bytes each, and those that fit a "not" before the first, 16 bytes each for its time.`,
	Fresh: true,
	Fires: true,
	After: "its rows are windows already",
	Fits:  func(in Row) bool { return !in.Windowed },
	Clauses: []Clause{
		{Word: "by", Params: []Param{{Name: "key", Kind: Expr, Type: types.TAny, Many: true, Doc: "what the events of a match have in common"}}, Doc: "what the events of a match have in common; a step may find the same keys elsewhere: by user = target_user"},
		{Word: "within", Required: true, Params: []Param{{Name: "time", Kind: Const, Type: types.TDuration, Doc: "how long a match may take"}}, Doc: "how long a match may take, from its first event to its last"},
		{Word: "ordered", Doc: "one step after the other, as they are without a word"},
		{Word: "any_order", Doc: "the steps in whatever order"},
		{Word: "overlapping", Doc: "an event may belong to several matches; at most one a key and time is told"},
		{Word: "until", Params: []Param{{Name: "condition", Kind: Expr, Type: types.TBool, Doc: "an event that ends it"}}, Doc: "an event after which what was seen of the key before counts no more"},
		{Word: "max", Affects: Display, Params: []Param{{Name: "number", Kind: Const, Type: types.TInt, Doc: "how many keys"}}, Doc: "how many keys are held at a time, 10_000_000 unless given"},
		{Word: "keys", Affects: Display, Doc: "may follow the number of max"},
		{Word: "evidence", Affects: Display, Params: []Param{{Name: "events", Kind: Const, Type: types.TInt, Doc: "how many events"}}, Doc: "how many of the last events of a match an alert shows, 5 unless given"},
	},
	Block:  Steps,
	Output: sequenceOutput,
	New: func(in Row, a *Args) (runtime.Operator, error) {
		c, e := newCourse(a)
		if e != nil {
			return nil, e
		}
		return newSequences(in, a, c), nil
	},
}

// Limits of a sequence. A step is a bit of a mask; a level is 16 bytes a key or more.
const (
	maxSteps  = 20
	maxLevels = 1000
)

// timeSuffix makes the name of the column that tells when a step was seen.
const timeSuffix = "_time"

func sequenceOutput(_ Row, a *Args) (Row, *Error) {
	if _, e := newCourse(a); e != nil {
		return Row{}, e
	}
	if n := a.Float("max", defaultKeys); n < 1 || n > math.MaxInt32-1 {
		return Row{}, &Error{Code: BadClause, Clause: "max", Head: 0, Message: "max keys is a number from 1 to 2_147_483_646"}
	}
	if n := a.Float("evidence", 0); n < 0 || n > maxEvidence {
		return Row{}, &Error{Code: BadClause, Clause: "evidence", Head: 0, Message: fmt.Sprintf("an alert shows from 0 to %d events", maxEvidence)}
	}
	out := Row{}
	taken := map[string]bool{}
	add := func(col runtime.Column) *Error {
		if taken[col.Name] {
			return &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf("two columns are called %s", col.Name)}
		}
		taken[col.Name] = true
		out.Cols = append(out.Cols, col)
		return nil
	}
	for i, k := range a.Clauses["by"] {
		if k.Type.Kind == types.List {
			return Row{}, &Error{Code: BadClause, Clause: "by", Head: i, Message: "a list is no key", Hint: "group by one of its elements, or by join(list, \",\")"}
		}
		out.Keys = append(out.Keys, len(out.Cols))
		if e := add(runtime.Column{Name: k.Name, Type: k.Type}); e != nil {
			return Row{}, e
		}
	}
	cols := []runtime.Column{{Name: startColumn, Type: types.TTimestamp}, {Name: endColumn, Type: types.TTimestamp}}
	count := types.TInt
	count.Unit.Per = a.Duration("within", 0)
	for _, s := range a.Steps {
		if !s.Not {
			cols = append(cols, runtime.Column{Name: s.Name, Type: count}, runtime.Column{Name: s.Name + timeSuffix, Type: types.TTimestamp})
		}
	}
	for _, col := range cols {
		if e := add(col); e != nil {
			return Row{}, e
		}
	}
	return out, nil
}
