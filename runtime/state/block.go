package state

// blockLen is how many rows go through each step together, so that the cache
// misses of their probes overlap.
const blockLen = 64

// block is up to blockLen rows that have a key, between steps.
type block struct {
	n      int
	at     [blockLen]int32  // where in out the id belongs
	row    [blockLen]int32  // in the columns
	key    [blockLen]string // the key, where it may not fit a cell
	w0, w1 [blockLen]uint64 // the cell
	hash   [blockLen]uint64
	id     [blockLen]int32 // the likely id, -1 if there is none
	left   [blockLen]int32 // rows that the likely id was not for
}

// add puts a row into the block.
func (b *block) add(at int, row int32) {
	b.at[b.n&(blockLen-1)] = int32(at)
	b.row[b.n&(blockLen-1)] = row
	b.n++
}

// probe gives the rows of a block their ids. First every row reads its group of
// the index, then every row the cell of the id that lies there under its tag;
// neither loop has a branch that depends on what was read, and both are short, so
// the processor has many of the reads under way at once. What is left goes the
// long way.
func (k *Keys) probe(b *block, out []int32) {
	k.makeRoom(b.n)
	k.hashes(b)
	k.index.guess(b.hash[:b.n], b.id[:b.n])
	for _, j := range k.check(b, out) {
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
	if !k.form.texts && k.form.width <= len(cell{}) {
		return
	}
	for j, w := range w1 {
		if k.form.long(w) {
			hash[j] = k.hash(b.key[j], nowhere, w)
		}
	}
}

// guess gives, for each hash, the id in its home group under its tag, or -1.
func (x *index) guess(hash []uint64, id []int32) {
	segs := x.segs
	id = id[:len(hash)]
	for j, h := range hash {
		s := &segs[h>>56&x.mask]
		g := &s.groups[s.home(h)]
		m := match(g.tags, tagOf(h))
		some := (m | -m) >> 63 // 1 where there is a match
		id[j] = g.ids[first(m)] | (int32(some) - 1)
	}
}

// check takes over the guesses whose key is the row's; the other rows are listed.
func (k *Keys) check(b *block, out []int32) (left []int32) {
	n := 0
	w0, w1, at := b.w0[:b.n], b.w1[:b.n], b.at[:b.n]
	for j, id := range b.id[:b.n] {
		b.left[n&(blockLen-1)] = int32(j)
		if id < 0 {
			n++
			continue
		}
		c0, c1 := k.cells.words(id)
		if c1 != w1[j] || c0 != w0[j] && !(k.form.long(c1) && string(k.cells.text(c0, c1)) == b.key[j]) {
			n++
		}
		out[at[j]] = id
	}
	return b.left[:n]
}
