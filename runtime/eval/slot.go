package eval

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// cheap is the cost up to which a node is computed for all rows at once: keeping
// count of the rows that are wanted would cost more.
const cheap = 2

// slot is what is known of one node in one batch.
type slot struct {
	epoch uint64
	all   bool       // it is known for all rows,
	done  vec.Bitmap // or for these; empty is none
	bits  vec.Bitmap // the rows in which a Bool node holds
	valid vec.Bitmap // the rows in which it is not missing; empty is all
	col   *vec.Vec   // the column of any other node

	own   *vec.Vec      // what an operator computes into
	lent  bool          // own may have been kept: the next batch needs another
	view  vec.Vec       // bits and valid as a column
	order order         // of a connective's arguments
	args  []*vec.Vec    // scratch
	blend *vec.Gatherer // joins columns that were computed for different rows
}

// slot is a node's slot, emptied if it is about an earlier batch.
func (f *Frame) slot(id ID) *slot {
	s := &f.slots[id]
	if s.epoch != f.epoch {
		s.epoch, s.all, s.col = f.epoch, false, nil
		s.done, s.valid = s.done[:0], s.valid[:0]
		if f.nodes[id].kind == types.Bool {
			words := (f.n + 63) / 64
			s.bits = slices.Grow(s.bits[:0], words)[:words]
			clear(s.bits)
		}
	}
	return s
}

// unknown is the rows of mask (nil: all) for which a node is not known; some is
// false when there are none. A nil todo is all rows, none of them known; another is
// for the caller to give back.
func (f *Frame) unknown(s *slot, cost int, mask vec.Bitmap) (todo vec.Bitmap, some bool) {
	switch {
	case s.all:
		return nil, false
	case len(s.done) == 0 && (mask == nil || cost <= cheap):
		return nil, true
	}
	todo = f.take()
	if mask == nil {
		todo.Fill(f.n)
	} else {
		copy(todo, mask)
	}
	if len(s.done) > 0 {
		todo.Subtract(s.done)
	}
	if !todo.Any() {
		f.give(todo)
		return nil, false
	}
	return todo, true
}

// know notes that the node is known for the rows of todo too (nil: all).
func (s *slot) know(todo vec.Bitmap) {
	switch {
	case todo == nil:
		s.all = true
	case len(s.done) == 0:
		s.done = append(s.done, todo...)
	default:
		s.done.Unite(todo)
	}
}

// lend makes the column of a slot one that may be kept.
func (s *slot) lend(v *vec.Vec) *vec.Vec {
	switch v {
	case &s.view:
		c := *v
		c.Bits, c.Valid = slices.Clone(v.Bits), slices.Clone(v.Valid)
		return &c
	case s.own:
		s.lent = true
	}
	return v
}
