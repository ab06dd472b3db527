package op

import (
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// seats numbers the open windows of keys, so that aggregates can be kept by number.
// A window that has closed keeps its seat until what it holds has been given.
type seats struct {
	list []seat
	free []int32
	shut []int32 // closed, in the order of their ends
}

// seat is one window of one key.
type seat struct {
	start, end int64
	entity     int32
	events     int32 // of a session: those still in the queue
}

// take gives a window a seat.
func (s *seats) take(entity int32, start, end int64) int32 {
	if n := len(s.free); n > 0 {
		at := s.free[n-1]
		s.free = s.free[:n-1]
		s.list[at] = seat{start: start, end: end, entity: entity}
		return at
	}
	s.list = append(s.list, seat{start: start, end: end, entity: entity})
	return int32(len(s.list) - 1)
}

// clear frees the seats of closed windows.
func (s *seats) clear(t *tally) {
	for _, at := range s.shut {
		t.reset(at)
		s.list[at].entity = noEntity
	}
	s.free = append(s.free, s.shut...)
	s.shut = s.shut[:0]
}

// noEntity marks a seat that is free.
const noEntity = -1

// used is how many seats are taken.
func (s *seats) used() int { return len(s.list) - len(s.free) }

// room is how many seats there are.
func (s *seats) room() int { return len(s.list) }

// live marks the entities with a seat.
func (s *seats) live(used vec.Bitmap) {
	for _, x := range s.list {
		if x.entity >= 0 {
			used.Set(int(x.entity))
		}
	}
}

func (s *seats) bytes() int { return 24*cap(s.list) + 4*(cap(s.free)+cap(s.shut)) }

// save writes the seats, none of which is shut.
func (s *seats) save(w *state.Writer) {
	state.Structs(w, s.list)
	state.Slice(w, s.free)
}

// load reads what save wrote, of keys below n.
func (s *seats) load(r *state.Reader, n int) error {
	s.list, s.free = state.ReadStructs[seat](r), state.ReadSlice[int32](r)
	if r.Err() != nil {
		return r.Err()
	}
	free := vec.NewBitmap(len(s.list))
	for _, at := range s.free {
		if at < 0 || int(at) >= len(s.list) || free.Get(int(at)) {
			return errWindow
		}
		free.Set(int(at))
	}
	for i, x := range s.list {
		if int(x.entity) >= n || (x.entity < 0) != free.Get(i) {
			return errWindow
		}
	}
	return nil
}
