package op

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// defaultKeys is how many keys a window holds at a time when its rule does not say.
const defaultKeys = 10_000_000

// idleKeys is how many keys that are not in use are remembered, since a key that
// comes again costs a load when it is known and a look-up in the index when not:
// about 10 MB.
const idleKeys = 1 << 18

// groups gives rows the dense code of their grouping key. Codes of keys that are
// not needed any more are given back in bulk: when they are by far the most, or
// when the table is full. Which of several codes a key has never shows in results.
type groups struct {
	keys  *state.Keys
	cols  []int // key columns of the input
	kinds []types.Kind

	// live marks the keys for which something is kept; nil keeps all keys for good.
	live func(used vec.Bitmap)

	max   int
	table *KeyTable  // nil unless the keys may be shared
	owned vec.Bitmap // of keys that are shared, those of this stage,
	owns  int        // and how many they are

	missing, overflow int64 // rows left out
	full              bool  // nothing was idle when room was last sought
	trace             hold

	vecs []*vec.Vec
	ids  []int32
	idle []int32
}

func newGroups(by []Arg, max int) *groups {
	g := &groups{max: max}
	kinds := make([]types.Kind, len(by))
	for i, a := range by {
		kinds[i] = a.Type.Kind
		g.cols = append(g.cols, a.Col)
	}
	g.keys, g.kinds = state.NewKeys(kinds, max), kinds
	g.vecs = make([]*vec.Vec, len(by))
	return g
}

// of gives the codes of n rows of a batch: rows, or the first n where that is nil.
// A negative code is a row that joins no group; such rows are counted, and some
// says whether there are any. The slice is valid until the next call.
func (g *groups) of(b *runtime.Batch, rows []int32, n int) (ids []int32, some bool) {
	ids, missing, overflow := g.try(b, rows, n)
	if overflow > 0 && g.reclaim() { // in the order of rows, as if the table had been swept before
		ids, missing, overflow = g.try(b, rows, n)
	}
	g.missing += int64(missing)
	g.overflow += int64(overflow)
	if g.trace != nil && missing+overflow > 0 {
		g.held(b, rows, ids)
	}
	return ids, missing+overflow > 0
}

// hold is told of rows that an operator holds back; nil where nobody listens.
type hold func(b *runtime.Batch, row int32, h runtime.Held)

// held tells of the rows that join no group.
func (g *groups) held(b *runtime.Batch, rows, ids []int32) {
	for i, id := range ids {
		if id >= 0 {
			continue
		}
		r := int32(i)
		if rows != nil {
			r = rows[i]
		}
		why := runtime.TooManyKeys
		for _, c := range g.cols {
			if b.Cols[c].Loaded(nil).Missing(int(r)) {
				why = runtime.KeyMissing
			}
		}
		g.trace(b, r, runtime.Held{Why: why})
	}
}

// try gives codes without making room for them, and without counting.
func (g *groups) try(b *runtime.Batch, rows []int32, n int) (ids []int32, missing, overflow int) {
	var wanted vec.Bitmap
	for i, c := range g.cols {
		if b.Cols[c].Load != nil && wanted == nil && rows != nil {
			wanted = vec.FromRows(rows, b.N)
		}
		g.vecs[i] = b.Cols[c].Loaded(wanted)
	}
	g.ids = slices.Grow(g.ids[:0], n)[:n]
	missing, overflow = g.keys.IDs(g.vecs, rows, n, g.ids)
	if g.shared() {
		overflow += g.own(g.ids)
	}
	return g.ids, missing, overflow
}

// fit reports whether there is room for the keys of a batch. In nearly every batch that
// is plain without looking them up.
func (g *groups) fit(b *runtime.Batch) bool {
	room := g.keys.Room()
	if g.shared() {
		room = g.max - g.owns
	}
	if b.Rows() <= room {
		return true
	}
	_, _, overflow := g.try(b, b.Sel, b.Rows())
	return overflow == 0
}

// inSteps calls push with the rows of b of one time after another. It is for
// batches in which the table of keys is full: which keys make room may change from
// one time to the next.
func inSteps(b *runtime.Batch, push func(*runtime.Batch) error) error {
	rows := every(b)
	for from := 0; from < len(rows); {
		first, to := rows[from], from+1
		for to < len(rows) && b.Time[rows[to]] == b.Time[first] {
			to++
		}
		step := *b
		step.Sel = nil
		step = *step.Slice(int(first), int(rows[to-1])+1)
		for _, r := range rows[from:to] {
			step.Sel = append(step.Sel, r-first)
		}
		if err := push(&step); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// late is a key column of the given entities that is made only for the rows that
// are read: of a window's many keys, few pass its rule's condition.
func (g *groups) late(c int, entities []int32) *vec.Vec {
	n := len(entities)
	return &vec.Vec{Kind: g.kinds[c], N: n, Load: func(mask vec.Bitmap) *vec.Vec {
		if mask == nil {
			return g.keys.Column(c, entities)
		}
		rows := mask.Rows(nil)
		ids := make([]int32, len(rows))
		at := make([]int32, n)
		for i, r := range rows {
			ids[i], at[r] = entities[r], int32(i)
		}
		var one vec.Gatherer
		return one.Gather([]*vec.Vec{g.keys.Column(c, ids)}, n, mask, func(i int) (int, int) { return 0, int(at[i]) })
	}}
}

// reclaim gives back the codes of the keys for which nothing is kept.
func (g *groups) reclaim() bool {
	if g.live == nil || g.full {
		return false
	}
	used := vec.NewBitmap(g.keys.Len())
	g.live(used)
	if g.shared() {
		g.full = !g.disown(used)
		g.keys.Sweep()
		return !g.full
	}
	g.idle = g.idle[:0]
	for id := range int32(g.keys.Len()) {
		if !used.Get(int(id)) && g.keys.Alive(id) {
			g.idle = append(g.idle, id)
		}
	}
	g.keys.Free(g.idle)
	g.keys.Sweep()
	g.full = len(g.idle) == 0
	return !g.full
}

// count is how many keys are held.
func (g *groups) count() int {
	if g.shared() {
		return g.owns
	}
	return g.keys.Live()
}

// settle is told when keys went out of use. It gives idle codes back when far more
// are held than the n in use. It must not come while codes that of gave are still
// to be used.
func (g *groups) settle(n int) {
	g.full = false
	if g.live != nil && g.count() > 8*n+idleKeys {
		g.reclaim()
	}
}

// present drops the rows without a group: it gives the rows that remain, and their
// codes in place.
func present(ids, rows []int32) (_, kept []int32) {
	kept = make([]int32, 0, len(ids))
	n := 0
	for i, id := range ids {
		if id < 0 {
			continue
		}
		r := int32(i)
		if rows != nil {
			r = rows[i]
		}
		ids[n] = id
		kept = append(kept, r)
		n++
	}
	return ids[:n], kept
}

// meter is what the keys take, and the rows left out. With codes in dead hands
// given back only in bulk, the keys held may be more than those in use.
// Of a table that is shared each stage tells its part.
func (g *groups) meter() runtime.Meters {
	bytes := g.keys.Bytes()
	if g.shared() {
		bytes = bytes/len(g.table.users) + 8*cap(g.owned)
	}
	return runtime.Meters{
		Groups:     g.count(),
		Bytes:      bytes + 4*cap(g.ids) + 4*cap(g.idle),
		MissingKey: g.missing,
		Overflow:   g.overflow,
	}
}

func (g *groups) save(w *state.Writer) {
	w.Int(g.number())
	if g.shared() {
		g.keys.SaveOf(w, g.owned)
	} else {
		g.keys.Save(w)
	}
	w.Int(g.missing)
	w.Int(g.overflow)
}

func (g *groups) load(r *state.Reader) error {
	if err := g.loadKeys(r); err != nil {
		return err
	}
	g.missing, g.overflow = r.Int(), r.Int()
	return r.Err()
}

// loadKeys reads the keys; into a table that is shared, beside those of others.
func (g *groups) loadKeys(r *state.Reader) (err error) {
	number := r.Int()
	if g.shared() && !g.table.takes(number) {
		g.leave()
	}
	if !g.shared() {
		return g.keys.Load(r)
	}
	if g.owned, err = g.keys.Join(r); err == nil {
		g.owns = g.owned.Count()
	}
	return err
}
