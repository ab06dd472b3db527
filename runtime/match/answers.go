package match

import (
	"sync"
	"sync/atomic"
)

// answers is what one pattern said of the values of a dictionary: two bits a code,
// the first that it was asked, the second what it said. Any number of matchers may ask
// at once; an answer that comes while there is more room made may be lost.
type answers struct {
	mu   sync.Mutex
	said atomic.Pointer[[]uint64]
}

// of is the answer for a code, from ask if it is not known.
func (a *answers) of(code int32, ask func() bool) bool {
	at, shift := int(code>>5), code&31*2
	said := a.said.Load()
	if said == nil || at >= len(*said) {
		said = a.room(at + 1)
	}
	w := &(*said)[at]
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

// room makes room for n words of answers.
func (a *answers) room(n int) *[]uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var have []uint64
	if p := a.said.Load(); p != nil {
		have = *p
	}
	if len(have) >= n {
		return a.said.Load()
	}
	more := make([]uint64, max(n, len(have)*3/2))
	for i := range have {
		more[i] = atomic.LoadUint64(&have[i])
	}
	a.said.Store(&more)
	return &more
}

func (a *answers) size() int {
	if said := a.said.Load(); said != nil {
		return 8 * len(*said)
	}
	return 0
}
