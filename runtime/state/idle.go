package state

import "github.com/detlang/det/runtime/vec"

// idle keeps the ids that no key needs: first they are dead (freed, their key
// still in the index and in what is remembered by code), and after a sweep, which
// takes out both, free for another key. A key that comes again while its id is
// dead gets it back.
type idle struct {
	dead   vec.Bitmap
	nDead  int
	order  []int32 // ids in the order of their death; some may live again
	free   []int32 // ids of isFree, and perhaps some that were taken up again by Join
	isFree vec.Bitmap
	nFree  int
	sweeps int
}

// sweepLeast is how many ids must be dead before a sweep is worth its price,
// unless the table is full.
const sweepLeast = 1 << 12

// Free gives ids back: their keys are forgotten, and the ids will stand for other
// keys some time. Whoever keeps state by id must have emptied it. Ids that stand
// for no key are skipped.
func (k *Keys) Free(ids []int32) {
	k.enlist()
	for _, id := range ids {
		if id >= 0 && int(id) < k.cells.n {
			k.idle.kill(id)
		}
	}
}

// Alive reports whether an id stands for a key.
func (k *Keys) Alive(id int32) bool {
	return id >= 0 && int(id) < k.cells.n && !has(k.idle.dead, id) && !has(k.idle.isFree, id)
}

func has(b vec.Bitmap, id int32) bool { return int(id) < len(b)*64 && b.Get(int(id)) }

func set(b *vec.Bitmap, id int32) {
	if need := int(id)/64 + 1 - len(*b); need > 0 {
		*b = append(*b, make(vec.Bitmap, need)...)
	}
	b.Set(int(id))
}

func (d *idle) kill(id int32) {
	if has(d.dead, id) || has(d.isFree, id) {
		return
	}
	set(&d.dead, id)
	d.nDead++
	d.order = append(d.order, id)
}

// any reports whether an id that is remembered somewhere may be dead.
func (d *idle) any() bool { return d.nDead > 0 }

// revive brings an id back to life if it is dead.
func (d *idle) revive(id int32) {
	if has(d.dead, id) {
		d.dead.Clear(int(id))
		d.nDead--
	}
}

// take is a free id, if there is one.
func (d *idle) take() (int32, bool) {
	for len(d.free) > 0 {
		id := d.free[len(d.free)-1]
		d.free = d.free[:len(d.free)-1]
		if has(d.isFree, id) {
			d.claim(id)
			return id, true
		}
	}
	return 0, false
}

// vacate makes an id free; claim takes one that is.
func (d *idle) vacate(id int32) {
	set(&d.isFree, id)
	d.nFree++
}

func (d *idle) claim(id int32) {
	d.isFree.Clear(int(id))
	d.nFree--
}

// count is how many ids stand for no key.
func (d *idle) count() int { return d.nDead + d.nFree }

func (d *idle) reset() { *d = idle{sweeps: d.sweeps + 1} }

func (d *idle) bytes() int {
	return 8*cap(d.dead) + 8*cap(d.isFree) + 4*cap(d.order) + 4*cap(d.free)
}

// makeRoom sweeps before n keys are looked up, when dead ids are many or the n
// keys might find the table full.
func (k *Keys) makeRoom(n int) {
	d := &k.idle
	if d.nDead == 0 {
		return
	}
	if d.nDead >= max(sweepLeast, k.cells.n/4) || k.max-k.taken() < n {
		k.sweep()
	}
}

// Sweep makes the ids that Free gave back free at once, so that their keys have no
// claim to them any more: in a table that is full the next keys get them in the
// order in which they come.
func (k *Keys) Sweep() {
	if k.idle.any() {
		k.sweep()
	}
}

// sweep makes dead ids free: their keys leave the index, and what is remembered
// by code is forgotten, so that no old code leads to an id's next key. When half
// of the arena belongs to keys that are gone, the rest is moved together.
func (k *Keys) sweep() {
	d := &k.idle
	for _, id := range d.order {
		if !has(d.dead, id) {
			continue
		}
		k.index.remove(k.hashOf(id), id)
		if w0, w1 := k.cells.words(id); k.form.long(w1) {
			k.cells.arena.size -= len(k.cells.text(w0, w1))
		}
		d.dead.Clear(int(id))
		d.vacate(id)
		d.free = append(d.free, id)
	}
	d.order, d.nDead = d.order[:0], 0
	d.sweeps++
	k.forget()
	k.compact()
}

// compact moves the texts of the living to a new arena if they fill less than
// half of the old one.
func (k *Keys) compact() {
	old := k.cells.arena
	if held := old.bytes(); held < 4*chunkLen || old.size*2 > held {
		return
	}
	k.cells.arena = arena{}
	for id := range k.index.ids {
		if w0, w1 := k.cells.words(id); k.form.long(w1) {
			k.cells.put(id, k.cells.arena.add(view(old.get(w0, int(uint32(w1))))), w1)
		}
	}
}
