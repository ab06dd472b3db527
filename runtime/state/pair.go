package state

import (
	"math/bits"

	"github.com/detlang/det/runtime/vec"
)

// pairs remembers the id of pairs of codes of two dictionaries, in a table where
// each pair has one place and a later one takes it over: it never has to grow in
// step with the keys, and what it lost is looked up in the index again.
type pairs struct {
	a, b  uint64 // the dictionaries
	table []pair
	shift int
}

type pair struct {
	a, b int32
	id   int32 // +1; 0 is empty
}

const (
	pairsLeast = 1 << 10
	pairsMost  = 1 << 21
)

// of makes the table stand for two dictionaries, with room for about n pairs.
func (p *pairs) of(a, b *vec.Dict, n int) {
	size := 1 << bits.Len(uint(min(max(2*n, pairsLeast), pairsMost)-1))
	if size > len(p.table) {
		p.table = make([]pair, size)
		p.shift = 64 - bits.TrailingZeros(uint(size))
	} else if p.a != a.ID || p.b != b.ID {
		clear(p.table)
	}
	p.a, p.b = a.ID, b.ID
}

// at is the place of a pair of codes (Fibonacci hashing).
func (p *pairs) at(a, b int32) *pair {
	return &p.table[(uint64(uint32(a))<<32|uint64(uint32(b)))*0x9E3779B97F4A7C15>>p.shift]
}

// forget makes the table stand for no dictionaries. It keeps the memory.
func (p *pairs) forget() { p.a, p.b = 0, 0 }

func (p *pairs) bytes() int { return 12 * cap(p.table) }

// paired gives the rows of two columns in dictionary form their ids.
func (k *Keys) paired(cols []*vec.Vec, rows, out []int32) {
	v, w := cols[0], cols[1]
	k.pairs.of(v.Dict, w.Dict, k.cells.n)
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
			x, y := v.Codes[r], w.Codes[r]
			if p := k.pairs.at(x, y); p.id != 0 && p.a == x && p.b == y {
				out[i] = p.id - 1
				if k.idle.any() {
					k.idle.revive(out[i])
				}
				continue
			}
			b.add(i, r)
		}
		if b.n == 0 {
			continue
		}
		k.encodeRows(&b, cols)
		k.probe(&b, out)
		k.pairs.of(v.Dict, w.Dict, k.cells.n)
		for j := range b.n {
			if id := out[b.at[j]]; id >= 0 {
				x, y := v.Codes[b.row[j]], w.Codes[b.row[j]]
				*k.pairs.at(x, y) = pair{x, y, id + 1}
			}
		}
	}
}
