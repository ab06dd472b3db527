package op

import (
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

func (s *sequences) Save(w *state.Writer) error {
	s.groups.save(w)
	w.Int(s.since)
	state.Slice(w, s.seat)
	state.Slice(w, s.words)
	state.Slice(w, s.free)
	s.trail.save(w)
	s.waits.save(w, s.evidence.fields)
	s.leads.save(w)
	s.evidence.save(w)
	return nil
}

func (s *sequences) Load(r *state.Reader) error {
	if err := s.groups.load(r); err != nil {
		return err
	}
	n := s.groups.keys.Len()
	s.since = r.Int()
	s.seat, s.words, s.free = state.ReadSlice[int32](r), state.ReadSlice[int64](r), state.ReadSlice[int32](r)
	if err := s.trail.load(r); err != nil {
		return err
	}
	if !s.whole(n) {
		r.Fail("sequence: the saved state does not fit together")
		return r.Err()
	}
	if err := s.waits.load(r, n, len(s.need), s.evidence.fields); err != nil {
		return err
	}
	if err := s.leads.load(r, n); err != nil {
		return err
	}
	return s.evidence.load(r, n)
}

// whole reports whether what was loaded is safe to go on with: every seat is free or
// one key's, and every event belongs to a key that has one.
func (s *sequences) whole(keys int) bool {
	seats := len(s.words) / s.course.words
	if len(s.words)%s.course.words != 0 || len(s.seat) > keys {
		return false
	}
	taken := vec.NewBitmap(seats)
	take := func(at int32) bool {
		if at < 0 || int(at) >= seats || taken.Get(int(at)) {
			return false
		}
		taken.Set(int(at))
		return true
	}
	for _, at := range s.free {
		if !take(at) {
			return false
		}
	}
	for key, at := range s.seat {
		if at == 0 {
			continue
		}
		if !take(at - 1) {
			return false
		}
		p := s.at(int32(key))[newestWord]
		if p < s.trail.head || p >= s.trail.tail || s.trail.at(p).key != int32(key) {
			return false
		}
	}
	for p := s.trail.head; p < s.trail.tail; p++ {
		e := s.trail.at(p)
		if e.key < 0 || s.at(e.key) == nil || e.before >= p || e.before < nowhere || e.fits&^begins>>len(s.need) != 0 {
			return false
		}
	}
	return true
}
