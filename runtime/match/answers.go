package match

import "sync/atomic"

// answers is what one predicate said of the values of a dictionary: two bits a code,
// the first that it was asked, the second what it said. Any number of matchers may ask
// at once; an answer that is lost is found out again.
type answers struct{ said growing[uint64] }

// of is the answer for a code, from ask if it is not known.
func (a *answers) of(code int32, ask func() bool) bool {
	at, shift := int(code>>5), code&31*2
	w := &a.said.room(at+1, atomic.LoadUint64)[at]
	is := atomic.LoadUint64(w) >> shift
	if is&1 == 0 {
		is = 1
		if ask() {
			is |= 2
		}
		atomic.OrUint64(w, is<<shift)
	}
	return is&2 != 0
}

func (a *answers) size() int { return 8 * len(a.said.all()) }
