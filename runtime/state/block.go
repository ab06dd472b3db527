package state

// blockLen is how many rows go through each step together, so that the cache
// misses of their probes overlap.
const blockLen = 64

// block is up to blockLen rows that have a key, between steps.
type block struct {
	n      int
	long   bool             // a key does not fit its cell
	at     [blockLen]int32  // where in out the id belongs
	row    [blockLen]int32  // in the columns
	key    [blockLen]string // the key, where it may not fit a cell
	w0, w1 [blockLen]uint64 // the cell of the key
	hash   [blockLen]uint64
	home   [blockLen]*group
	id     [blockLen]int32 // the likely id, -1 if there is none
	cell   [blockLen]*cell // of the likely id
	left   [blockLen]int32 // rows that the likely id was not for
	read   uint64          // keeps what only reads ahead from being optimised away
}

// add puts a row into the block.
func (b *block) add(at int, row int32) {
	b.at[b.n&(blockLen-1)] = int32(at)
	b.row[b.n&(blockLen-1)] = row
	b.n++
}

// probe gives the rows of a block their ids: hash, home group, the id that lies
// there under the hash's tag, that id's cell, and what is left goes the long way.
//
// Go has no instruction to fetch memory ahead. In a table that is larger than the
// caches, loops of nothing but reads stand before the loops that need what they
// read: the processor then has as many of the misses under way as it can. A block
// of a million keys costs half as much with them.
func (k *Keys) probe(b *block, out []int32) {
	k.enlist()
	k.makeRoom(b.n)
	ahead := len(k.index.segs) > 1
	k.hashes(b)
	k.index.homes(b)
	if ahead {
		b.readHomes()
	}
	left := b.left[:0]
	if k.cells.n > 0 {
		b.guess(&k.cells)
		if ahead {
			k.readAhead(b)
		}
		left = k.check(b, out)
	} else {
		for j := range b.n {
			left = append(left, int32(j))
		}
	}
	for _, j := range left {
		out[b.at[j]] = k.find(b.hash[j], b.w0[j], b.w1[j], b.key[j])
	}
	if k.idle.any() {
		for _, at := range b.at[:b.n] {
			if out[at] >= 0 {
				k.idle.revive(out[at])
			}
		}
	}
}

// hashes hashes the keys of a block, as hash does.
func (k *Keys) hashes(b *block) {
	s0, s1 := k.s0, k.s1
	w0, w1 := b.w0[:b.n], b.w1[:b.n]
	hash := b.hash[:len(w0)]
	for j, w := range w0 {
		hash[j] = fold(w^s0, w1[j]^s1, s1)
	}
	b.long = false
	if !k.form.texts && k.form.width <= len(cell{}) {
		return
	}
	for j, w := range w1 {
		if k.form.long(w) {
			b.long = true
			hash[j] = k.hash(b.key[j], nowhere, w)
		}
	}
}

// homes finds the groups where the searches begin.
func (x *index) homes(b *block) {
	segs, mask := x.segs, x.mask
	home := b.home[:b.n]
	for j, h := range b.hash[:b.n] {
		s := &segs[h>>56&mask]
		home[j] = &s.groups[s.home(h)]
	}
}

// readHomes reads the groups where the searches begin ahead.
func (b *block) readHomes() {
	for _, g := range b.home[:b.n] {
		b.read += g.tags
	}
}

// guess takes the id in the home group under the hash's tag, and finds its cell;
// where there is none, any cell.
func (b *block) guess(c *cells) {
	pages := c.pages
	home, id, cell := b.home[:b.n], b.id[:b.n], b.cell[:b.n]
	for j, h := range b.hash[:b.n] {
		g := home[j]
		m := match(g.tags, tagOf(h))
		some := (m | -m) >> 63 // 1 where there is a match
		x := g.ids[first(m)] | (int32(some) - 1)
		id[j] = x
		y := uint32(max(x, 0))
		cell[j] = &pages[y/pageLen][y%pageLen]
	}
}

// readAhead reads the cells of a block, and the texts that they point to.
func (k *Keys) readAhead(b *block) {
	for _, c := range b.cell[:b.n] {
		b.read += uint64(c[0])
	}
	if !b.long {
		return
	}
	for j, c := range b.cell[:b.n] {
		if c0, c1 := wordsOf(c); b.id[j] >= 0 && k.form.long(c1) {
			b.read += uint64(k.cells.text(c0, c1)[0])
		}
	}
}

// check takes over the guesses whose key is the row's; the other rows are listed.
func (k *Keys) check(b *block, out []int32) (left []int32) {
	n := 0
	w0, w1, at, id := b.w0[:b.n], b.w1[:b.n], b.at[:b.n], b.id[:b.n]
	for j, c := range b.cell[:b.n] {
		b.left[n&(blockLen-1)] = int32(j)
		if id[j] < 0 {
			n++
			continue
		}
		c0, c1 := wordsOf(c)
		if c1 != w1[j] || c0 != w0[j] && !(k.form.long(c1) && string(k.cells.text(c0, c1)) == b.key[j]) {
			n++
		}
		out[at[j]] = id[j]
	}
	return b.left[:n]
}
