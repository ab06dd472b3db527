package op

import (
	"fmt"
	"math"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

var window = Spec{
	Name: "window",
	Doc: `Groups rows by key and by time, and gives one row a key and window: the key, window_start, window_end and the aggregates of the block.

Windows are tumbling unless a word says otherwise: "every" makes them hop, "sliding" ends one at each event, "session" ends one when its key has been quiet for the length, and "all" is one window over everything. Fixed windows hold [start, end) and are judged when time has passed their end; a sliding window holds (t-length, t] and is judged at its event, when all events of that time are in. Windows that are still open when the input ends are judged as they stand, and marked partial.

A row whose key is missing joins no group. It is counted, as are the rows of new keys when max keys are in use.`,
	Fresh: true,
	After: "its rows are windows already",
	Fits:  func(in Row) bool { return !in.Windowed },
	Head: []Param{{
		Name: "length", Kind: Const, Type: types.TDuration, Choices: []string{"all"},
		Doc: "how long a window is; for sessions, the gap that ends one",
	}},
	Clauses: []Clause{
		{Word: "by", Params: []Param{{Name: "key", Kind: Expr, Type: types.TAny, Many: true, Doc: "what rows are grouped by"}}, Doc: "what rows are grouped by; without it all rows are one group"},
		{Word: "every", Params: []Param{{Name: "step", Kind: Const, Type: types.TDuration, Doc: "the time from one start to the next"}}, Doc: "starts a window this often: hopping windows, which overlap"},
		{Word: "tumbling", Doc: "windows follow one another, as they do without a word"},
		{Word: "sliding", Doc: "a window ends at each event of its key"},
		{Word: "session", Doc: "a window goes on until its key has been quiet for the length"},
		{Word: "early", Doc: "judges the running values at each event, and fires at the first moment, at most once a key and window"},
		{Word: "empty", Doc: "gives keys without events a row as well, from their first event on, until they had none for 1,000 windows: their counts are 0. A window that the end of the input cuts has no such rows"},
		{Word: "zone", Params: []Param{{Name: "zone", Kind: Const, Type: types.TString, Doc: "the name of a time zone"}}, Doc: "aligns fixed windows to the clock of a time zone, such as \"Europe/Zurich\""},
		{Word: "max", Affects: Display, Params: []Param{{Name: "number", Kind: Const, Type: types.TInt, Doc: "how many keys"}}, Doc: "how many keys are held at a time, 10_000_000 unless given"},
		{Word: "keys", Affects: Display, Doc: "may follow the number of max"},
		{Word: "evidence", Affects: Display, Params: []Param{{Name: "events", Kind: Const, Type: types.TInt, Doc: "how many events"}}, Doc: "how many of the last events of a group an alert shows, 5 unless given"},
	},
	Block:  Aggregates,
	Output: windowOutput,
	New: func(in Row, a *Args) (runtime.Operator, error) {
		f, e := newFrame(a)
		if e != nil {
			return nil, e
		}
		if f.early {
			return newEarly(in, a, f)
		}
		switch f.shape {
		case sliding:
			return newSliding(in, a, f)
		case session:
			return newSession(in, a, f)
		}
		return newFixed(in, a, f)
	},
}

// shape is how windows lie in time.
type shape uint8

const (
	tumbling shape = iota
	hopping
	whole // one window over everything
	sliding
	session
)

// frame is what the arguments of a window say about it.
type frame struct {
	shape shape
	size  time.Duration // of a session, the gap
	every time.Duration // of fixed windows
	zone  string
	early bool
	empty bool // keys without events as well
	max   int
	keep  int // events of evidence
}

// Limits of a window's arguments.
const (
	maxPanes    = 10_000 // steps in a hopping window
	maxEvidence = 100
)

// newFrame reads the arguments of a window, and refuses those that do not go
// together.
func newFrame(a *Args) (frame, *Error) {
	f := frame{early: a.Has("early"), empty: a.Has("empty"), max: defaultKeys, keep: a.Keep}
	head := a.Head[0]
	d, _ := head.Const.(time.Duration)
	f.size, f.every = d, a.Duration("every", d)
	var words []string
	for _, w := range []struct {
		word  string
		shape shape
	}{{"tumbling", tumbling}, {"every", hopping}, {"sliding", sliding}, {"session", session}} {
		if a.Has(w.word) {
			words = append(words, w.word)
			f.shape = w.shape
		}
	}
	if head.Name == "all" {
		words = append([]string{"all"}, words...)
		f.shape, f.size, f.every = whole, 0, 0
	}
	if len(words) > 1 {
		return f, &Error{Code: Conflict, Clause: words[1], Head: -1, Message: fmt.Sprintf("a window is either %s or %s", words[0], words[1])}
	}
	if f.shape == hopping && f.every == f.size {
		f.shape = tumbling
	}
	if f.shape == sliding || f.shape == session {
		f.every = 0
	}
	if e := f.lengths(); e != nil {
		return f, e
	}
	if z := a.Clauses["zone"]; len(z) > 0 {
		f.zone, _ = z[0].Const.(string)
		if f.every == 0 {
			return f, &Error{Code: Conflict, Clause: "zone", Head: -1, Message: "only tumbling and hopping windows are aligned to a time zone"}
		}
		if _, err := time.LoadLocation(f.zone); err != nil {
			return f, &Error{Code: BadClause, Clause: "zone", Head: 0, Message: fmt.Sprintf("there is no time zone %q", f.zone), Hint: `zones are named as in "Europe/Zurich" or "America/New_York"`}
		}
	}
	if f.early && (f.shape == sliding || f.shape == whole) {
		return f, &Error{Code: Conflict, Clause: "early", Head: -1, Message: "early belongs to tumbling, hopping and session windows", Hint: "a sliding window is judged at every event as it is"}
	}
	if f.empty && (f.every == 0 || f.early) {
		return f, &Error{Code: Conflict, Clause: "empty", Head: -1, Message: "empty belongs to tumbling and hopping windows that are judged when they close"}
	}
	if f.max = int(a.Float("max", defaultKeys)); f.max < 1 || f.max > math.MaxInt32-1 {
		return f, &Error{Code: BadClause, Clause: "max", Head: 0, Message: "max keys is a number from 1 to 2_147_483_646"}
	}
	if n := a.Float("evidence", 0); n < 0 || n > maxEvidence || f.keep < 0 || f.keep > maxEvidence {
		return f, &Error{Code: BadClause, Clause: "evidence", Head: 0, Message: fmt.Sprintf("an alert shows from 0 to %d events", maxEvidence)}
	}
	return f, nil
}

// lengths refuses lengths that make no windows.
func (f *frame) lengths() *Error {
	if f.shape == whole {
		return nil
	}
	if f.size < time.Microsecond || f.size%time.Microsecond != 0 {
		return &Error{Code: BadClause, Head: 0, Message: "a window is at least a microsecond long, and a whole number of them"}
	}
	if f.shape != hopping {
		return nil
	}
	switch {
	case f.every < time.Microsecond || f.every%time.Microsecond != 0:
		return &Error{Code: BadClause, Clause: "every", Head: 0, Message: "windows start at least a microsecond apart, and a whole number of them"}
	case f.every > f.size:
		return &Error{Code: BadClause, Clause: "every", Head: 0, Message: fmt.Sprintf("windows of %s that start every %s leave events out", types.FormatDuration(f.size), types.FormatDuration(f.every)), Hint: "the step is at most the length"}
	case f.size/f.pane() > maxPanes:
		return &Error{Code: BadClause, Clause: "every", Head: 0, Message: fmt.Sprintf("a window of %s in steps of %s has more than %d parts", types.FormatDuration(f.size), types.FormatDuration(f.pane()), maxPanes), Hint: "take a longer step, one that divides the length"}
	}
	return nil
}

// pane is the longest length that divides both the windows and their distance.
func (f *frame) pane() time.Duration {
	a, b := f.size, f.every
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// Names of the columns that a window adds.
const (
	startColumn = "window_start"
	endColumn   = "window_end"
)

func windowOutput(_ Row, a *Args) (Row, *Error) {
	f, e := newFrame(a)
	if e != nil {
		return Row{}, e
	}
	out := Row{Per: f.size, Every: f.every, Zone: f.zone, Windowed: true, Whole: f.every > 0 || f.shape == whole}
	if f.shape == session {
		out.Per = 0 // sessions have no length in common
	}
	if f.early {
		out.Every, out.Whole = 0, false
	}
	taken := map[string]bool{startColumn: true, endColumn: true}
	for i, k := range a.Clauses["by"] {
		if k.Type.Kind == types.List {
			return Row{}, &Error{Code: BadClause, Clause: "by", Head: i, Message: "a list is no key", Hint: "group by one of its elements, or by join(list, \",\")"}
		}
		if taken[k.Name] {
			return Row{}, &Error{Code: BadClause, Clause: "by", Head: i, Message: fmt.Sprintf("two columns are called %s", k.Name)}
		}
		taken[k.Name] = true
		out.Keys = append(out.Keys, len(out.Cols))
		out.Cols = append(out.Cols, runtime.Column{Name: k.Name, Type: k.Type})
	}
	out.Cols = append(out.Cols,
		runtime.Column{Name: startColumn, Type: types.TTimestamp},
		runtime.Column{Name: endColumn, Type: types.TTimestamp})
	for _, g := range a.Aggs {
		if taken[g.Name] {
			return Row{}, &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf("two columns are called %s", g.Name)}
		}
		taken[g.Name] = true
		out.Cols = append(out.Cols, runtime.Column{Name: g.Name, Type: g.Type})
	}
	return out, nil
}

// closed is the batch of windows that have closed, one a listed entity.
func closed(g *groups, entities []int32, start, end []int64) *runtime.Batch {
	b := &runtime.Batch{
		N:      len(entities),
		Time:   end,
		Window: &runtime.Window{Start: start, End: end, Entity: entities},
	}
	for c := range g.cols {
		b.Cols = append(b.Cols, g.late(c, entities))
	}
	b.Cols = append(b.Cols, stamps(start), stamps(end))
	return b
}

// stamps is a column of timestamps.
func stamps(t []int64) *vec.Vec {
	return &vec.Vec{Kind: types.Timestamp, N: len(t), I64: t}
}
