package op

import (
	"math/bits"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// mention is one event of a key.
type mention struct {
	time   int64
	before int64  // place of the event of the same key before it, or a place before head
	key    int32  // dense code
	fits   uint32 // the steps that it fits, and begins
}

// begins marks a mention that a match may begin with, where a veto stands before the
// first step. It lies beyond the bits of steps.
const begins = 1 << 31

// at is the words of a key, or nil.
func (s *sequences) at(key int32) []int64 {
	if int(key) >= len(s.seat) || s.seat[key] == 0 {
		return nil
	}
	from := int(s.seat[key]-1) * s.course.words
	return s.words[from : from+s.course.words]
}

// open gives a key words.
func (s *sequences) open(key int32) []int64 {
	s.seat = extend(s.seat, int(key)+1)
	if n := len(s.free); n > 0 {
		s.seat[key] = s.free[n-1] + 1
		s.free = s.free[:n-1]
	} else {
		s.words = append(s.words, make([]int64, s.course.words)...)
		s.seat[key] = int32(len(s.words) / s.course.words)
	}
	w := s.at(key)
	w[newestWord] = nowhere
	s.begin(w, runtime.MinTime)
	return w
}

// note remembers an event that may be part of a match.
func (s *sequences) note(w []int64, t int64, h *hit, reach uint32, fresh bool) {
	f := h.fits & reach
	if f == 0 {
		return
	}
	for v := f; v != 0; v &= v - 1 {
		s.n[bits.TrailingZeros32(v)]++
	}
	if fresh && len(s.lead) > 0 {
		f |= begins
	}
	w[newestWord] = s.trail.push(mention{time: t, before: w[newestWord], key: h.key, fits: f})
	s.kept, s.keys = append(s.kept, h.row), append(s.keys, h.key)
}

// match tells of a match that is complete at time t, or lets it wait.
func (s *sequences) match(w []int64, key int32, t int64) {
	k := len(s.need)
	m := match{key: key, start: t, end: t, time: plus(t, s.longest), count: make([]int64, k), last: make([]int64, k)}
	if !s.any {
		copy(m.last, s.done)
	}
	barred := int64(0) // events of the first step before which no match began so far
	for p := w[newestWord]; p >= s.trail.head; p = s.trail.at(p).before {
		e := s.trail.at(p)
		if e.time < w[sinceWord] {
			break
		}
		for v := e.fits &^ begins; v != 0; v &= v - 1 {
			i := bits.TrailingZeros32(v)
			switch {
			case s.any:
				m.last[i] = max(m.last[i], e.time)
			case e.time > m.last[i] || i > 0 && e.time <= m.last[i-1]:
				continue
			case i == 0 && len(s.lead) > 0 && e.fits&begins == 0:
				barred++
				continue
			case i == 0:
				m.count[0], barred = m.count[0]+barred, 0
			}
			m.count[i]++
			m.start = min(m.start, e.time)
		}
	}
	s.began = m.start
	if !s.overlap {
		s.begin(w, t+1)
	}
	if s.longest > 0 {
		s.waits.add(m)
		return
	}
	s.told = append(s.told, m)
}

// pass lets time pass: matches that waited until then are due, and events that no
// match can reach back to are forgotten. A key whose last event goes has nothing left.
func (s *sequences) pass(t int64) {
	s.waits.due(t, func(m *match) { s.told = append(s.told, *m) })
	s.leads.pass(t)
	for l := &s.trail; l.head < l.tail; l.pop() {
		e := l.at(l.head)
		if t-e.time < s.within {
			return
		}
		w := s.at(e.key)
		if s.any && e.time >= w[sinceWord] {
			for v := e.fits; v != 0; v &= v - 1 {
				w[firstWord+bits.TrailingZeros32(v)]--
			}
		}
		if w[newestWord] == l.head {
			s.free = append(s.free, s.seat[e.key]-1)
			s.seat[e.key] = 0
		}
	}
}

// live marks the keys of which something is kept.
func (s *sequences) live(used vec.Bitmap) {
	for key, seat := range s.seat {
		if seat != 0 {
			used.Set(key)
		}
	}
	s.waits.live(used)
	s.leads.live(used)
}
