package state

import (
	"unsafe"

	"github.com/detlang/det/runtime/vec"
)

func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// remap remembers, for the codes of one dictionary, the id of each text: then a
// row costs one load. Codes not met yet hold NoKey.
type remap struct {
	dict uint64
	ids  []int32

	checked  int  // length of the dictionary when its texts were compared
	distinct bool // what came of it (sole.go)
}

// remaps are the remaps of the dictionaries seen last; the oldest makes room.
type remaps struct {
	list [4]remap
	next int
}

// of is the remap of a dictionary, long enough for its codes. That of the dictionary
// keep does not make room for it.
func (m *remaps) of(d *vec.Dict, keep uint64) *remap {
	var r *remap
	for i := range m.list {
		if m.list[i].dict == d.ID && m.list[i].ids != nil {
			r = &m.list[i]
		}
	}
	if r == nil {
		if next := &m.list[m.next]; next.ids != nil && next.dict == keep {
			m.next = (m.next + 1) % len(m.list)
		}
		r = &m.list[m.next]
		m.next = (m.next + 1) % len(m.list)
		*r = remap{dict: d.ID, ids: make([]int32, 0, d.Len())}
	}
	if n := d.Len(); len(r.ids) < n {
		if cap(r.ids) < n {
			r.ids = append(make([]int32, 0, max(n, cap(r.ids)*3/2)), r.ids...)
		}
		for len(r.ids) < n {
			r.ids = append(r.ids, NoKey)
		}
	}
	return r
}

// forget makes all codes unknown. It keeps the memory.
func (m *remaps) forget() {
	for i := range m.list {
		m.list[i].ids = m.list[i].ids[:0]
	}
}

func (m *remaps) bytes() int {
	n := 0
	for i := range m.list {
		n += 4 * cap(m.list[i].ids)
	}
	return n
}

// coded gives the rows of a column in dictionary form their ids. A block whose
// rows are all present and known is one load a row; others are mended.
func (k *Keys) coded(v *vec.Vec, rows, out []int32) {
	if v.Dict.Len() == 0 { // so all rows are missing
		for i := range out {
			out[i] = NoKey
		}
		return
	}
	ids := k.remaps.of(v.Dict, k.sole.dict).ids
	var b block
	for from := 0; from < len(out); from += blockLen {
		to := min(from+blockLen, len(out))
		some := int32(0)
		if rows == nil {
			codes := v.Codes[from:to]
			dst := out[from:to][:len(codes)]
			for i, c := range codes {
				id := ids[c]
				dst[i] = id
				some |= id
			}
		} else {
			for i, r := range rows[from:to] {
				id := ids[v.Codes[r]]
				out[from+i] = id
				some |= id
			}
		}
		if some < 0 || v.Valid != nil || k.idle.any() {
			if k.mend(&b, v, rows, from, to, out) {
				ids = k.remaps.of(v.Dict, k.sole.dict).ids
			}
		}
	}
}

// mend looks again at a block of coded rows: missing ones have no key, freed ids
// come back to life, codes not met yet are looked up in the index. It reports
// whether remaps were forgotten on the way.
func (k *Keys) mend(b *block, v *vec.Vec, rows []int32, from, to int, out []int32) (forgot bool) {
	b.n = 0
	for i := from; i < to; i++ {
		r := int32(i)
		if rows != nil {
			r = rows[i]
		}
		switch {
		case v.Valid != nil && !v.Valid.Get(int(r)):
			out[i] = NoKey
		case out[i] < 0:
			b.add(i, r)
		case k.idle.any():
			k.idle.revive(out[i])
		}
	}
	if b.n == 0 {
		return false
	}
	b.encodeColumn(v)
	if k.isSole(v.Dict) {
		k.adopt(b, v.Codes, k.remaps.of(v.Dict, k.sole.dict).ids, out)
		return false
	}
	before := k.idle.sweeps
	k.probe(b, out)
	ids := k.remaps.of(v.Dict, k.sole.dict).ids
	for j := range b.n {
		ids[v.Codes[b.row[j]]] = max(out[b.at[j]], NoKey) // no room now, perhaps later
	}
	return k.idle.sweeps != before
}
