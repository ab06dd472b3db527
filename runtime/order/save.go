package order

import (
	"errors"
	"io"
	"os"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// Save writes the rows that wait, in memory and on disk: batch after batch as
// saveRows does, and a 0 behind the last. Sources are named by number; the numbers
// must mean the same when they are read back.
func (q *Buffer) Save(w *state.Writer) error {
	for _, r := range q.runs {
		if err := r.save(w); err != nil {
			return err
		}
	}
	for _, h := range q.pending {
		saveRows(w, h.b)
	}
	w.Int(0)
	return nil
}

// save writes the rows of a run that are still to come. It reads the file anew, so
// that the run stays where it is.
func (r *run) save(w *state.Writer) error {
	f, err := os.Open(r.file.Name())
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	again := &run{file: f, r: state.NewReader(f, size), kinds: r.kinds, names: r.names}
	gone := r.gone + r.at
	for {
		if err := again.next(); err != nil || again.cur == nil {
			return err
		}
		b := again.cur
		past := min(gone, b.N)
		if gone -= past; past < b.N {
			saveRows(w, b.Slice(past, b.N))
		}
	}
}

// saveRows writes a batch: how many rows, their times, sources and numbers, and
// each column behind its kind.
func saveRows(w *state.Writer, b *runtime.Batch) {
	source, row := make([]int32, b.N), make([]int64, b.N)
	for i := range b.N {
		source[i], row[i] = b.Pos.At(int32(i))
	}
	w.Int(int64(b.N))
	state.Slice(w, b.Time)
	state.Slice(w, source)
	state.Slice(w, row)
	for _, v := range b.Cols {
		w.Int(int64(v.Kind))
		state.SaveVec(w, plain(v))
	}
}

var errRows = errors.New("the saved rows are damaged")

// loadRows reads what saveRows wrote, of columns of the given kinds (Null for any);
// nil behind the last.
func loadRows(r *state.Reader, kinds []types.Kind, names func(int32) string) (*runtime.Batch, error) {
	n := r.Int()
	if n == 0 || r.Err() != nil {
		return nil, r.Err()
	}
	b := &runtime.Batch{N: int(n), Names: names}
	b.Time = state.ReadSlice[int64](r)
	b.Pos.Source = state.ReadSlice[int32](r)
	b.Pos.Row = state.ReadSlice[int64](r)
	if len(b.Time) != b.N || len(b.Pos.Source) != b.N || len(b.Pos.Row) != b.N {
		r.Fail("%w", errRows)
	}
	for _, kind := range kinds {
		saved := types.Kind(r.Int())
		if saved != kind && saved != types.Null && kind != types.Null { // Null is a column without any value
			r.Fail("%w", errRows)
		}
		if r.Err() != nil {
			return nil, r.Err()
		}
		v := state.LoadVec(r, saved)
		if v.N != b.N {
			r.Fail("%w", errRows)
		}
		b.Cols = append(b.Cols, v)
	}
	return b, r.Err()
}

// plain is a column without dictionaries, in a list neither.
func plain(v *vec.Vec) *vec.Vec {
	if v.Kind == types.List && v.Child.Dict != nil {
		out := *v
		out.Child = plain(v.Child)
		return &out
	}
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

// Load reads what Save wrote of batches with columns of the given kinds, and calls
// each with every batch.
func Load(r *state.Reader, kinds []types.Kind, names func(int32) string, each func(*runtime.Batch) error) error {
	for {
		b, err := loadRows(r, kinds, names)
		if err != nil || b == nil {
			return err
		}
		if err := each(b); err != nil {
			return err
		}
	}
}
