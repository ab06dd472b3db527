package state

import "github.com/detlang/det/runtime/vec"

// sole is the one dictionary, of distinct texts, that all keys of a table came from;
// the zero sole is none. While there is one, a code that was not met yet is a new key,
// whatever its text is, and what is remembered by code (remap.go) leads to all others:
// so the keys are not in the index, which is where most of the time of a new key goes.
type sole struct {
	dict  uint64
	codes int // of the dictionary, when it was found to be of distinct texts
}

// isSole reports whether all keys are of one dictionary, the one that is asked for;
// an empty table takes it for that.
func (k *Keys) isSole(d *vec.Dict) bool {
	if k.cells.n == 0 && d.Distinct() {
		k.sole = sole{d.ID, d.Len()}
	}
	return k.sole == sole{d.ID, d.Len()}
}

// adopt gives the rows of a block their ids, by their codes in the sole dictionary. ids
// are those of the codes that were met.
func (k *Keys) adopt(b *block, codes, ids, out []int32) {
	for j := range b.n {
		id := &ids[codes[b.row[j]]]
		if *id < 0 {
			if k.taken() >= k.max {
				out[b.at[j]] = NoRoom
				continue
			}
			*id = k.add(b.w0[j], b.w1[j], b.key[j])
		}
		out[b.at[j]] = *id
	}
}

// enlist puts the keys of a sole dictionary into the index, before a key is looked up
// there or leaves.
func (k *Keys) enlist() {
	if k.sole == (sole{}) {
		return
	}
	k.sole, k.index = sole{}, newIndex(k.cells.n)
	var ids [blockLen]int32
	var hashes [blockLen]uint64
	for from := 0; from < k.cells.n; from += blockLen {
		n := min(blockLen, k.cells.n-from)
		for j := range n {
			ids[j] = int32(from + j)
		}
		k.hashesOf(ids[:n], &hashes)
		for j, id := range ids[:n] {
			k.index.insert(hashes[j], id, k.hashesOf)
		}
	}
}
