package vec

import (
	"hash/maphash"
	"sync/atomic"
)

// Dict is a set of distinct texts with stable codes 0..Len()-1. It only grows:
// a code keeps its meaning for the life of the Dict, so verdicts and keys can be
// remembered by (Dict, code). ID is unique in the process.
//
// A Dict is read by one engine while its reader may append; the snapshot that
// Interner.Dict returns never changes under its reader.
type Dict struct {
	ID   uint64
	offs []uint32 // Len()+1 offsets into bytes
	text []byte
}

var dictIDs atomic.Uint64

// Len is the number of distinct values.
func (d *Dict) Len() int { return len(d.offs) - 1 }

// Value is the text of a code. It shares the Dict's memory.
func (d *Dict) Value(code int32) string {
	return unsafeString(d.text[d.offs[code]:d.offs[code+1]])
}

// Raw is the Dict's memory, for views that share it: the text of code i is
// bytes[offsets[i]:offsets[i+1]].
func (d *Dict) Raw() (offsets []uint32, bytes []byte) { return d.offs, d.text }

// NewDict makes a Dict from its values, which need not be distinct: equal texts
// under two codes cost only repeated work.
func NewDict(values ...string) *Dict {
	d := &Dict{ID: dictIDs.Add(1), offs: make([]uint32, 1, len(values)+1)}
	for _, s := range values {
		d.text = append(d.text, s...)
		d.offs = append(d.offs, uint32(len(d.text)))
	}
	return d
}

// Interner gives each distinct text a code, by open addressing over the text's
// hash: one probe sequence of slots at no more than three quarters full. A slot has
// the hash beside the code, so that a probe that fails costs one miss of the cache.
type Interner struct {
	dict  Dict
	seed  maphash.Seed
	slots []uint64 // hash<<32 | code+1, 0 is empty
}

// NewInterner makes an empty Interner.
func NewInterner() *Interner {
	return &Interner{
		dict:  Dict{ID: dictIDs.Add(1), offs: []uint32{0}},
		seed:  maphash.MakeSeed(),
		slots: make([]uint64, 64),
	}
}

// Len is the number of distinct texts so far.
func (in *Interner) Len() int { return len(in.dict.offs) - 1 }

// Size is the memory in bytes that the texts and the index take.
func (in *Interner) Size() int {
	return cap(in.dict.text) + 4*cap(in.dict.offs) + 8*len(in.slots)
}

// Code is the code of s, new if s is. It copies the text when it is new.
func (in *Interner) Code(s string) int32 {
	h := uint32(maphash.String(in.seed, s))
	code, slot := in.look(s, h)
	if code < 0 {
		return in.add(s, h, slot)
	}
	return code
}

// Find is the code of s, or -1 when it has none.
func (in *Interner) Find(s string) int32 {
	code, _ := in.look(s, uint32(maphash.String(in.seed, s)))
	return code
}

// look is the code of a text of hash h, or -1 and the slot where it would be.
func (in *Interner) look(s string, h uint32) (code int32, slot uint32) {
	slots := in.slots
	mask := uint32(len(slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		x := slots[i]
		if x == 0 {
			return -1, i
		}
		if code := int32(uint32(x)) - 1; uint32(x>>32) == h && in.dict.Value(code) == s {
			return code, i
		}
	}
}

func (in *Interner) add(s string, h, slot uint32) int32 {
	code := uint32(in.Len())
	in.dict.text = append(in.dict.text, s...)
	in.dict.offs = append(in.dict.offs, uint32(len(in.dict.text)))
	in.slots[slot] = uint64(h)<<32 | uint64(code+1)
	if n := len(in.slots); int(code)+1 > n/4*3 {
		old := in.slots
		in.slots = make([]uint64, 2*n)
		mask := uint32(2*n - 1)
		for _, x := range old {
			if x == 0 {
				continue
			}
			i := uint32(x>>32) & mask
			for in.slots[i] != 0 {
				i = (i + 1) & mask
			}
			in.slots[i] = x
		}
	}
	return int32(code)
}

// Dict is a snapshot of the texts so far. Later snapshots have the same ID and
// extend it, so what was remembered by code stays true.
func (in *Interner) Dict() *Dict {
	d := in.dict
	return &d
}
