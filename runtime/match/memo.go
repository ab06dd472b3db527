package match

import "slices"

// memo remembers the verdict of each tuple of sets that a route has seen, by open
// addressing. A tuple is held whole, so that no two are taken for one.
type memo struct {
	width    int
	keys     []int32 // width for each entry
	verdicts []int32 // by entry: index in Matcher.verdicts
	slots    []uint32
}

// hash mixes a tuple.
func hash(key []int32) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(len(key))
	for ; len(key) >= 2; key = key[2:] {
		h = (h ^ (uint64(uint32(key[0])) | uint64(uint32(key[1]))<<32)) * odd
		h ^= h >> 32
	}
	if len(key) > 0 {
		h = (h ^ uint64(uint32(key[0]))) * odd
		h ^= h >> 32
	}
	return h
}

// find is the verdict of a tuple, -1 if there is none. slot is where to put it.
func (t *memo) find(key []int32) (verdict int32, slot int) {
	if len(t.slots) == 0 {
		t.slots = make([]uint32, 64)
	}
	mask := len(t.slots) - 1
	for i := int(hash(key)) & mask; ; i = (i + 1) & mask {
		e := int(t.slots[i]) - 1
		if e < 0 {
			return -1, i
		}
		if slices.Equal(t.keys[e*t.width:(e+1)*t.width], key) {
			return t.verdicts[e], i
		}
	}
}

// put remembers the verdict of a tuple that find did not find.
func (t *memo) put(slot int, key []int32, verdict int32) {
	t.keys = append(t.keys, key...)
	t.verdicts = append(t.verdicts, verdict)
	t.slots[slot] = uint32(len(t.verdicts))
	if n := len(t.slots); len(t.verdicts) > n/4*3 {
		t.slots = make([]uint32, 2*n)
		for e := range t.verdicts {
			t.slots[t.empty(t.keys[e*t.width:(e+1)*t.width])] = uint32(e + 1)
		}
	}
}

// empty is the first empty slot for a tuple.
func (t *memo) empty(key []int32) int {
	mask := len(t.slots) - 1
	i := int(hash(key)) & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	return i
}

func (t *memo) size() int { return 4 * (cap(t.keys) + cap(t.verdicts) + len(t.slots)) }
