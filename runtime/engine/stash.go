package engine

import (
	"github.com/zeebo/xxh3"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// stash is rows of alerts or of risk on their way to a rule that reads them. They
// come one by one; as batches of one row each, an alert that adds risk took four
// times as long and, while it waited, a kilobyte more.
type stash struct {
	time   []int64
	source []int32
	row    []int64
	cols   [][]any
}

// stashRows is how many rows make a batch.
const stashRows = 1 << 10

// take adds a row to the rule's stream.
func (r *rule) take(at int64, pos runtime.Positions, vals []any) error {
	s := &r.stash
	if s.cols == nil {
		s.cols = make([][]any, len(vals))
	}
	s.time = append(s.time, at)
	s.source, s.row = append(s.source, pos.One), append(s.row, pos.First)
	for c, x := range vals {
		s.cols[c] = append(s.cols[c], x)
	}
	if len(s.time) == stashRows {
		return r.settle()
	}
	return nil
}

// settle puts the rows that are stashed into the rule's buffer.
func (r *rule) settle() error {
	s := &r.stash
	if len(s.time) == 0 {
		return nil
	}
	b := &runtime.Batch{N: len(s.time), Time: s.time, Pos: runtime.Positions{Source: s.source, Row: s.row}, Names: r.e.sourceName}
	for c, col := range r.def.Columns {
		b.Cols = append(b.Cols, vec.Of(col.Type.Kind, s.cols[c]...))
		clear(s.cols[c])
		s.cols[c] = s.cols[c][:0]
	}
	s.time, s.source, s.row = nil, nil, nil
	return r.buf.Add(b)
}

// rank is where a row that stands for no event has its place among those of its
// time and source, until numbered gives it a number: by its id, since the order in
// which such rows come depends on how the input was cut.
func rank(id string) int64 { return int64(xxh3.HashString(id) >> 1) }

// numbered numbers the rows of a batch, which is in order, that are alerts of
// windows or risk. Others keep the place of their event.
func (r *rule) numbered(b *runtime.Batch) *runtime.Batch {
	source, row := make([]int32, b.N), make([]int64, b.N)
	for i := range b.N {
		source[i], row[i] = b.Pos.At(int32(i))
		if r.e.made[source[i]] {
			row[i] = r.rows
			r.rows++
		}
	}
	out := *b
	out.Pos = runtime.Positions{Source: source, Row: row}
	return &out
}
