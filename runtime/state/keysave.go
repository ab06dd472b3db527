package state

import (
	"fmt"
	"math"
	"slices"

	"github.com/detlang/det/lang/types"
)

// Save writes the keys with their ids. It sweeps first.
func (k *Keys) Save(w *Writer) {
	if k.idle.any() {
		k.sweep()
	}
	kinds := make([]uint8, len(k.kinds))
	for i, kind := range k.kinds {
		kinds[i] = uint8(kind)
	}
	Slice(w, kinds)
	w.Int(int64(k.cells.n))
	for _, p := range k.cells.used() {
		Slice(w, p)
	}
	w.Int(int64(len(k.cells.arena.chunks)))
	for _, c := range k.cells.arena.chunks {
		w.Bytes(c)
	}
	Slice(w, k.idle.free)
}

// Load reads what Save wrote, in place of what the table holds. The index is
// built anew, since the hash is secret to each process. A table that takes fewer keys
// than were saved has them all, and takes further ones when enough of them are freed. After an error the table
// is empty.
func (k *Keys) Load(r *Reader) error {
	k.Reset()
	k.load(r)
	if err := r.Err(); err != nil {
		k.Reset()
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

func (k *Keys) load(r *Reader) {
	kinds := ReadSlice[uint8](r)
	if !slices.EqualFunc(kinds, k.kinds, func(a uint8, b types.Kind) bool { return a == uint8(b) }) {
		r.Fail("the saved keys have other types")
		return
	}
	n := r.Len(len(cell{}))
	if n > math.MaxInt32-1 {
		r.Fail("%d keys were saved, which have no numbers", n)
		return
	}
	k.cells = cells{}
	for k.cells.n < n {
		p := ReadSlice[cell](r)
		if len(p) == 0 || len(p) > pageLen || len(p) != min(pageLen, n-k.cells.n) {
			r.Fail("a page of keys has the wrong length")
			return
		}
		k.cells.pages = append(k.cells.pages, p)
		k.cells.n += len(p)
	}
	for range r.Len(8) {
		c := r.Bytes()
		k.cells.arena.chunks = append(k.cells.arena.chunks, c)
	}
	free := ReadSlice[int32](r)
	for _, id := range free {
		if id < 0 || int(id) >= n || has(k.idle.isFree, id) {
			r.Fail("a freed key is out of range")
			return
		}
		set(&k.idle.isFree, id)
	}
	k.idle.free = free
	if r.Err() == nil {
		k.reindex(r)
	}
}

// reindex builds the index, checking each cell: a damaged one must not lead
// outside the arena.
func (k *Keys) reindex(r *Reader) {
	k.index = newIndex(k.cells.n)
	a := &k.cells.arena
	var c cell
	for id := range int32(k.cells.n) {
		if has(k.idle.isFree, id) {
			continue
		}
		w0, w1 := k.cells.words(id)
		if k.form.long(w1) {
			n := int(uint32(w1))
			if !a.holds(w0, n) {
				r.Fail("a key lies outside of the texts")
				return
			}
			a.size += n
		} else if k.form.texts && w1>>56 > shortText {
			r.Fail("a key has an impossible length")
			return
		}
		key := k.key(id, &c)
		if v0, v1 := k.form.words(view(key)); !k.form.valid(key) || v1 != w1 || v0 != w0 && v0 != nowhere {
			r.Fail("a key is malformed")
			return
		}
		h := k.hashOf(id)
		if _, twice := k.locate(h, w0, w1, view(key)); twice {
			r.Fail("a key comes twice")
			return
		}
		k.index.insert(h, id, k.hashesOf)
	}
}
