package vec

import "strings"

// fewNeedles is how many texts are looked for one after the other; more are
// looked for at once.
const fewNeedles = 6

// needles finds whether a text contains any of many: at each place the next two
// bytes pick the few that begin so. Two bytes tell most places apart, and their
// table fits the nearest cache.
type needles struct {
	cased bool
	empty bool            // one of them is the empty text
	short [256]bool       // those of one byte
	pairs [1 << 10]uint64 // two bytes that one begins with, or that begin with one
	from  map[uint16][]string
	fold  []byte // scratch
}

func newNeedles(texts []string, cased bool) *needles {
	t := &needles{cased: cased, from: map[uint16][]string{}}
	for _, s := range texts {
		if !cased {
			s = FoldString(s)
		}
		switch len(s) {
		case 0:
			t.empty = true
		case 1:
			t.short[s[0]] = true
			for next := range 256 {
				k := uint16(s[0]) | uint16(next)<<8
				t.pairs[k>>6] |= 1 << (k & 63)
			}
		default:
			k := pair(s, 0)
			t.pairs[k>>6] |= 1 << (k & 63)
			t.from[k] = append(t.from[k], s)
		}
	}
	return t
}

func pair(s string, i int) uint16 { return uint16(s[i]) | uint16(s[i+1])<<8 }

// in reports whether s contains one of the needles.
func (t *needles) in(s string) bool {
	if t.empty {
		return true
	}
	if !t.cased {
		t.fold = AppendFold(t.fold[:0], s)
		s = unsafeString(t.fold)
	}
	for i := range len(s) - 1 {
		k := pair(s, i)
		if t.pairs[k>>6]>>(k&63)&1 == 0 {
			continue
		}
		if t.short[s[i]] {
			return true
		}
		for _, needle := range t.from[k] {
			if strings.HasPrefix(s[i:], needle) {
				return true
			}
		}
	}
	return s != "" && t.short[s[len(s)-1]]
}
