package op

import (
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// keying is the columns in which some steps find their keys.
type keying struct {
	cols   []int
	steps  uint32
	vetoes uint32
	until  bool

	rows []int32 // of the batch at hand
	ids  []int32
	next int
}

// hit is an event of a key with the steps and the vetoes that it fits.
type hit struct {
	row, key     int32
	fits, denies uint32
	stops        bool
	next         int32 // hit of the same key and time, or -1
}

// keying finds or makes the keying of some columns.
func (s *sequences) keying(by []Arg) *keying {
	cols := make([]int, len(by))
	for i, k := range by {
		cols[i] = k.Col
	}
next:
	for i := range s.keyings {
		for j, c := range s.keyings[i].cols {
			if c != cols[j] {
				continue next
			}
		}
		return &s.keyings[i]
	}
	s.keyings = append(s.keyings, keying{cols: cols})
	return &s.keyings[len(s.keyings)-1]
}

// tests is the rows of each condition: those of the steps, of the vetoes and of until.
func (s *sequences) tests(b *runtime.Batch) []vec.Bitmap {
	var out []vec.Bitmap
	for _, list := range [][]Arg{s.steps, s.vetoes, s.until} {
		for _, c := range list {
			out = append(out, bitsOf(c, b))
		}
	}
	return out
}

// codes finds the rows that concern each keying, and their keys. It counts nothing.
func (s *sequences) codes(b *runtime.Batch, fits []vec.Bitmap) (missing, overflow int) {
	for i := range s.keyings {
		k := &s.keyings[i]
		var mine []vec.Bitmap
		for j, f := range fits {
			v, u := j-len(s.steps), j-len(s.steps)-len(s.vetoes)
			switch {
			case v < 0 && k.steps>>j&1 == 1, v >= 0 && u < 0 && k.vetoes>>v&1 == 1, u >= 0 && k.until:
				mine = append(mine, f)
			}
		}
		k.rows, k.next = k.rows[:0], 0
		b.Each(func(r int32) {
			for _, f := range mine {
				if f.Get(int(r)) {
					k.rows = append(k.rows, r)
					return
				}
			}
		})
		s.groups.cols = k.cols
		ids, m, o := s.groups.try(b, k.rows, len(k.rows))
		k.ids = append(k.ids[:0], ids...)
		missing, overflow = missing+m, overflow+o
	}
	return missing, overflow
}

// gather takes the hits of the next time from the keyings, chained by key in order of
// rows. s.order lists the first hit of each key.
func (s *sequences) gather(b *runtime.Batch, fits []vec.Bitmap) (t int64, ok bool) {
	s.hits, s.order = s.hits[:0], s.order[:0]
	clear(s.seen)
	for {
		var k *keying // the one with the lowest row
		for i := range s.keyings {
			if x := &s.keyings[i]; x.next < len(x.rows) && (k == nil || x.rows[x.next] < k.rows[k.next]) {
				k = x
			}
		}
		if k == nil || ok && b.Time[k.rows[k.next]] != t {
			return t, ok
		}
		row, key := k.rows[k.next], k.ids[k.next]
		t, ok = b.Time[row], true
		k.next++
		if key < 0 {
			continue
		}
		h := hit{row: row, key: key, next: -1}
		for j, f := range fits {
			if !f.Get(int(row)) {
				continue
			}
			switch v := j - len(s.steps); {
			case v < 0:
				h.fits |= k.steps & (1 << j)
			case v < len(s.vetoes):
				h.denies |= k.vetoes & (1 << v)
			default:
				h.stops = k.until
			}
		}
		at := int32(len(s.hits))
		s.hits = append(s.hits, h)
		if last, ok := s.seen[key]; ok {
			s.hits[last].next = at
		} else {
			s.order = append(s.order, at)
		}
		s.seen[key] = at
	}
}
