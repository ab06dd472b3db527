package op

import (
	"context"
	"math/bits"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// sequences is the operator of sequences. Events of one time are looked at together,
// key by key.
type sequences struct {
	*course
	steps    []Arg // conditions
	vetoes   []Arg
	until    []Arg // one or none
	keyings  []keying
	groups   *groups
	evidence *evidence

	seat  []int32 // by key: the seat of its words + 1, or 0
	words []int64 // by seat
	free  []int32
	trail fifo[mention] // events that may be part of a match, in order of time
	leads leads
	waits waits
	since int64 // no match to come begins at or before it

	hits  []hit // of the time at hand
	order []int32
	seen  map[int32]int32
	n     []int
	done  []int64
	began int64 // first event of the last match
	told  []match
	kept  []int32 // rows that evidence keeps, and their keys
	keys  []int32
}

func newSequences(in Row, a *Args, c *course) *sequences {
	s := &sequences{course: c, seen: map[int32]int32{}, since: runtime.MinTime, n: make([]int, len(c.need)), done: make([]int64, len(c.need))}
	s.waits.by = map[int32]wakeful{}
	s.leads = newLeads(c.lead)
	by := a.Clauses["by"]
	s.groups = newGroups(by, int(a.Float("max", defaultKeys)))
	if !a.Persist {
		s.groups.live = s.live
	}
	for _, st := range a.Steps {
		k := s.keying(st.By)
		if st.Not {
			k.vetoes |= 1 << len(s.vetoes)
			s.vetoes = append(s.vetoes, st.Cond)
		} else {
			k.steps |= 1 << len(s.steps)
			s.steps = append(s.steps, st.Cond)
		}
	}
	if s.until = a.Clauses["until"]; len(s.until) > 0 {
		s.keying(by).until = true
	}
	s.evidence = newEvidence(in, a, a.Keep, func(int32) int64 { return s.since })
	return s
}

func (s *sequences) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	fits := s.tests(b)
	if _, overflow := s.codes(b, fits); overflow > 0 {
		return inSteps(b, func(step *runtime.Batch) error {
			if err := s.tell(step.Time[step.Sel[0]], emit); err != nil {
				return err
			}
			fits := s.tests(step)
			missing, overflow := s.codes(step, fits)
			if overflow > 0 && s.groups.reclaim() {
				missing, overflow = s.codes(step, fits)
			}
			s.groups.overflow += int64(overflow)
			return s.push(step, fits, missing, emit)
		})
	}
	missing := 0
	for i := range s.keyings {
		for _, id := range s.keyings[i].ids {
			missing += int(uint32(id) >> 31)
		}
	}
	return s.push(b, fits, missing, emit)
}

// push follows the sequences through a batch.
func (s *sequences) push(b *runtime.Batch, fits []vec.Bitmap, missing int, emit runtime.Emit) error {
	s.groups.missing += int64(missing)
	if s.groups.trace != nil {
		s.outside(b)
	}
	s.kept, s.keys = s.kept[:0], s.keys[:0]
	if b.Rows() == 0 {
		return nil
	}
	first, last := b.Time[rowAt(b, 0)], b.Time[rowAt(b, b.Rows()-1)]
	s.since = plus(first, -s.within)
	place := s.waits.next()
	for {
		t, ok := s.gather(b, fits)
		if !ok {
			break
		}
		s.pass(t)
		for _, first := range s.order {
			s.meet(b, t, first)
		}
	}
	s.evidence.add(b, s.kept, s.keys)
	s.waits.from(place, s.show)
	s.pass(last) // rows of no step tell the time too
	for i := range s.told {
		s.show(&s.told[i])
	}
	s.since = plus(last, -s.within)
	return s.give(emit)
}

// show gives a match that was to wait its evidence, while that is at hand.
func (s *sequences) show(m *match) {
	if s.longest > 0 && m.evidence == nil {
		m.evidence = s.evidence.of(m.key, m.start, m.end)
	}
}

// meet takes the hits of one key at one time.
func (s *sequences) meet(b *runtime.Batch, t int64, first int32) {
	clear(s.n)
	key := s.hits[first].key
	var fits, denies uint32
	stops := false
	for h := first; h >= 0; h = s.hits[h].next {
		fits |= s.hits[h].fits
		denies |= s.hits[h].denies
		stops = stops || s.hits[h].stops
	}
	w := s.at(key)
	fresh := s.leads.fresh(key, t)
	reach := s.reach(w, t, fresh)
	complete, ended := false, false
	if fits&reach != 0 {
		if w == nil {
			w = s.open(key)
		}
		for h := first; h >= 0; h = s.hits[h].next {
			s.note(w, t, &s.hits[h], reach, fresh)
		}
		if complete = s.take(w, t, fresh, s.n, s.done); complete {
			s.match(w, key, t)
		}
	}
	if w != nil {
		ended = s.veto(w, t, denies)
		if stops {
			ended = s.stop(w, t, s.n) || ended
		}
	}
	s.leads.note(key, t, denies)
	for v := denies; v != 0; v &= v - 1 {
		if wait := s.wait[bits.TrailingZeros32(v)]; wait > 0 {
			ended = s.waits.deny(key, t, wait) || ended
		}
	}
	if stops && s.longest > 0 {
		ended = s.waits.deny(key, t, s.longest) || ended
	}
	if s.groups.trace != nil {
		s.account(b, first, complete, ended)
	}
}

// account tells what became of the events of a key at one time.
func (s *sequences) account(b *runtime.Batch, first int32, complete, ended bool) {
	for at := first; at >= 0; at = s.hits[at].next {
		h := &s.hits[at]
		held := runtime.Held{Why: runtime.Incomplete}
		switch {
		case ended && (h.denies != 0 || h.stops):
			held.Why = runtime.Interrupted
		case complete && s.longest > 0:
			held = runtime.Held{Why: runtime.Waiting, Since: s.began, Until: plus(b.Time[h.row], s.longest)}
		case complete: // the match tells of it
			continue
		}
		s.groups.trace(b, h.row, held)
	}
}

// outside tells of the rows of a batch that no step looks at, or that have no key.
func (s *sequences) outside(b *runtime.Batch) {
	looked := vec.NewBitmap(b.N)
	for i := range s.keyings {
		k := &s.keyings[i]
		s.groups.cols = k.cols
		s.groups.held(b, k.rows, k.ids)
		for _, r := range k.rows {
			looked.Set(int(r))
		}
	}
	b.Each(func(r int32) {
		if !looked.Get(int(r)) {
			s.groups.trace(b, r, runtime.Held{Why: runtime.Incomplete})
		}
	})
}

func (s *sequences) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { s.groups.trace = tell }

// tell lets time pass and gives what that brings.
func (s *sequences) tell(t int64, emit runtime.Emit) error {
	s.pass(t)
	return s.give(emit)
}

// give gives the matches that are due.
func (s *sequences) give(emit runtime.Emit) error {
	told := s.told
	s.told = nil
	if n := len(told); n > 0 {
		if err := emit(s.batch(told)); err != nil {
			return err
		}
	}
	s.groups.settle(len(s.words)/s.course.words - len(s.free) + s.leads.keys)
	return nil
}

// batch lays out matches as rows.
func (s *sequences) batch(told []match) *runtime.Batch {
	n := len(told)
	keys, time, start, end := make([]int32, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range told {
		m := &told[i]
		keys[i], time[i], start[i], end[i] = m.key, m.time, m.start, m.end
	}
	b := closed(s.groups, keys, start, end)
	b.Time = time
	for i := range s.need {
		count, last := make([]int64, n), make([]int64, n)
		for r := range told {
			count[r], last[r] = told[r].count[i], told[r].last[i]
		}
		b.Cols = append(b.Cols, vec.Ints(count, nil), stamps(last))
	}
	b.Window.Evidence = func(r int32) []runtime.Event {
		if s.longest > 0 {
			return told[r].evidence
		}
		return s.evidence.of(keys[r], start[r], end[r])
	}
	return b
}

func (s *sequences) Advance(_ context.Context, watermark int64, emit runtime.Emit) error {
	if err := s.tell(watermark, emit); err != nil {
		return err
	}
	s.since = max(s.since, plus(watermark, -s.within))
	s.evidence.trim(s.since)
	return nil
}

// Finish tells nothing: that something did not come is known only when its time has
// passed.
func (s *sequences) Finish(context.Context, runtime.Emit) error {
	s.evidence.forget()
	return nil
}

// Close lets go of the events that are kept.
func (s *sequences) Close() { s.evidence.forget() }

func (s *sequences) Meter() runtime.Meters {
	m := s.groups.meter()
	m.Bytes += 4*cap(s.seat) + 8*cap(s.words) + 4*cap(s.free) + s.trail.bytes() + s.leads.bytes() + s.waits.bytes(len(s.need)) + s.evidence.bytes()
	m.Overflow += s.waits.lost
	return m
}
