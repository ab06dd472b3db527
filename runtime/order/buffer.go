// Package order puts rows in order of event time before any stage sees them.
package order

import (
	"cmp"
	"slices"
	"sort"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// Buffer holds the rows of one stream until the clock has passed them, and then
// gives them in order of time, ties in order of source and row; all rows of one
// time in one batch. Sources are in the order of their names: their numbers tell
// which of them came first.
//
// Input is nearly always in order already. Then a batch passes without a copy:
// only views of it are made, and the rows at its very end wait, because more of
// their time may follow. Rows out of order are sorted when they are due.
type Buffer struct {
	pending []held
	last    mark // of the newest row added
	sorted  bool // pending is in order
	rows    int
	size    int64          // bytes of pending, about
	runs    []*run         // sorted rows that were written to disk
	columns []vec.Gatherer // by column, for batches made of several
	names   func(source int32) string

	// BatchRows bounds the batches made by sorting.
	BatchRows int
	// Limit is how many bytes of rows wait in memory.
	Limit int64
}

// held is a batch that waits, its memory kept.
type held struct {
	b       *runtime.Batch
	release func()
}

// mark is a place in the order of rows.
type mark struct {
	time   int64
	source int32
	row    int64
}

// compare tells which of two places comes first: less than 0 for a.
func (q *Buffer) compare(a, b mark) int {
	if c := cmp.Compare(a.time, b.time); c != 0 {
		return c
	}
	if a.source != b.source {
		if c := cmp.Compare(q.names(a.source), q.names(b.source)); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.row, b.row)
}

// NewBuffer makes an empty Buffer. names gives the names of sources.
func NewBuffer(names func(source int32) string) *Buffer {
	return &Buffer{sorted: true, last: mark{time: runtime.MinTime}, names: names, BatchRows: 1 << 14, Limit: DefaultLimit}
}

// Rows is how many rows wait.
func (q *Buffer) Rows() int { return q.rows }

// Add takes the rows of a batch, whose Sel must be nil. An error means that there
// was no room for them.
func (q *Buffer) Add(b *runtime.Batch) error {
	if b.N == 0 {
		return nil
	}
	if len(q.pending) == 0 {
		q.sorted, q.last = true, mark{time: runtime.MinTime}
	}
	if q.sorted {
		q.sorted = q.follows(b)
	}
	q.pending = append(q.pending, held{b, b.Keep()})
	q.rows += b.N
	if q.size += Size(b); q.size > q.Limit {
		return q.spill()
	}
	return nil
}

// follows reports whether b is in order, and after all rows before it.
func (q *Buffer) follows(b *runtime.Batch) bool {
	at := func(i int) mark {
		s, r := b.Pos.At(int32(i))
		return mark{b.Time[i], s, r}
	}
	if q.compare(q.last, at(0)) > 0 {
		return false
	}
	plain := b.Pos.Source == nil && b.Pos.Row == nil // ties are in order then
	if !b.Ordered || !plain {
		prev := b.Time[0]
		for i := 1; i < b.N; i++ {
			t := b.Time[i]
			if t < prev || t == prev && !plain && q.compare(at(i-1), at(i)) > 0 {
				return false
			}
			prev = t
		}
	}
	q.last = at(b.N - 1)
	return true
}

// Release gives the rows before the watermark to push, in order.
func (q *Buffer) Release(watermark int64, push func(*runtime.Batch) error) error {
	if len(q.runs) > 0 {
		return q.merge(watermark, push)
	}
	if len(q.pending) == 0 {
		return nil
	}
	if !q.sorted {
		q.sort()
	}
	// The first pending batch that has a row at or after the watermark, and where.
	end, cut := len(q.pending), 0
	for i, h := range q.pending {
		if h.b.Time[h.b.N-1] >= watermark {
			end = i
			cut = sort.Search(h.b.N, func(r int) bool { return h.b.Time[r] >= watermark })
			break
		}
	}
	var due []held
	due = append(due, q.pending[:end]...)
	if cut > 0 {
		b := q.pending[end].b
		due = append(due, held{b.Slice(0, cut), func() {}})
	}
	for _, h := range due {
		q.rows -= h.b.N
	}
	err := q.give(due, push)
	for _, h := range q.pending[:end] {
		h.release()
	}
	q.pending = slices.Delete(q.pending, 0, end)
	if cut > 0 {
		h := &q.pending[0]
		h.b = h.b.Slice(cut, h.b.N)
	}
	q.size = 0
	for _, h := range q.pending {
		q.size += Size(h.b)
	}
	return err
}

// give pushes batches that are in order. Where one time runs on from a batch into
// the next, its rows are pushed as a batch of their own.
func (q *Buffer) give(due []held, push func(*runtime.Batch) error) error {
	for i := 0; i < len(due); i++ {
		b := due[i].b
		if i+1 == len(due) || due[i+1].b.Time[0] != b.Time[b.N-1] {
			if err := push(b); err != nil {
				return err
			}
			continue
		}
		t := b.Time[b.N-1]
		tail := sort.Search(b.N, func(r int) bool { return b.Time[r] >= t })
		if tail > 0 {
			if err := push(b.Slice(0, tail)); err != nil {
				return err
			}
		}
		parts := []*runtime.Batch{b.Slice(tail, b.N)}
		for i+1 < len(due) && due[i+1].b.Time[0] == t {
			next := due[i+1].b
			head := sort.Search(next.N, func(r int) bool { return next.Time[r] > t })
			parts = append(parts, next.Slice(0, head))
			if head < next.N {
				due[i+1].b = next.Slice(head, next.N)
				break
			}
			i++
		}
		if err := push(q.concat(parts)); err != nil {
			return err
		}
	}
	return nil
}

// sort replaces what waits by sorted copies.
func (q *Buffer) sort() {
	type ref struct {
		mark
		batch, at int32
	}
	refs := make([]ref, 0, q.rows)
	batches := make([]*runtime.Batch, len(q.pending))
	for i, h := range q.pending {
		batches[i] = h.b
		for r := range h.b.N {
			s, row := h.b.Pos.At(int32(r))
			refs = append(refs, ref{mark{h.b.Time[r], s, row}, int32(i), int32(r)})
		}
	}
	slices.SortFunc(refs, func(a, b ref) int { // two rows of one mark, in the order in which they came
		return cmp.Or(q.compare(a.mark, b.mark), cmp.Compare(a.batch, b.batch), cmp.Compare(a.at, b.at))
	})
	old := q.pending
	q.pending = nil
	for len(refs) > 0 {
		n := min(len(refs), max(q.BatchRows, 1))
		for n < len(refs) && refs[n].time == refs[n-1].time { // or give would copy them again
			n++
		}
		which, rows := make([]int32, n), make([]int32, n)
		for i, r := range refs[:n] {
			which[i], rows[i] = r.batch, r.at
		}
		q.pending = append(q.pending, held{q.gather(batches, which, rows), func() {}})
		if n == len(refs) {
			q.last = refs[n-1].mark
		}
		refs = refs[n:]
	}
	for _, h := range old {
		h.release()
	}
	q.sorted = true
}

// concat joins batches.
func (q *Buffer) concat(parts []*runtime.Batch) *runtime.Batch {
	var which, rows []int32
	for i, p := range parts {
		for r := range int32(p.N) {
			which, rows = append(which, int32(i)), append(rows, r)
		}
	}
	return q.gather(parts, which, rows)
}

// keepRows is how many rows a batch made of several has whose texts are remembered
// for the next one: beyond it they may be as many as the rows.
const keepRows = 1 << 16

// gather makes one batch of rows of several: row i is row rows[i] of batch
// which[i].
func (q *Buffer) gather(from []*runtime.Batch, which, rows []int32) *runtime.Batch {
	n := len(rows)
	out := &runtime.Batch{N: n, Time: make([]int64, n), Names: from[0].Names}
	out.Pos.Source, out.Pos.Row = make([]int32, n), make([]int64, n)
	for i := range rows {
		b := from[which[i]]
		out.Time[i] = b.Time[rows[i]]
		out.Pos.Source[i], out.Pos.Row[i] = b.Pos.At(rows[i])
	}
	if q.columns == nil {
		q.columns = make([]vec.Gatherer, len(from[0].Cols))
	}
	cols := make([]*vec.Vec, len(from))
	for c := range from[0].Cols {
		for i, b := range from {
			cols[i] = b.Cols[c]
		}
		out.Cols = append(out.Cols, q.columns[c].Gather(cols, n, nil, func(i int) (int, int) {
			return int(which[i]), int(rows[i])
		}))
	}
	if n > keepRows {
		q.columns = nil // and the texts that they know
	}
	return out
}

// Close lets go of what waits.
func (q *Buffer) Close() {
	for _, h := range q.pending {
		h.release()
	}
	for _, r := range q.runs {
		r.close()
	}
	q.pending, q.runs, q.rows, q.size = nil, nil, 0, 0
}
