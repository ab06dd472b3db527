package order

import (
	"fmt"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// Save writes the rows that wait. Sources are named by number; the numbers must
// mean the same when they are read back.
func (q *Buffer) Save(w *state.Writer) error {
	if q.rows == 0 {
		w.Int(0)
		return nil
	}
	if len(q.runs) > 0 {
		return fmt.Errorf("%d rows wait on disk: state is saved when their time has come", q.rows)
	}
	if !q.sorted {
		q.sort()
	}
	parts := make([]*runtime.Batch, len(q.pending))
	for i, h := range q.pending {
		parts[i] = h.b
	}
	b := q.concat(parts)
	w.Int(int64(b.N))
	state.Slice(w, b.Time)
	state.Slice(w, b.Pos.Source)
	state.Slice(w, b.Pos.Row)
	for _, v := range b.Cols {
		state.SaveVec(w, plain(v))
	}
	return nil
}

// plain is a text column without its dictionary.
func plain(v *vec.Vec) *vec.Vec {
	if v.Dict == nil {
		return v
	}
	out := &vec.Vec{Kind: v.Kind, N: v.N, Valid: v.Valid, Offs: make([]int32, v.N+1)}
	for i := range v.N {
		if !v.Missing(i) {
			out.Bytes = append(out.Bytes, v.Text(i)...)
		}
		out.Offs[i+1] = int32(len(out.Bytes))
	}
	return out
}

// Load reads what Save wrote into an empty Buffer whose batches have columns of
// the given kinds.
func (q *Buffer) Load(r *state.Reader, kinds []types.Kind, names func(int32) string) error {
	n := r.Int()
	if n == 0 || r.Err() != nil {
		return r.Err()
	}
	b := &runtime.Batch{N: int(n), Names: names}
	b.Time = state.ReadSlice[int64](r)
	b.Pos.Source = state.ReadSlice[int32](r)
	b.Pos.Row = state.ReadSlice[int64](r)
	if len(b.Time) != b.N || len(b.Pos.Source) != b.N || len(b.Pos.Row) != b.N {
		r.Fail("the saved rows are damaged")
	}
	for _, kind := range kinds {
		v := state.LoadVec(r, kind)
		if v.N != b.N {
			r.Fail("a saved column is damaged")
		}
		b.Cols = append(b.Cols, v)
	}
	if r.Err() != nil {
		return r.Err()
	}
	return q.Add(b)
}
