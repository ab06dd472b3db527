package eval

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Frame computes a graph over one batch after another and remembers, within a
// batch, what it computed for which rows. It is not safe for concurrent use, and a
// graph has one Frame.
//
// What operators and connectives compute belongs to the frame and is used again for
// the next batch. What leaves (the columns of Get, the numbers of Rows) may be kept,
// as long as the batch is: bitmaps leave as copies, and a column that has left is
// computed into fresh memory the next time. The same holds for what is handed to
// functions that give other than Bool, since a kernel's column may share memory
// with its arguments and its mask.
type Frame struct {
	graph *Graph
	nodes []node // the graph's when the batch began
	slots []slot // by node
	cols  []*vec.Vec
	n     int
	epoch uint64       // counts batches
	free  []vec.Bitmap // lent by take
}

// Frame makes the graph's frame. Nodes that are added later can be asked for from
// the next Begin on.
func (g *Graph) Frame() *Frame { return &Frame{graph: g} }

// Plain reports whether nodes are columns of the batch, or constants: there is nothing
// to compute for single rows of them.
func (f *Frame) Plain(ids ...ID) bool {
	for _, id := range ids {
		if op := f.graph.nodes[id].op; op != input && op != literal {
			return false
		}
	}
	return true
}

// Begin starts a batch of n rows. The columns are those that Input counts.
func (f *Frame) Begin(cols []*vec.Vec, n int) {
	f.cols, f.n = cols, n
	f.epoch++
	f.nodes = f.graph.nodes
	f.slots = append(f.slots, make([]slot, len(f.nodes)-len(f.slots))...)
}

// End lets go of a batch, and of the frame's own memory if the batch was so large
// that keeping that for the next one would be a waste.
func (f *Frame) End() {
	f.cols = nil
	if f.n > keepRows {
		f.slots, f.free = nil, nil
	}
}

// keepRows is how many rows a batch has for which a frame keeps memory.
const keepRows = 1 << 16

// Get is the column of a node for the rows of mask (nil: all); other rows are
// unspecified. It stays as it is when the next batch begins.
func (f *Frame) Get(id ID, mask vec.Bitmap) *vec.Vec {
	return f.slots[id].lend(f.column(id, mask))
}

// Rows is the rows of mask (nil: all) in which a Bool node holds, ascending.
func (f *Frame) Rows(id ID, mask vec.Bitmap) []int32 {
	hits := f.take()
	defer f.give(hits)
	copy(hits, f.test(id, mask))
	hits.Intersect(mask)
	return hits.Rows(make([]int32, 0, hits.Count()))
}

// column is the column of a node, right for the rows of mask. That of a Bool node
// may be the frame's own.
func (f *Frame) column(id ID, mask vec.Bitmap) *vec.Vec {
	switch nd := &f.nodes[id]; {
	case nd.op == input:
		return f.cols[nd.col].Loaded(mask)
	case nd.op == literal:
		return nd.value.column(f.n)
	case nd.kind == types.Bool:
		s := f.slot(id)
		s.view = vec.Vec{Kind: types.Bool, N: f.n, Bits: f.test(id, mask)}
		if len(s.valid) > 0 {
			s.view.Valid = s.valid
		}
		return &s.view
	default:
		return f.compute(id, mask)
	}
}

// compute is the column of a call that gives other than Bool.
func (f *Frame) compute(id ID, mask vec.Bitmap) *vec.Vec {
	nd, s := &f.nodes[id], f.slot(id)
	todo, some := f.unknown(s, nd.cost, mask)
	switch {
	case !some && s.col == nil:
		return vec.Nulls(f.n)
	case !some:
		return s.col
	case nd.fill != nil:
		if !f.sparse(nd, s, todo) {
			f.fill(nd, s, todo)
		}
	default:
		f.apply(nd, s, slices.Clone(todo))
	}
	f.give(todo)
	return s.col
}

// fill computes an operator for all rows that were ever wanted, todo among them: it
// takes less than to join columns.
func (f *Frame) fill(nd *node, s *slot, todo vec.Bitmap) {
	if s.know(todo); todo != nil {
		todo = s.done
	}
	args := f.args(nd, s, todo)
	if s.own == nil || s.lent {
		s.own, s.lent = &vec.Vec{}, false
	}
	nd.fill(args, f.n, s.own)
	s.col = s.own
}

// apply computes a function for the rows of todo, which it may keep, and joins them
// to those that were computed before.
func (f *Frame) apply(nd *node, s *slot, todo vec.Bitmap) {
	args := f.args(nd, s, todo)
	for i, a := range args {
		args[i] = f.slots[nd.args[i]].lend(a)
	}
	col, before := nd.kernel(args, f.n, todo), s.col
	if nd.kind == types.Float && col.Kind == types.Int {
		// A function over ints and floats saw only ints in this batch.
		col = vec.Floats(vec.AsFloats(col), col.Valid)
	}
	if s.know(todo); before != nil {
		if s.blend == nil {
			s.blend = &vec.Gatherer{}
		}
		col = s.blend.Choose([]*vec.Vec{before, col}, f.n, s.done, func(i int) int {
			if todo.Get(i) {
				return 1
			}
			return 0
		})
	}
	s.col = col
}

// args are the columns of a call's arguments, right for the rows of mask.
func (f *Frame) args(nd *node, s *slot, mask vec.Bitmap) []*vec.Vec {
	s.args = s.args[:0]
	for _, a := range nd.args {
		s.args = append(s.args, f.column(a, mask))
	}
	return s.args
}

// test is the rows in which a Bool node holds, right for those of mask. It is the
// frame's own, or an input's.
func (f *Frame) test(id ID, mask vec.Bitmap) vec.Bitmap {
	nd, s := &f.nodes[id], f.slot(id)
	switch nd.op {
	case input, literal:
		if v := f.column(id, mask); v.Kind == types.Bool {
			return v.Bits
		}
		return s.bits
	case not:
		copy(s.bits, f.test(nd.args[0], mask))
		s.bits.Flip(f.n)
		return s.bits
	}
	todo, some := f.unknown(s, nd.cost, mask)
	if !some {
		return s.bits
	}
	out := s.bits
	if len(s.done) > 0 { // keep what is known
		out = f.take()
		defer f.give(out)
	}
	switch nd.op {
	case and:
		f.and(s.order.of(nd, f), todo, out)
	case or:
		f.or(s.order.of(nd, f), todo, out)
	default:
		f.call(nd, s, todo, out)
	}
	if len(s.done) > 0 {
		out.Intersect(todo)
		s.bits.Subtract(todo)
		s.bits.Unite(out)
	}
	s.know(todo)
	f.give(todo)
	return s.bits
}

// and writes to out the rows of todo (nil: all) in which all arguments hold: each is
// asked about the rows that those before it left.
func (f *Frame) and(args []ranked, todo, out vec.Bitmap) {
	if todo == nil {
		out.Fill(f.n)
	} else {
		copy(out, todo)
	}
	for i := range args {
		if !out.Any() {
			return
		}
		mask := out
		if i == 0 && todo == nil {
			mask = nil
		}
		hits := f.test(args[i].id, mask)
		args[i].note(f, out, hits, false)
		out.Intersect(hits)
	}
}

// or writes to out the rows of todo (nil: all) in which an argument holds: each is
// asked about the rows in which none before it did.
func (f *Frame) or(args []ranked, todo, out vec.Bitmap) {
	rest := f.take()
	defer f.give(rest)
	if todo == nil {
		rest.Fill(f.n)
	} else {
		copy(rest, todo)
	}
	clear(out)
	for i := range args {
		if !rest.Any() {
			return
		}
		mask := rest
		if i == 0 && todo == nil {
			mask = nil
		}
		hits := f.test(args[i].id, mask)
		args[i].note(f, rest, hits, true)
		for w := range rest {
			out[w] |= hits[w] & rest[w]
			rest[w] &^= hits[w]
		}
	}
}

// call writes to out the rows of todo (nil: all) in which a call that gives Bool
// holds.
func (f *Frame) call(nd *node, s *slot, todo, out vec.Bitmap) {
	args := f.args(nd, s, todo)
	if nd.test != nil {
		nd.test(args, f.n, todo, out)
		return
	}
	v := nd.kernel(args, f.n, todo)
	if v.Kind != types.Bool {
		clear(out)
	} else {
		copy(out, v.Bits)
	}
	if v.Valid == nil {
		return // valid says "present" until told otherwise
	}
	if len(s.valid) == 0 {
		s.valid = slices.Grow(s.valid, len(out))[:len(out)]
		s.valid.Fill(f.n)
	}
	gone := f.take()
	defer f.give(gone)
	copy(gone, v.Valid)
	gone.Flip(f.n)
	gone.Intersect(todo)
	s.valid.Subtract(gone)
}

// take lends a bitmap of the batch's rows with anything in it; give takes it back.
func (f *Frame) take() vec.Bitmap {
	words := (f.n + 63) / 64
	for last := len(f.free) - 1; last >= 0; last-- {
		b := f.free[last]
		if f.free = f.free[:last]; cap(b) >= words {
			return b[:words]
		}
	}
	return vec.NewBitmap(f.n)
}

func (f *Frame) give(b vec.Bitmap) {
	if b != nil {
		f.free = append(f.free, b)
	}
}
