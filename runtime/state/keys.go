package state

import (
	"hash/maphash"
	"math"
	"math/bits"

	"github.com/zeebo/xxh3"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// What IDs gives a row that gets no id.
const (
	NoKey  = -1 // a column of the key is missing
	NoRoom = -2 // the table is full and the key is not in it
)

// Keys gives each distinct grouping key a dense id: 0, 1, 2 … in the order of
// first appearance. A key is one value of each column; a row that misses one of
// them has no key, which is apart from every text. Floats -0 and 0 are one key.
// Without columns every row has the one, empty key.
//
// A key takes 16 bytes in a cell (cell.go), where texts of up to 15 bytes and
// binary keys of up to 16 lie themselves and longer ones point into an arena,
// and a slot of 5 bytes in an open-addressing index that is at most three quarters
// full (index.go): 24 to 30 bytes a short key, without a Go pointer. Columns that
// come as dictionary codes skip the index: what a code, or a pair of codes, led
// to is remembered (remap.go, pair.go). While new keys are of one dictionary, they are
// not put there (sole.go).
//
// An id keeps its meaning until Reset, or until Free gives it back; so several
// readers may share one Keys as long as neither is called. Not safe for
// concurrent use.
type Keys struct {
	kinds []types.Kind
	form  form
	max   int

	seed   maphash.Seed // of texts in the arena
	s0, s1 uint64       // of keys in a cell

	index   index
	sole    sole
	checked int // texts that were compared for sole
	cells   cells
	idle    idle
	remaps  remaps
	pairs   pairs
	buf     []byte // keys of several columns, laid out for one block
	read    uint64 // keeps what only reads ahead from being optimised away
}

// NewKeys makes an empty table for keys of the given kinds that never holds more
// than max keys; max 0 is as many as an id can name.
func NewKeys(kinds []types.Kind, max int) *Keys {
	if max <= 0 || max > math.MaxInt32-1 {
		max = math.MaxInt32 - 1
	}
	seed := maphash.MakeSeed()
	return &Keys{
		kinds: kinds,
		form:  formOf(kinds),
		max:   max,
		seed:  seed,
		s0:    maphash.String(seed, "low"),
		s1:    maphash.String(seed, "high") | 1,
		index: newIndex(0),
	}
}

// Len is how many ids were given out: every id is below it.
func (k *Keys) Len() int { return k.cells.n }

// Live is how many ids stand for a key: Len less those that were freed.
func (k *Keys) Live() int { return k.cells.n - k.idle.count() }

// Room is how many more keys the table takes.
func (k *Keys) Room() int { return k.max - k.taken() }

// taken is how many ids are not free: they stand for a key, or are dead.
func (k *Keys) taken() int { return k.cells.n - k.idle.nFree }

// Bytes is the memory held, what is remembered about dictionaries included.
func (k *Keys) Bytes() int {
	return k.index.bytes() + k.cells.bytes() + k.idle.bytes() + k.remaps.bytes() + k.pairs.bytes() + cap(k.buf)
}

// Hash is a hash of the key of an id that is the same in every process (xxh3 of
// its bytes): for sharding, and for ids that outlive the process.
func (k *Keys) Hash(id int32) uint64 { return xxh3.Hash(k.key(id, new(cell))) }

// Reset forgets all keys and keeps the memory.
func (k *Keys) Reset() {
	k.index.reset()
	k.sole, k.checked = sole{}, 0
	k.cells.reset()
	k.idle.reset()
	k.forget()
}

// forget drops what is remembered by dictionary code.
func (k *Keys) forget() {
	k.remaps.forget()
	if k.pairs.n > 0 {
		k.pairs.forget()
	}
}

// IDs gives each selected row the id of its key, in out[:n]: row rows[i], or row
// i where rows is nil. A row with a missing key column gets NoKey, a new key that
// finds the table full gets NoRoom; both are counted.
func (k *Keys) IDs(cols []*vec.Vec, rows []int32, n int, out []int32) (missing, overflow int) {
	out = out[:n]
	switch {
	case len(cols) == 0:
		k.one(out)
	case !k.fits(cols):
		for i := range out {
			out[i] = NoKey
		}
	case len(cols) == 1 && cols[0].Dict != nil:
		k.coded(cols[0], rows, out)
	case len(cols) == 2 && cols[0].Dict != nil && cols[1].Dict != nil:
		k.paired(cols, rows, out)
	default:
		valid := vec.AllValid(cols...)
		var b block
		for from := 0; from < n; from += blockLen {
			to := min(from+blockLen, n)
			k.encode(&b, cols, valid, rows, from, to, out)
			k.probe(&b, out)
		}
	}
	return tally(out)
}

// one gives every row the id of the empty key.
func (k *Keys) one(out []int32) {
	if len(out) == 0 {
		return
	}
	k.enlist()
	id := k.find(k.hash("", 0, 0), 0, 0, "")
	for i := range out {
		out[i] = id
	}
}

// fits reports whether the columns are of the table's kinds. A column of no kind
// has only missing rows; one of another kind is treated alike.
func (k *Keys) fits(cols []*vec.Vec) bool {
	for c, v := range cols {
		if c >= len(k.kinds) || v.Kind != k.kinds[c] || !keyed(v.Kind) {
			return false
		}
	}
	return len(cols) == len(k.kinds)
}

// tally counts the rows without an id.
func tally(out []int32) (missing, overflow int) {
	var none uint32
	for _, id := range out {
		none += uint32(id) >> 31
	}
	if none == 0 {
		return 0, 0
	}
	for _, id := range out {
		switch id {
		case NoKey:
			missing++
		case NoRoom:
			overflow++
		}
	}
	return missing, overflow
}

// find is the id of a key, new if the key is; NoRoom where the table is full.
func (k *Keys) find(h, w0, w1 uint64, key string) int32 {
	id, ok := k.locate(h, w0, w1, key)
	if ok {
		if k.idle.any() {
			k.idle.revive(id)
		}
		return id
	}
	if k.taken() >= k.max {
		return NoRoom
	}
	id = k.add(w0, w1, key)
	k.index.insert(h, id, k.hashesOf)
	return id
}

// add gives a new key an id, for which there is room. It does not put it into the index.
func (k *Keys) add(w0, w1 uint64, key string) int32 {
	id, ok := k.idle.take()
	if !ok {
		id = k.cells.add()
	}
	if k.form.long(w1) {
		w0 = k.cells.arena.add(key)
	}
	k.cells.put(id, w0, w1)
	return id
}

// locate is the id of a key that is in the index.
func (k *Keys) locate(h, w0, w1 uint64, key string) (int32, bool) {
	s := k.index.segment(h)
	for i := s.home(h); ; {
		g := &s.groups[i]
		for m := match(g.tags, tagOf(h)); m != 0; m &= m - 1 {
			if id := g.ids[first(m)]; k.is(id, w0, w1, key) {
				return id, true
			}
		}
		if match(g.tags, empty) != 0 {
			return 0, false
		}
		if i++; i == len(s.groups) {
			i = 0
		}
	}
}

// is reports whether the key of id is the given one.
func (k *Keys) is(id int32, w0, w1 uint64, key string) bool {
	a, b := k.cells.words(id)
	return b == w1 && (a == w0 || k.form.long(b) && string(k.cells.text(a, b)) == key)
}

// hash is the hash of a key, secret to this process: a folded multiplication for
// those in a cell (wyhash, Wang Yi), maphash for longer ones.
func (k *Keys) hash(key string, w0, w1 uint64) uint64 {
	if k.form.long(w1) {
		return maphash.String(k.seed, key)
	}
	return fold(w0^k.s0, w1^k.s1, k.s1)
}

// fold mixes two words and a secret.
func fold(a, b, secret uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	hi, lo = bits.Mul64(hi^lo, secret)
	return hi ^ lo
}

// hashOf is the hash of the key of an id.
func (k *Keys) hashOf(id int32) uint64 {
	w0, w1 := k.cells.words(id)
	if k.form.long(w1) {
		return maphash.Bytes(k.seed, k.cells.text(w0, w1))
	}
	return k.hash("", w0, w1)
}

// hashesOf are the hashes of the keys of ids, which it reads ahead (see probe).
func (k *Keys) hashesOf(ids []int32, hash *[blockLen]uint64) {
	var read uint64
	for _, id := range ids {
		w0, _ := k.cells.words(id)
		read |= w0
	}
	k.read = read
	for j, id := range ids {
		hash[j] = k.hashOf(id)
	}
}

// key is the bytes of the key of an id. Those in a cell are copied to c.
func (k *Keys) key(id int32, c *cell) []byte {
	w0, w1 := k.cells.words(id)
	if k.form.long(w1) {
		return k.cells.text(w0, w1)
	}
	*c = cellOf(w0, w1)
	return c[:k.form.length(c)]
}
