package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/order"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// saveWaiting writes the rows that wait for their time: how many, what they are, their
// columns, and the rows.
func saveWaiting(w *state.Writer, q *order.Buffer, source Fingerprint, cols []runtime.Column, made []Fingerprint) error {
	w.Int(int64(q.Rows()))
	w.String(source.Sum)
	w.Int(int64(len(cols)))
	for i, c := range cols {
		w.String(c.Name)
		w.Int(int64(c.Type.Kind))
		w.Int(int64(c.Type.Elem))
		w.String(made[i].Sum)
	}
	return q.Save(w)
}

// waiting are saved rows that waited for their time, on their way into columns that
// may not be those of then. Rows whose columns are of other types now, or that are no
// rows of this source any more, are set aside. A column that is new, or that is made in
// another way now, is missing in them.
type waiting struct {
	rows    int64
	cols    []runtime.Column // as they were saved
	at      []int            // by column of now: where it was, -1 for nowhere
	missing []string         // names of those
	other   string           // what makes the rows unfit, in words; "" for nothing
}

// loadWaiting reads what stands before the rows.
func loadWaiting(r *state.Reader, source Fingerprint, cols []runtime.Column, made []Fingerprint) *waiting {
	w := &waiting{rows: r.Int()}
	if r.String() != source.Sum {
		w.other = "they are read in another way now"
	}
	var sums []string
	for range r.Len(32) {
		name, kind, elem := r.String(), types.Kind(r.Int()), types.Kind(r.Int())
		w.cols = append(w.cols, runtime.Column{Name: name, Type: types.Type{Kind: kind, Elem: elem}})
		sums = append(sums, r.String())
	}
	for i, c := range cols {
		at := slices.IndexFunc(w.cols, func(old runtime.Column) bool { return old.Name == c.Name })
		switch {
		case at >= 0 && w.cols[at].Type != (types.Type{Kind: c.Type.Kind, Elem: c.Type.Elem}):
			if w.other == "" {
				w.other = fmt.Sprintf("%s was %s in them and is %s now", c.Name, w.cols[at].Type, c.Type.Plain())
			}
		case at < 0 || sums[at] != made[i].Sum:
			at = -1
			w.missing = append(w.missing, c.Name)
		}
		w.at = append(w.at, at)
	}
	return w
}

// load reads the rows. Those that fit go to add, others to aside.
func (w *waiting) load(r *state.Reader, names func(int32) string, add, aside func(*runtime.Batch) error) error {
	return order.Load(r, kinds(w.cols), names, func(b *runtime.Batch) error {
		if w.other != "" {
			return aside(b)
		}
		old := b.Cols
		b.Cols = nil
		for _, at := range w.at {
			if at < 0 {
				b.Cols = append(b.Cols, vec.Nulls(b.N))
			} else {
				b.Cols = append(b.Cols, old[at])
			}
		}
		return add(b)
	})
}

// note tells what became of the rows, "" if nothing did.
func (w *waiting) note(of string) string {
	switch {
	case w.rows == 0:
		return ""
	case w.other != "":
		return fmt.Sprintf("%s of %s that waited for their time are set aside: %s", rows(w.rows), of, w.other)
	case len(w.missing) > 0:
		return fmt.Sprintf("%s of %s that waited for their time go on without %s, which was not read then, or elsewhere", rows(w.rows), of, strings.Join(w.missing, ", "))
	}
	return ""
}

func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
