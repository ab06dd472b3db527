package state

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Save writes the keys with their ids. It sweeps first.
func (k *Keys) Save(w *Writer) { k.SaveOf(w, nil) }

// SaveOf writes the keys of some ids, nil being all that stand for a key.
func (k *Keys) SaveOf(w *Writer, ids vec.Bitmap) {
	k.Sweep()
	kinds := make([]uint8, len(k.kinds))
	for i, kind := range k.kinds {
		kinds[i] = uint8(kind)
	}
	Slice(w, kinds)
	saved := vec.NewBitmap(k.cells.n)
	for id := range int32(k.cells.n) {
		if ids == nil && !has(k.idle.isFree, id) || has(ids, id) {
			saved.Set(int(id))
		}
	}
	w.Int(int64(k.cells.n))
	Slice(w, saved)
	cells, texts := make([]cell, 0, pageLen), []byte(nil)
	flush := func() {
		Slice(w, cells)
		w.Bytes(texts)
		cells, texts = cells[:0], texts[:0]
	}
	for id := range inBitmap(saved) {
		w0, w1 := k.cells.words(id)
		if k.form.long(w1) {
			texts = append(texts, k.cells.text(w0, w1)...)
			w0 = nowhere
		}
		if cells = append(cells, cellOf(w0, w1)); len(cells) == pageLen {
			flush()
		}
	}
	if len(cells) > 0 {
		flush()
	}
}

// inBitmap calls yield for the bits that are set, ascending.
func inBitmap(b vec.Bitmap) func(yield func(id int32) bool) {
	return func(yield func(id int32) bool) {
		for i, word := range b {
			for ; word != 0; word &= word - 1 {
				if !yield(int32(64*i + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}

// Load reads what Save wrote, in place of what the table holds. A table that takes
// fewer keys than were saved has them all, and takes further ones when enough of them
// are freed. After an error the table is empty.
func (k *Keys) Load(r *Reader) error {
	k.Reset()
	k.cells = cells{}
	_, err := k.Join(r)
	if err != nil {
		k.Reset()
	}
	return err
}

// Join reads what Save or SaveOf wrote beside what the table holds, and tells which
// ids those are. Nothing may be dead. A key that is there already has the same id,
// since all that is joined was saved of one table.
func (k *Keys) Join(r *Reader) (ids vec.Bitmap, err error) {
	ids = k.join(r)
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return ids, nil
}

func (k *Keys) join(r *Reader) vec.Bitmap {
	k.enlist()
	kinds := ReadSlice[uint8](r)
	if !slices.EqualFunc(kinds, k.kinds, func(a uint8, b types.Kind) bool { return a == uint8(b) }) {
		r.Fail("the saved keys have other types")
		return nil
	}
	n := r.Int()
	ids := vec.Bitmap(ReadSlice[uint64](r))
	switch {
	case r.Err() != nil:
		return nil
	case n < 0 || int64(len(ids)) != (n+63)/64 || n%64 != 0 && ids[len(ids)-1]>>(n%64) != 0:
		r.Fail("the saved keys are damaged")
		return nil
	case n > math.MaxInt32-1:
		r.Fail("%d keys were saved, which have no numbers", n)
		return nil
	}
	if k.Live() == 0 {
		k.index = newIndex(ids.Count())
	}
	first := int32(k.cells.n)
	for k.cells.n < int(n) {
		k.idle.vacate(k.cells.add())
	}
	var p joined
	for id := range inBitmap(ids) {
		if p.left() == 0 && !p.read(r) {
			return nil
		}
		if p.add(k, r, id); p.n == blockLen {
			p.settle(k, r)
		}
		if r.Err() != nil {
			return nil
		}
	}
	p.settle(k, r)
	if p.left() > 0 || len(p.texts) > 0 {
		r.Fail("there are more saved keys than ids")
	}
	for id := first; id < int32(k.cells.n); id++ {
		if has(k.idle.isFree, id) {
			k.idle.free = append(k.idle.free, id)
		}
	}
	return ids
}

// joined is keys on their way from a file to a table: a page, of which a block has
// been looked at. The index is asked for the keys of a block together, so that
// their cache misses overlap; it is built anew, since the hash is secret to each
// process.
type joined struct {
	cells []cell
	at    int    // in cells
	texts []byte // of the keys to come

	n      int
	id     [blockLen]int32
	w0, w1 [blockLen]uint64
	key    [blockLen]string
	hash   [blockLen]uint64
}

// left is how many keys of the page are to come.
func (p *joined) left() int { return len(p.cells) - p.at }

// read takes the next page, false if there is none.
func (p *joined) read(r *Reader) bool {
	if len(p.texts) > 0 {
		r.Fail("the saved texts belong to no key")
	}
	p.cells, p.at, p.texts = ReadSlice[cell](r), 0, r.Bytes()
	if len(p.cells) == 0 || len(p.cells) > pageLen {
		r.Fail("a page of keys has the wrong length")
	}
	return r.Err() == nil
}

// add takes the next key of the page into the block, after a look at it: a damaged one
// must not get into the table.
func (p *joined) add(k *Keys, r *Reader, id int32) {
	c := &p.cells[p.at]
	p.at++
	w0, w1 := wordsOf(c)
	var key []byte
	if k.form.long(w1) {
		n := int(uint32(w1))
		if n > len(p.texts) {
			r.Fail("a key lies outside of the texts")
			return
		}
		key, p.texts = p.texts[:n], p.texts[n:]
	} else {
		if k.form.texts && w1>>56 > shortText {
			r.Fail("a key has an impossible length")
			return
		}
		key = c[:k.form.length(c)]
	}
	if v0, v1 := k.form.words(view(key)); !k.form.valid(key) || v1 != w1 || v0 != w0 {
		r.Fail("a key is malformed")
		return
	}
	j := p.n
	p.id[j], p.w0[j], p.w1[j], p.key[j], p.hash[j] = id, w0, w1, view(key), k.hash(view(key), w0, w1)
	p.n++
}

// settle puts the keys of the block into the table.
func (p *joined) settle(k *Keys, r *Reader) {
	for _, h := range p.hash[:p.n] {
		s := k.index.segment(h)
		k.read |= s.groups[s.home(h)].tags
	}
	for j := range p.n {
		id, h := p.id[j], p.hash[j]
		found, known := k.locate(h, p.w0[j], p.w1[j], p.key[j])
		switch {
		case known && found == id:
		case known, !has(k.idle.isFree, id):
			r.Fail("a key comes twice, or two have one id")
		default:
			k.idle.claim(id)
			w0 := p.w0[j]
			if k.form.long(p.w1[j]) {
				w0 = k.cells.arena.add(p.key[j])
			}
			k.cells.put(id, w0, p.w1[j])
			k.index.insert(h, id, k.hashesOf)
		}
	}
	p.n = 0
}
