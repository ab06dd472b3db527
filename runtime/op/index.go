package op

import "github.com/detlang/det/runtime/state"

// index leads from entities to cells by open addressing: 8 bytes a slot, at most
// three quarters full. The zero index is empty.
type index struct {
	slots []uint64 // entity + 1 in the upper half, cell in the lower; 0 is empty
	n     int
}

// cell is the cell of an entity; a new entity gets the one that is offered.
func (x *index) cell(entity, offer uint32) (cell uint32, isNew bool) {
	if 4*(x.n+1) > 3*len(x.slots) {
		x.double()
	}
	i := x.find(entity)
	if s := x.slots[i]; s != 0 {
		return uint32(s), false
	}
	x.slots[i] = uint64(entity+1)<<32 | uint64(offer)
	x.n++
	return offer, true
}

// find is the slot of an entity, or the empty one where it belongs.
func (x *index) find(entity uint32) uint64 {
	mask := uint64(len(x.slots) - 1)
	i := uint64(entity) * 0x9E3779B97F4A7C15 >> 32 & mask
	for x.slots[i] != 0 && uint32(x.slots[i]>>32) != entity+1 {
		i = (i + 1) & mask
	}
	return i
}

func (x *index) double() {
	old := x.slots
	x.slots = make([]uint64, max(8, 2*len(old)))
	for _, s := range old {
		if s != 0 {
			x.slots[x.find(uint32(s>>32)-1)] = s
		}
	}
}

func (x *index) bytes() int { return 8 * cap(x.slots) }

func (x *index) save(w *state.Writer) { state.Slice(w, x.slots) }

// load reads what save wrote.
func (x *index) load(r *state.Reader) error {
	x.slots, x.n = state.ReadSlice[uint64](r), 0
	for _, s := range x.slots {
		if s != 0 {
			x.n++
		}
	}
	if n := len(x.slots); r.Err() == nil && (n&(n-1) != 0 || 4*x.n > 3*n) {
		return errBaseline
	}
	return r.Err()
}

// below reports whether all cells are below n.
func (x *index) below(n uint32) bool {
	for _, s := range x.slots {
		if s != 0 && uint32(s) >= n {
			return false
		}
	}
	return true
}
