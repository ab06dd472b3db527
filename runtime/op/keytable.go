package op

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// KeyTable is the table of keys that the windows of several rules share, because they
// group the same rows by the same columns: so a key is kept once, whatever looks at
// it, and has one code for all of them. The zero table is ready to use.
//
// Each stage knows which of the keys are its own, in a bit for each, and keeps to its
// own max; a code is free again when no stage owns it. Each saves the keys that it
// owns, with their codes and the number of the table, so that what a rule keeps does
// not depend on which other rules there are. Stages that were saved of one table have
// one again; one that was saved of another (its rule was left out for a while, or did
// not share then) goes on with a table of its own. Rules of other filters do not share:
// where one sees few of another's keys, the slices that it indexes by code would cost
// more than keys of its own.
type KeyTable struct {
	keys   *state.Keys
	users  []*groups
	number int64 // of this table, by chance
	left   bool  // a stage has a table of its own now
	loaded bool
	from   int64 // where keys were loaded, the number of the table that they were saved of
}

// join makes a stage, which has seen nothing yet, a user of a table.
func (t *KeyTable) join(g *groups) {
	if t == nil {
		return
	}
	g.table, t.users = t, append(t.users, g)
	switch len(t.users) {
	case 1:
		t.keys, t.number = g.keys, rand.Int64()|1
		return
	case 2: // each keeps to a max of its own
		t.keys = state.NewKeys(g.kinds, 0)
		t.users[0].keys = t.keys
	}
	g.keys = t.keys
}

// shared reports whether other stages use the table of keys as well.
func (g *groups) shared() bool { return g.table != nil && (len(g.table.users) > 1 || g.table.left) }

// number is that of the stage's table, 0 for one that is nobody else's.
func (g *groups) number() int64 {
	if g.table == nil {
		return 0
	}
	return g.table.number
}

// takes reports whether keys that were saved of the table of a number can be joined to
// this one.
func (t *KeyTable) takes(number int64) bool {
	if !t.loaded {
		t.loaded, t.from = true, number
		return true
	}
	return number != 0 && number == t.from
}

// leave gives a stage that has no keys a table of its own.
func (g *groups) leave() {
	t := g.table
	t.left = true
	t.users = slices.DeleteFunc(t.users, func(u *groups) bool { return u == g })
	g.table, g.keys = nil, state.NewKeys(g.kinds, g.max)
}

// own makes the keys of rows the stage's own, as far as there is room; those for which
// there is none lose their code.
func (g *groups) own(ids []int32) (refused int) {
	for len(g.owned)*64 < g.keys.Len() {
		g.owned = append(g.owned, 0)
	}
	var strange []int32
	for i, id := range ids {
		if id < 0 || g.owned.Get(int(id)) {
			continue
		}
		if g.owns >= g.max {
			strange, ids[i] = append(strange, id), state.NoRoom
			refused++
			continue
		}
		g.owned.Set(int(id))
		g.owns++
	}
	g.table.free(strange)
	return refused
}

// disown gives up the keys of a shared table that are not in use.
func (g *groups) disown(used vec.Bitmap) (some bool) {
	g.idle = g.idle[:0]
	for w, word := range g.owned {
		for gone := word &^ used[w]; gone != 0; gone &= gone - 1 {
			g.idle = append(g.idle, int32(64*w+bits.TrailingZeros64(gone)))
		}
		g.owned[w] &= used[w]
	}
	g.owns -= len(g.idle)
	g.table.free(g.idle)
	return len(g.idle) > 0
}

// free gives back the codes of keys that no stage owns.
func (t *KeyTable) free(ids []int32) {
	n := 0
	for _, id := range ids {
		if !t.owned(id) {
			ids[n] = id
			n++
		}
	}
	t.keys.Free(ids[:n])
}

// owned reports whether a stage owns a key.
func (t *KeyTable) owned(id int32) bool {
	for _, u := range t.users {
		if int(id) < 64*len(u.owned) && u.owned.Get(int(id)) {
			return true
		}
	}
	return false
}
