package op

import (
	"context"
	"math/bits"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
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

// Close lets go of the events that are kept.
func (s *sequences) Close() { s.evidence.forget() }

func (s *sequences) Meter() runtime.Meters {
	m := s.groups.meter()
	m.Bytes += 4*cap(s.seat) + 8*cap(s.words) + 4*cap(s.free) + s.trail.bytes() + s.leads.bytes() + s.waits.bytes(len(s.need)) + s.evidence.bytes()
	m.Overflow += s.waits.lost
	return m
}
