package engine

import (
	"slices"
	"sync"

	"github.com/detlang/det/runtime/eval"
	"github.com/detlang/det/runtime/vec"
)

// owners says to which worker each row of a piece falls: by the hash of the key,
// whatever form its columns have. What several rules that group by the same expressions
// ask is answered once.
//
// Rows whose key is missing join no group. They fall to somebody, who counts them.
type owners struct {
	of     int // workers
	frame  frame
	known  *knownOwners
	keys   []ownedKeys
	some   []uint8
	hash   []uint64
	hashes map[uint64][]uint64 // by dictionary: of each of its values, as one column of several
}

// ownedKeys are keys that rules have, and the owners of all rows of a piece where
// several rules have them.
type ownedKeys struct {
	ids   []eval.ID
	rules int
	all   []uint8
	made  bool
}

// know notes the keys of a rule.
func (o *owners) know(keys []eval.ID) {
	k := o.number(keys)
	if k < 0 {
		k = len(o.keys)
		o.keys = append(o.keys, ownedKeys{ids: slices.Clone(keys)})
	}
	o.keys[k].rules++
}

// number is the place of keys, -1 if they are not known.
func (o *owners) number(keys []eval.ID) int {
	return slices.IndexFunc(o.keys, func(k ownedKeys) bool { return slices.Equal(k.ids, keys) })
}

// begin begins a piece, as the frame has.
func (o *owners) begin() {
	for k := range o.keys {
		o.keys[k].made = false
	}
}

// rows are the owners of rows of a piece of n (nil: of all). The slice is valid until
// the next call.
func (o *owners) rows(k, n int, rows []int32) []uint8 {
	keys := &o.keys[k]
	m := n
	if rows != nil {
		m = len(rows)
	}
	o.some = slices.Grow(o.some[:0], m)[:m]
	if keys.rules == 1 {
		o.find(keys.ids, n, rows, o.some)
		return o.some
	}
	if !keys.made {
		keys.made, keys.all = true, slices.Grow(keys.all[:0], n)[:n]
		o.find(keys.ids, n, nil, keys.all)
	}
	if rows == nil {
		return keys.all
	}
	for i, r := range rows {
		o.some[i] = keys.all[r]
	}
	return o.some
}

// find writes the owners of rows (nil: of all) to out.
func (o *owners) find(ids []eval.ID, n int, rows []int32, out []uint8) {
	var mask vec.Bitmap
	if rows != nil && len(rows) < n && !o.frame.Plain(ids...) {
		mask = vec.FromRows(rows, n)
	}
	if v := o.frame.Get(ids[0], mask).Loaded(nil); len(ids) == 1 && v.Dict != nil && v.Dict.Len() > 0 && v.Valid == nil {
		known := o.known.values(v.Dict, o.of)
		if rows == nil {
			for i, c := range v.Codes[:len(out)] {
				out[i] = known[c]
			}
			return
		}
		for i, r := range rows[:len(out)] {
			out[i] = known[v.Codes[r]]
		}
		return
	}
	o.hash = slices.Grow(o.hash[:0], len(out))[:len(out)]
	clear(o.hash)
	for _, id := range ids {
		o.add(o.frame.Get(id, mask).Loaded(nil), rows)
	}
	for i, x := range o.hash {
		out[i] = ownerOf(x, o.of)
	}
}

// add mixes a column into the hashes of the rows.
func (o *owners) add(v *vec.Vec, rows []int32) {
	row := func(i int) int {
		if rows == nil {
			return i
		}
		return int(rows[i])
	}
	if v.Dict == nil {
		for i := range o.hash {
			o.hash[i] = mix(o.hash[i], vec.Hash(v, row(i)))
		}
		return
	}
	values := byCode(&o.hashes, v.Dict, vec.HashText)
	for i := range o.hash {
		x, r := uint64(0), row(i)
		if v.Valid == nil || v.Valid.Get(r) {
			x = values[v.Codes[r]]
		}
		o.hash[i] = mix(o.hash[i], x)
	}
}

// deal gives rows of a piece (nil: all) to their owners: a counting sort, which keeps
// the rows of each in their order.
func (s *share) deal(owner []uint8, rows []int32) {
	var at [256]int32
	for _, o := range owner {
		at[o]++
	}
	sum := int32(0)
	for o := range s.ends {
		at[o], sum = sum, sum+at[o]
		s.ends[o] = sum
	}
	s.rows = slices.Grow(s.rows[:0], len(owner))[:len(owner)]
	if rows == nil {
		for i, o := range owner {
			s.rows[at[o]] = int32(i)
			at[o]++
		}
		return
	}
	for i, r := range rows[:len(owner)] {
		o := owner[i]
		s.rows[at[o]] = r
		at[o]++
	}
}

// ownerOf is the worker for a hash.
func ownerOf(hash uint64, workers int) uint8 { return uint8(uint32(hash>>33) % uint32(workers)) }

// knownOwners are the workers that the values of dictionaries fall to as keys of one
// column: an eighth as large as their hashes. Workers share them, so each value is
// hashed once. What was given is not changed any more, but for being added to.
type knownOwners struct {
	mu    sync.Mutex
	known map[uint64][]uint8
}

func (k *knownOwners) values(d *vec.Dict, workers int) []uint8 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return byCode(&k.known, d, func(s string) uint8 { return ownerOf(mix(0, vec.HashText(s)), workers) })
}

// maxDicts is how many dictionaries are remembered.
const maxDicts = 64

// byCode is what f says of each value of a dictionary.
func byCode[T any](known *map[uint64][]T, d *vec.Dict, f func(s string) T) []T {
	values := (*known)[d.ID]
	if len(values) >= d.Len() {
		return values
	}
	if *known == nil || len(*known) >= maxDicts {
		*known = map[uint64][]T{}
	}
	values = slices.Grow(values, d.Len()-len(values))
	for c := len(values); c < d.Len(); c++ {
		values = append(values, f(d.Value(int32(c))))
	}
	(*known)[d.ID] = values
	return values
}

// mix joins two hashes (the finaliser of MurmurHash3, after a rotation).
func mix(a, b uint64) uint64 {
	h := a<<5 | a>>59
	h ^= b
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h
}
