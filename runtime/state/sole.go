package state

import "github.com/detlang/det/runtime/vec"

// sole is the one dictionary, of distinct texts, that the newest keys of a table came
// from; the zero sole is none. While there is one, a code that was not met yet is a new
// key unless an older key has its text, and what is remembered by code (remap.go) leads
// to all newer ones: so these are not in the index, which is where most of the time of a
// new key goes. Before keys of another origin come, they are put there (enlist).
type sole struct {
	dict  uint64
	codes int // of the dictionary, when it was found to be of distinct texts
	from  int // the first id that is not in the index
}

// checkShare bounds the texts that a table compares to know that they are distinct, as
// a multiple of its keys or of the dictionary that asks. A host that has a dictionary a
// batch, or one that grows, pays no more than that for a table that gains nothing.
const checkShare = 4

// isSole reports whether the newest keys are of the dictionary that is asked for alone.
// A dictionary of distinct texts takes over from another, and one that has grown goes on.
func (k *Keys) isSole(d *vec.Dict) bool {
	if k.sole.dict == d.ID && d.Len() <= k.sole.codes {
		return true
	}
	if k.idle.count() > 0 || !k.isDistinct(d) {
		return false
	}
	if k.sole.dict == d.ID {
		k.sole.codes = d.Len()
		return true
	}
	k.enlist()
	k.sole = sole{d.ID, d.Len(), k.cells.n}
	return true
}

// isDistinct reports whether the texts of a dictionary are known to be distinct, or are
// worth the time to find out.
func (k *Keys) isDistinct(d *vec.Dict) bool {
	r, n := k.remaps.of(d, k.sole.dict), d.Len()
	if r.checked != n {
		if k.checked+n > checkShare*max(n, k.cells.n) {
			return false
		}
		k.checked += n
		r.checked, r.distinct = n, d.Distinct()
	}
	return r.distinct
}

// adopt gives the rows of a block their ids, by their codes in the sole dictionary. ids
// are those of the codes that were met. A code that was not is looked up among the older
// keys, if there are any.
func (k *Keys) adopt(b *block, codes, ids, out []int32) {
	older := k.sole.from > 0
	if older {
		k.hashes(b)
		k.index.homes(b)
		b.readHomes()
	}
	for j := range b.n {
		id := &ids[codes[b.row[j]]]
		if *id < 0 && older {
			if found, ok := k.locate(b.hash[j], b.w0[j], b.w1[j], b.key[j]); ok {
				*id = found
			}
		}
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

// enlist puts the keys of the sole dictionary into the index, before others are looked
// up there or one leaves. If they are most of the keys, all are put into a new one, which
// need not grow.
func (k *Keys) enlist() {
	if k.sole == (sole{}) {
		return
	}
	from := k.sole.from
	k.sole = sole{}
	if from < k.cells.n/2 {
		from, k.index = 0, newIndex(k.cells.n)
	}
	var ids [blockLen]int32
	var hashes [blockLen]uint64
	for ; from < k.cells.n; from += blockLen {
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
