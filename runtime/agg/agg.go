// Package agg holds the aggregates of the language, one a file and a row in All.
package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// Spec is one aggregate: a row of the table. New prepares the state for the given
// argument kinds and constants (one element an argument; nil for one that varies).
// Where Sig.Result gives TInvalid, the aggregate does not take arguments of those
// types; New's error, which is told after the aggregate's name, says what it takes.
type Spec struct {
	Name     string
	Doc      string
	Sig      types.Signature
	New      func(args []types.Type, consts []any) (State, error)
	Examples []Example
	// PerWindow marks a result that grows with the length of the window (count,
	// sum): its type carries the unit "per window".
	PerWindow bool
}

// Example is an aggregate over a few rows, as a test: Args holds one slice an
// argument (values as vec.Vec.Value gives them).
type Example struct {
	Call string
	Args [][]any
	Want any
}

// State holds the partial results of groups 0..n-1 in flat slices, without a
// pointer a group where that can be. Rows are added in the order of event time
// (ties in the order of source and row), so "first" and "last" are what was added
// first and last. Group numbers are never negative: rows without a group are left
// out before.
type State interface {
	// Grow makes groups 0..n-1 exist; new ones are empty.
	Grow(n int)
	// Add takes row rows[i] of the columns into group groups[i]. A nil rows stands
	// for 0, 1, 2 …; missing arguments are skipped.
	Add(groups, rows []int32, args []*vec.Vec)
	// Merge adds group from of src to group to; src has the same type and its rows
	// come after those of to. src may be the state itself.
	Merge(to int32, src State, from int32)
	// Reset empties a group.
	Reset(group int32)
	// Result is one row a listed group.
	Result(groups []int32) *vec.Vec
	// Bytes is the memory held.
	Bytes() int
	Save(w *state.Writer)
	Load(r *state.Reader) error
}

// Remover is a State from which rows can be taken away again, exactly: the same
// bits remain as if they had never been added. Rows leave in the order in which
// they came.
type Remover interface {
	State
	Remove(groups, rows []int32, args []*vec.Vec)
}

// Clearer is a State that empties groups 0..n-1 at once.
type Clearer interface{ Clear(n int) }
