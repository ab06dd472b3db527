// Package runtime is the contract between the parts of the engine: what flows
// (Batch), what it flows through (Operator), and what comes out (Alert).
//
// Two promises hold everywhere below the engine's front and keep operators small:
//
//   - Rows arrive in order of event time, ties in the order of source and row, and
//     all rows of one time arrive in one batch. (A window of many keys comes in parts,
//     if each stage behind it looks at each key by itself.)
//   - Advance(t) means that every row with a time before t has been pushed and none
//     will follow. It never goes back.
//
// So results do not depend on how input was cut, ordered or restarted.
package runtime

import (
	"context"
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// Times are microseconds since the Unix epoch, UTC.
const (
	MinTime int64 = math.MinInt64
	MaxTime int64 = math.MaxInt64
)

// Column is the name and type of one column that flows.
type Column struct {
	Name string
	Type types.Type
	// Late is about how many nanoseconds a row takes of a column that is made when it
	// is read, for the rows that are; 0 of one that is there.
	Late int
}

// Batch is what flows: columns over the same N rows, of which Sel are meant.
//
// A batch and its columns are valid during the Push that gives it. An operator
// that keeps them calls Keep, and drops its reference afterwards by calling the
// function that Keep returned.
type Batch struct {
	N    int
	Sel  []int32 // rows that are meant, ascending; nil means all N
	Cols []*vec.Vec
	Time []int64 // event time of each of the N rows; for windows, their end
	Pos  Positions
	// Ordered says that Time is known to ascend, so that nobody need look again.
	Ordered bool
	// Names gives the name of a source that Pos numbers; nil where none have names.
	Names func(source int32) string

	// Window is set on what a window gives: one batch is one fixed window with all
	// of its keys (with some of them, if all stages that follow take it in parts), or,
	// for windows that slide or close by key, rows of many.
	Window *Window

	// Owner keeps the memory under the columns alive; nil when Go's collector does.
	Owner Owner
}

// Owner is memory that is counted by hand, as Arrow's is.
type Owner interface {
	Retain()
	Release()
}

// Keep holds the batch's memory beyond the Push; call the result to let go.
func (b *Batch) Keep() (release func()) {
	if b.Owner == nil {
		return func() {}
	}
	b.Owner.Retain()
	return b.Owner.Release
}

// Rows is how many rows are meant.
func (b *Batch) Rows() int {
	if b.Sel == nil {
		return b.N
	}
	return len(b.Sel)
}

// Each calls f with every row that is meant, ascending.
func (b *Batch) Each(f func(row int32)) {
	if b.Sel == nil {
		for r := range int32(b.N) {
			f(r)
		}
		return
	}
	for _, r := range b.Sel {
		f(r)
	}
}

// Positions tells where rows stood in the input. With nil slices all rows are of
// source One and run on from First.
type Positions struct {
	One    int32   // index in the engine's source names
	First  int64   // record number of row 0
	Source []int32 // by row
	Row    []int64 // by row
}

// At is the source and record number of a row.
func (p *Positions) At(i int32) (source int32, row int64) {
	source, row = p.One, p.First+int64(i)
	if p.Source != nil {
		source = p.Source[i]
	}
	if p.Row != nil {
		row = p.Row[i]
	}
	return source, row
}

// Window is what a window operator says about the rows it gives.
type Window struct {
	Start, End []int64 // by row, [Start, End); for sliding windows (Start, End]
	Entity     []int32 // by row: the dense code of the key, stable while the rule runs
	Partial    bool    // the input ended before these windows did
	Quiet      int     // the last so many rows are of keys without an event in the window
	// Evidence gives up to k events behind a row, oldest first. It is valid during
	// the Push only.
	Evidence func(row int32) []Event
	// Rising asks that a condition over these rows fires when it turns true and not
	// again before it was false (sliding windows and early); Scope then is the
	// window's own identity: a new scope is armed afresh. nil Scope: one for good.
	Rising bool
	Scope  []int64
	// Fired, where set, is told by the condition of the rule which rows it is true
	// of, before the Push that gave them ends.
	Fired func(rows []int32)
	// Once, with Rising, lets the condition fire at most once a key and scope, even
	// if it turns false in between (early).
	Once bool
}

// Emit hands a batch to what follows.
type Emit func(*Batch) error

// Operator is one stage of a running rule.
type Operator interface {
	Push(ctx context.Context, b *Batch, emit Emit) error
	// Advance says that all rows before watermark have been pushed.
	Advance(ctx context.Context, watermark int64, emit Emit) error
}

// Finisher is an Operator that has something to say when the input ends while it
// still holds rows: it gives them marked Partial.
type Finisher interface {
	Finish(ctx context.Context, emit Emit) error
}

// Stateful is an Operator whose state outlives a restart. Load reads into a fresh
// operator made with the same arguments.
type Stateful interface {
	Operator
	Save(w *state.Writer) error
	Load(r *state.Reader) error
}

// Meter is an Operator that can tell its size, for --stats.
type Meter interface{ Meter() Meters }

// Meters are the numbers of one operator.
type Meters struct {
	Groups     int   // keys held
	Bytes      int   // memory of the state
	MissingKey int64 // rows left out because a grouping key is missing
	Overflow   int64 // rows left out because the table of keys is full
	HeldBack   int64 // alerts that throttle holds back and no alert has told of yet
}

// Slice is a view of rows i to j (not included) of a batch without Sel or Window.
func (b *Batch) Slice(i, j int) *Batch {
	if i == 0 && j == b.N {
		return b
	}
	out := &Batch{N: j - i, Time: b.Time[i:j], Owner: b.Owner, Pos: b.Pos, Names: b.Names}
	out.Pos.First += int64(i)
	if b.Pos.Source != nil {
		out.Pos.Source = b.Pos.Source[i:j]
	}
	if b.Pos.Row != nil {
		out.Pos.Row = b.Pos.Row[i:j]
	}
	out.Cols = make([]*vec.Vec, len(b.Cols))
	for c, v := range b.Cols {
		out.Cols[c] = v.Slice(i, j)
	}
	return out
}
