package op

import (
	"math/bits"
	"slices"

	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// leads is what was seen that must not stand before the first step of a sequence. A
// match may begin at t if no such event came in (t-wait, t).
type leads struct {
	wait    []int64 // by veto
	longest int64
	newest  []int64    // by key and veto, the time of the last one, or none
	seen    fifo[lead] // of all keys, in order of time
	keys    int        // that have any in seen
}

// lead is what was seen of a key at one time.
type lead struct {
	time int64
	key  int32
	fits uint32 // the vetoes
}

func newLeads(wait []int64) leads {
	l := leads{wait: wait}
	for _, w := range wait {
		l.longest = max(l.longest, w)
	}
	return l
}

// of is the newest times of a key, or nil.
func (l *leads) of(key int32) []int64 {
	k := len(l.wait)
	if from := int(key) * k; from < len(l.newest) {
		return l.newest[from : from+k]
	}
	return nil
}

// fresh reports whether a match of a key may begin at time t.
func (l *leads) fresh(key int32, t int64) bool {
	if l.keys == 0 {
		return true
	}
	for v, last := range l.of(key) {
		if last != none && t-last < l.wait[v] {
			return false
		}
	}
	return true
}

// note remembers an event of time t, of which no match may begin a while behind. fits
// may have bits of vetoes that stand elsewhere.
func (l *leads) note(key int32, t int64, fits uint32) {
	fits &= 1<<len(l.wait) - 1
	if fits == 0 {
		return
	}
	for old, want := len(l.newest), (int(key)+1)*len(l.wait); old < want; old++ {
		l.newest = append(l.newest, none)
	}
	times := l.of(key)
	if slices.Max(times) == none {
		l.keys++
	}
	for v := fits; v != 0; v &= v - 1 {
		times[bits.TrailingZeros32(v)] = t
	}
	l.seen.push(lead{t, key, fits})
}

// pass forgets what does not matter from time t on.
func (l *leads) pass(t int64) {
	for ; l.seen.head < l.seen.tail; l.seen.pop() {
		e := l.seen.at(l.seen.head)
		if t-e.time < l.longest {
			return
		}
		if times := l.of(e.key); slices.Max(times) == e.time {
			for v := range times {
				times[v] = none
			}
			l.keys--
		}
	}
}

// live marks the keys of which something was seen.
func (l *leads) live(used vec.Bitmap) {
	for p := l.seen.head; p < l.seen.tail; p++ {
		used.Set(int(l.seen.at(p).key))
	}
}

func (l *leads) bytes() int { return 8*cap(l.newest) + l.seen.bytes() }

// save writes nothing for a sequence without such a veto.
func (l *leads) save(w *state.Writer) {
	if len(l.wait) > 0 {
		l.seen.save(w)
	}
}

// load reads what save wrote, of keys below n.
func (l *leads) load(r *state.Reader, n int) error {
	if len(l.wait) == 0 {
		return r.Err()
	}
	var saved fifo[lead]
	if err := saved.load(r); err != nil {
		return err
	}
	before := int64(none)
	for p := saved.head; p < saved.tail; p++ {
		e := *saved.at(p)
		if e.key < 0 || int(e.key) >= n || e.time == none || e.time < before || e.fits == 0 || e.fits>>len(l.wait) != 0 {
			r.Fail("sequence: what was seen before it does not fit together")
			return r.Err()
		}
		if times := l.of(e.key); times != nil && slices.Max(times) == e.time {
			r.Fail("sequence: a key was seen twice at one time")
			return r.Err()
		}
		before = e.time
		l.note(e.key, e.time, e.fits)
	}
	return r.Err()
}
