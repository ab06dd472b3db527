package op

import (
	"math"
	"slices"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// suffixes keeps aggregates that cannot take rows away over a sliding window. It
// is two stacks, as in K. Tangwongsan, M. Hirzel, S. Schneider (2015), turned over
// for all keys at once: time is cut into epochs as long as the window, so a window
// is the rest of the last epoch and the begin of this one. Of this one there is a
// running state a key. Of the last one there are checkpoints: the events of a key
// are cut into about √n blocks, and for each block there is the aggregate of all
// events from there on. The window is then the events that are left of the oldest
// block, the next checkpoint and the running state.
//
// Where epochs and blocks lie follows from the events alone, so sums of floats come
// out the same however the input was cut and across restarts.
type suffixes struct {
	log   *eventLog
	epoch int64
	met   bool

	newer   *tally // by entity: events of this epoch
	joined  vec.Bitmap
	joiners []int32 // entities in newer

	older  *tally  // checkpoints
	slots  slots   // from entities to olds
	olds   []old   // what they had in the last epoch
	blocks int     // checkpoints in use
	list   []int32 // their events, key by key, as positions after base
	base   int64

	cursors []cursor // by pair of the batch: what had left when it came
	wanted  []int    // pairs that are judged in this wave
	scratch *tally
}

// old is the events of an entity in the last epoch. Those that had left before a
// restart are not in the list.
type old struct {
	entity int32
	n      int32 // events
	left   int32 // of them, how many have left the window
	lost   int32 // of them, how many are not in the list
	first  int32 // in the list
	check  int32 // first checkpoint
}

// cursor is an old and how many of its events had left.
type cursor struct{ slot, left int32 }

func newSuffixes(aggs []Agg, log *eventLog) (*suffixes, error) {
	s := &suffixes{log: log}
	for _, t := range []**tally{&s.newer, &s.older, &s.scratch} {
		var err error
		if *t, err = newTally(aggs); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// stride is how many events are in a block.
func (o *old) stride() int32 { return int32(math.Ceil(math.Sqrt(float64(o.n)))) }

// turn makes the events in the queue before a position the older ones, if time has
// come to another epoch.
func (s *suffixes) turn(epoch, until int64) {
	s.cursors = s.cursors[:0]
	if s.met && epoch == s.epoch {
		return
	}
	s.met, s.epoch = true, epoch
	for _, e := range s.joiners {
		s.newer.reset(e)
		s.joined.Clear(int(e))
	}
	s.joiners = s.joiners[:0]
	for _, o := range s.olds {
		s.slots[o.entity] = 0
	}
	s.older.clear(s.blocks)
	s.olds = s.olds[:0]

	s.log.each(s.log.head, until, func(b *logBlock, row, n int, _ int64) {
		for _, e := range b.id[row : row+n] {
			s.old(e).n++
		}
	})
	s.build(until)
}

// old is what an entity had in the last epoch, made when it is new.
func (s *suffixes) old(e int32) *old {
	s.slots = extend(s.slots, int(e)+1)
	if s.slots[e] == 0 {
		s.olds = append(s.olds, old{entity: e})
		s.slots[e] = int32(len(s.olds))
	}
	return &s.olds[s.slots[e]-1]
}

// build lists the older events, which are those before a position, and makes their
// checkpoints.
func (s *suffixes) build(until int64) {
	s.base, s.blocks = s.log.head, 0
	next := make([]int32, len(s.olds))
	room := int32(0)
	for i := range s.olds {
		o := &s.olds[i]
		o.first, o.check = room, int32(s.blocks)
		next[i] = o.lost
		room += o.n - o.lost
		s.blocks += int((o.n + o.stride() - 1) / o.stride())
	}
	s.list = extend(s.list[:0], int(room))
	s.older.grow(s.blocks)
	var groups []int32
	s.log.each(s.base, until, func(b *logBlock, row, n int, pos int64) {
		groups = groups[:0]
		for k, e := range b.id[row : row+n] {
			slot := s.slots[e] - 1
			o := &s.olds[slot]
			i := next[slot]
			next[slot]++
			s.list[o.first+i-o.lost] = int32(pos-s.base) + int32(k)
			groups = append(groups, o.check+i/o.stride())
		}
		s.older.add(s.log.kept(b), groups, upTo(row + n)[row:])
	})
	for i := range s.olds {
		o := &s.olds[i]
		for k := (o.n - 1) / o.stride(); k > 0; k-- {
			s.older.merge(o.check+k-1, s.older, o.check+k)
		}
	}
}

// leave tells that an event of an entity has left; it was the oldest.
func (s *suffixes) leave(e int32) {
	if int(e) < len(s.slots) && s.slots[e] > 0 {
		s.olds[s.slots[e]-1].left++
	}
}

// mark notes what of the last epoch is in the window of the next pair.
func (s *suffixes) mark(e int32) {
	c := cursor{slot: -1}
	if int(e) < len(s.slots) && s.slots[e] > 0 {
		c = cursor{s.slots[e] - 1, s.olds[s.slots[e]-1].left}
	}
	s.cursors = append(s.cursors, c)
}

// add adds rows to the newer events.
func (s *suffixes) add(b *runtime.Batch, entities, rows []int32) {
	for _, e := range entities {
		s.joined = extend(s.joined, int(e)/64+1)
		if !s.joined.Get(int(e)) {
			s.joined.Set(int(e))
			s.joiners = append(s.joiners, e)
		}
	}
	s.newer.grow(64 * len(s.joined))
	s.newer.add(b, entities, rows)
}

// want asks for the window of a pair in the next results.
func (s *suffixes) want(pair int) { s.wanted = append(s.wanted, pair) }

// results are the windows that were asked for, with their entities.
func (s *suffixes) results(entities []int32) []*vec.Vec {
	n := len(entities)
	s.scratch.grow(n)
	s.scratch.clear(n)
	var rest []uint64 // events of the oldest blocks: position and group
	for g, pair := range s.wanted {
		c := s.cursors[pair]
		if c.slot < 0 {
			continue
		}
		o := &s.olds[c.slot]
		end := min((c.left+o.stride()-1)/o.stride()*o.stride(), o.n)
		for i := c.left; i < end; i++ {
			rest = append(rest, uint64(s.list[o.first+i-o.lost])<<32|uint64(g))
		}
	}
	s.addRest(rest)
	for g, pair := range s.wanted {
		if c := s.cursors[pair]; c.slot >= 0 {
			o := &s.olds[c.slot]
			if k := (c.left + o.stride() - 1) / o.stride(); k*o.stride() < o.n {
				s.scratch.merge(int32(g), s.older, o.check+k)
			}
		}
		s.scratch.merge(int32(g), s.newer, entities[g])
	}
	s.wanted = s.wanted[:0]
	return s.scratch.results(nil, upTo(n))
}

// addRest adds single events, in the order of their time, block by block of the
// queue.
func (s *suffixes) addRest(rest []uint64) {
	slices.Sort(rest)
	var groups, rows []int32
	for len(rest) > 0 {
		pos := s.base + int64(rest[0]>>32)
		b, row := s.log.at(pos)
		first := pos - int64(row)
		groups, rows = groups[:0], rows[:0]
		for len(rest) > 0 && s.base+int64(rest[0]>>32) < first+int64(len(b.id)) {
			rows = append(rows, int32(s.base+int64(rest[0]>>32)-first))
			groups = append(groups, int32(uint32(rest[0])))
			rest = rest[1:]
		}
		s.scratch.add(s.log.kept(b), groups, rows)
	}
}

func (s *suffixes) bytes() int {
	return s.newer.bytes() + s.older.bytes() + s.scratch.bytes() +
		24*cap(s.olds) + 4*(cap(s.slots)+cap(s.list)+cap(s.joiners)) + 8*cap(s.cursors)
}

// save writes how the older events are cut; the events themselves are in the
// queue.
func (s *suffixes) save(w *state.Writer) {
	w.Int(int64(b2i(s.met)))
	w.Int(s.epoch)
	var entities, n, left []int32
	for _, o := range s.olds {
		if o.left < o.n {
			entities, n, left = append(entities, o.entity), append(n, o.n), append(left, o.left)
		}
	}
	state.Slice(w, entities)
	state.Slice(w, n)
	state.Slice(w, left)
}

// load reads what save wrote, when the queue has been read, of keys below limit.
func (s *suffixes) load(r *state.Reader, limit int) error {
	s.met, s.epoch = r.Int() != 0, r.Int()
	entities, n, left := state.ReadSlice[int32](r), state.ReadSlice[int32](r), state.ReadSlice[int32](r)
	if r.Err() != nil {
		return r.Err()
	}
	if len(entities) != len(n) || len(n) != len(left) {
		return errWindow
	}
	missing := int64(0)
	for i, e := range entities {
		if e < 0 || int(e) >= limit || left[i] < 0 || left[i] >= n[i] {
			return errWindow
		}
		o := s.old(e)
		*o = old{entity: e, n: n[i], left: left[i], lost: left[i]}
		missing += int64(n[i] - left[i])
	}
	if len(s.olds) != len(entities) || missing > int64(s.log.len()) {
		return errWindow
	}
	until := s.log.head + missing
	if err := s.check(until); err != nil {
		return err
	}
	s.build(until)
	s.log.each(until, s.log.tail, func(b *logBlock, row, n int, _ int64) {
		s.add(s.log.kept(b), b.id[row:row+n], upTo(row + n)[row:])
	})
	return nil
}

// check refuses a queue whose first events are not the older ones.
func (s *suffixes) check(until int64) error {
	count := make([]int32, len(s.olds))
	ok := true
	s.log.each(s.log.head, until, func(b *logBlock, row, n int, _ int64) {
		for _, e := range b.id[row : row+n] {
			if int(e) >= len(s.slots) || s.slots[e] == 0 {
				ok = false
				continue
			}
			count[s.slots[e]-1]++
		}
	})
	for i, o := range s.olds {
		ok = ok && count[i] == o.n-o.lost
	}
	if !ok {
		return errWindow
	}
	return nil
}
