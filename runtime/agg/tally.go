package agg

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/detlang/det/runtime/state"
)

// tally is a number of rows a group, in 4 bytes: what most groups need. How often a
// count has passed the 32 bits stands aside.
type tally struct {
	of   []uint32
	over map[int32]int64 // by group, in units of 2^32; nil while no count has
}

// inc adds a row to a group where by is 1, and none where it is 0.
func (t *tally) inc(g int32, by uint32) {
	t.of[g] += by
	if t.of[g] < by {
		t.carry(g, 1)
	}
}

// dec takes a row away again.
func (t *tally) dec(g int32, by uint32) {
	if t.of[g] < by {
		t.carry(g, -1)
	}
	t.of[g] -= by
}

func (t *tally) carry(g int32, units int64) {
	if t.over == nil {
		t.over = map[int32]int64{}
	}
	if t.over[g] += units; t.over[g] == 0 {
		delete(t.over, g)
	}
}

// get is the count of a group.
func (t *tally) get(g int32) int64 {
	n := int64(t.of[g])
	if t.over != nil {
		n += t.over[g] << 32
	}
	return n
}

// merge adds the count of a group of src.
func (t *tally) merge(to int32, src *tally, from int32) {
	n := t.get(to) + src.get(from)
	t.Reset(to)
	if t.of[to] = uint32(n); n > math.MaxUint32 {
		t.carry(to, n>>32)
	}
}

// Grow makes groups 0..n-1 exist.
func (t *tally) Grow(n int) { t.of = grow(t.of, n) }

// Reset empties a group.
func (t *tally) Reset(g int32) {
	t.of[g] = 0
	delete(t.over, g)
}

// Clear empties groups 0..n-1.
func (t *tally) Clear(n int) {
	clear(t.of[:n])
	maps.DeleteFunc(t.over, func(g int32, _ int64) bool { return int(g) < n })
}

// Bytes is the memory held.
func (t *tally) Bytes() int {
	const entry = 32 // in a Go map, about
	return 4*cap(t.of) + entry*len(t.over)
}

// Save writes the groups.
func (t *tally) Save(w *state.Writer) {
	state.Slice(w, t.of)
	groups := slices.SortedFunc(maps.Keys(t.over), cmp.Compare[int32])
	w.Int(int64(len(groups)))
	for _, g := range groups {
		w.Int(int64(g))
		w.Int(t.over[g])
	}
}

// Load reads what Save wrote.
func (t *tally) Load(r *state.Reader) error {
	t.of, t.over = state.ReadSlice[uint32](r), nil
	for range r.Len(16) {
		g, units := r.Int(), r.Int()
		if g < 0 || g >= int64(len(t.of)) || units < 1 || units > math.MaxInt32 {
			r.Fail("the count of a group is damaged")
		}
		if r.Err() != nil {
			break
		}
		t.carry(int32(g), units)
	}
	return r.Err()
}
