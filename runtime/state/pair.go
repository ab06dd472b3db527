package state

import (
	"math/bits"

	"github.com/detlang/det/runtime/vec"
)

// pairs remembers the id of pairs of codes of two dictionaries, in a table by open
// addressing that is at most half full. It begins anew when the dictionaries
// change, and when it holds pairsMost pairs: what it forgot is looked up in the
// index again.
type pairs struct {
	a, b  uint64 // the dictionaries
	table []pair
	n     int
}

type pair struct {
	a, b int32
	id   int32 // +1; 0 is empty
}

const (
	pairsLeast = 1 << 8
	pairsMost  = 1 << 20
)

// of makes the table stand for two dictionaries.
func (p *pairs) of(a, b *vec.Dict) {
	if p.a != a.ID || p.b != b.ID || p.table == nil {
		p.forget()
		p.a, p.b = a.ID, b.ID
	}
}

// forget empties the table. It keeps the memory.
func (p *pairs) forget() {
	clear(p.table)
	if p.table == nil {
		p.table = make([]pair, 2*pairsLeast)
	}
	p.n = 0
}

// at is the place of a pair of codes, or the empty one where it belongs
// (Fibonacci hashing).
func (p *pairs) at(a, b int32) *pair {
	mask := len(p.table) - 1
	h := (uint64(uint32(a))<<32 | uint64(uint32(b))) * 0x9E3779B97F4A7C15
	for i := int(h >> (64 - bits.Len(uint(mask)))); ; i++ {
		x := &p.table[i&mask]
		if x.id == 0 || x.a == a && x.b == b {
			return x
		}
	}
}

// put remembers the id of a pair.
func (p *pairs) put(a, b, id int32) {
	x := p.at(a, b)
	if x.id == 0 {
		p.n++
	}
	*x = pair{a, b, id + 1}
	switch {
	case p.n >= pairsMost:
		p.forget()
	case 2*p.n > len(p.table):
		old := p.table
		p.table = make([]pair, 2*len(old))
		for _, x := range old {
			if x.id != 0 {
				*p.at(x.a, x.b) = x
			}
		}
	}
}

func (p *pairs) bytes() int { return 12 * cap(p.table) }

// paired gives the rows of two columns in dictionary form their ids.
func (k *Keys) paired(cols []*vec.Vec, rows, out []int32) {
	v, w := cols[0], cols[1]
	k.pairs.of(v.Dict, w.Dict)
	valid := vec.AllValid(cols...)
	var b block
	for from := 0; from < len(out); from += blockLen {
		to := min(from+blockLen, len(out))
		b.n = 0
		for i := from; i < to; i++ {
			r := int32(i)
			if rows != nil {
				r = rows[i]
			}
			if valid != nil && !valid.Get(int(r)) {
				out[i] = NoKey
				continue
			}
			id := k.pairs.at(v.Codes[r], w.Codes[r]).id
			if id == 0 {
				b.add(i, r)
				continue
			}
			out[i] = id - 1
			if k.idle.any() {
				k.idle.revive(id - 1)
			}
		}
		if b.n == 0 {
			continue
		}
		k.encodeRows(&b, cols)
		k.probe(&b, out)
		for j := range b.n {
			if id := out[b.at[j]]; id >= 0 {
				k.pairs.put(v.Codes[b.row[j]], w.Codes[b.row[j]], id)
			}
		}
	}
}
