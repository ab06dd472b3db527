package vec

import (
	"hash/maphash"
	"math/bits"
)

// Distinct reports whether no text has two codes. Dictionaries that come from outside
// may have some twice.
//
// It sets a bit for the hash of each text, among 32 to 64 for each. Only texts whose bit
// was set before, about two in a hundred, and what may be equal to one of them, are
// compared, by way of a map: a tenth of what it takes to index a million texts.
func (d *Dict) Distinct() bool {
	seed := maphash.MakeSeed()
	suspects, _ := d.suspects(seed)
	if len(suspects) == 0 {
		return true
	}
	again, mask := sparseBitmap(len(suspects))
	for _, h := range suspects {
		again.Set(int(h & mask))
	}
	met := make(map[string]bool, 3*len(suspects))
	for code := range int32(d.Len()) {
		s := d.Value(code)
		if !again.Get(int(maphash.String(seed, s) & mask)) {
			continue
		}
		if met[s] {
			return false
		}
		met[s] = true
	}
	return true
}

// suspects are the hashes of texts that may have been there before. Bits are read ahead
// a block at a time, so that the cache misses overlap; what was read is given back only
// so that it is.
func (d *Dict) suspects(seed maphash.Seed) (list []uint64, read uint64) {
	seen, mask := sparseBitmap(d.Len())
	var hashes [64]uint64
	for from := 0; from < d.Len(); from += len(hashes) {
		block := hashes[:min(len(hashes), d.Len()-from)]
		for j := range block {
			block[j] = maphash.String(seed, d.Value(int32(from+j)))
		}
		for _, h := range block {
			read |= seen[h&mask>>6]
		}
		for _, h := range block {
			at := int(h & mask)
			if seen.Get(at) {
				list = append(list, h)
			}
			seen.Set(at)
		}
	}
	return list, read
}

// sparseBitmap is a bitmap of 32 to 64 bits for each of n hashes, and the mask that
// makes places in it of them.
func sparseBitmap(n int) (b Bitmap, mask uint64) {
	size := 1 << bits.Len(uint(32*n))
	return NewBitmap(size), uint64(size - 1)
}
