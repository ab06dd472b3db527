package op

import (
	"slices"

	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// quietWindows is after how many windows without events a key is left: a key that
// never comes again must not cost a row a window for good.
const quietWindows = 1000

// quiet knows the keys for which a window "empty" gives a row though they had no
// events in it: those that had some in one of the last quietWindows windows.
type quiet struct {
	known []int32 // entities, in the order in which they came
	last  []int64 // by entity: the last window that it had events in; 0 is none
}

// none reports whether no key would get an empty window.
func (q *quiet) none() bool { return q == nil || len(q.known) == 0 }

// fill is told the entities of window number next and appends those that are quiet
// in it. Windows are numbered by their end, step apart.
func (q *quiet) fill(entities []int32, next, step int64, keys int) []int32 {
	if keys > len(q.last) {
		q.last = append(q.last, make([]int64, max(keys, len(q.last)*5/4)-len(q.last))...)
	}
	for _, e := range entities {
		if q.last[e] == 0 {
			q.known = append(q.known, e)
		}
		q.last[e] = next
	}
	q.known = slices.DeleteFunc(q.known, func(e int32) bool {
		switch {
		case q.last[e] == next:
		case next-q.last[e] > quietWindows*step:
			q.last[e] = 0
			return true
		default:
			entities = append(entities, e)
		}
		return false
	})
	return entities
}

// mark marks the entities that are known.
func (q *quiet) mark(used vec.Bitmap) {
	if q != nil {
		mark(used, q.known)
	}
}

func (q *quiet) bytes() int {
	if q == nil {
		return 0
	}
	return 4*cap(q.known) + 8*cap(q.last)
}

func (q *quiet) save(w *state.Writer) {
	if q == nil {
		return
	}
	state.Slice(w, q.known)
	last := make([]int64, len(q.known))
	for i, e := range q.known {
		last[i] = q.last[e]
	}
	state.Slice(w, last)
}

// load reads what save wrote, for a table with the given number of keys.
func (q *quiet) load(r *state.Reader, keys int) error {
	if q == nil {
		return nil
	}
	known, last := state.ReadSlice[int32](r), state.ReadSlice[int64](r)
	if err := r.Err(); err != nil {
		return err
	}
	if len(known) != len(last) {
		return errWindow
	}
	q.known, q.last = known, make([]int64, keys)
	for i, e := range known {
		if e < 0 || int(e) >= keys || last[i] == 0 || q.last[e] != 0 {
			return errWindow
		}
		q.last[e] = last[i]
	}
	return nil
}
