package op

import (
	"context"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// slider is the operator of sliding windows: at each event, the aggregates of its
// key over (t-length, t], when all events of time t are in. Rows stay where they
// are in their batch; of those of one key and time, the last is meant.
//
// Events join a queue that all keys share, and leave it in the same order. count()
// is how many a key has there. Other aggregates take away the rows that leave, if
// they can do so exactly (agg.Remover), or else are put together from a suffix of
// the older events and a running state of the newer ones (suffixes.go).
//
// A key whose window has emptied starts afresh: that is the scope of its rows.
type slider struct {
	length   int64
	groups   *groups
	evidence *evidence
	now      int64 // of the last event

	log    eventLog
	oldest int64      // time of the event that leaves next
	runs   []activity // by entity
	busy   int        // entities with events in the window

	aggs   []Agg
	counts []int // which of aggs are the number of events
	exact  *tally
	exacts []int // which of aggs are in exact
	suffix *suffixes
	folds  []int // which are in suffix
	waves  waves
	left   leaving

	touched int32 // keeps the loads of touch
}

// activity is what an entity has in the window.
type activity struct {
	since int64 // its first event since its window was last empty
	n     int32
	last  uint32 // position in the queue of its newest event, modulo 2^32
}

// leaving is the events that leave during a batch, and the wave before which each
// of them does.
type leaving struct {
	pos  []int64
	wave []int32
	most int32
}

func newSliding(in Row, a *Args, f frame) (runtime.Operator, error) {
	w := &slider{length: f.size.Microseconds(), groups: newGroups(a.Clauses["by"], f.max), now: runtime.MinTime, aggs: a.Aggs}
	t, err := newTally(a.Aggs)
	if err != nil {
		return nil, err
	}
	var exact, folds []Agg
	for i, g := range a.Aggs {
		if _, ok := t.states[i].(agg.Remover); g.Spec.Name == "count" && len(g.Args) == 0 {
			w.counts = append(w.counts, i)
		} else if ok {
			exact, w.exacts = append(exact, g), append(w.exacts, i)
		} else {
			folds, w.folds = append(folds, g), append(w.folds, i)
		}
	}
	if w.exact, err = newTally(exact); err != nil {
		return nil, err
	}
	if len(folds) > 0 {
		if w.suffix, err = newSuffixes(folds, &w.log); err != nil {
			return nil, err
		}
	}
	w.log.keep(in, append(exact, folds...))
	if !a.Persist {
		w.groups.live = w.live
	}
	w.evidence = newEvidence(in, a, f.keep, func(int32) int64 { return plus(w.now, 1-w.length) })
	return w, nil
}

// live marks the entities with events in the window.
func (w *slider) live(used vec.Bitmap) {
	for e := range w.runs {
		if w.runs[e].n > 0 {
			used.Set(e)
		}
	}
}

func (w *slider) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	if !w.groups.fit(b) {
		return inSteps(b, func(step *runtime.Batch) error {
			w.pass(step.Time[step.Sel[0]])
			return w.push(step, emit)
		})
	}
	return w.push(b, emit)
}

func (w *slider) push(b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	ids, some := w.groups.of(b, rows, len(rows))
	if some {
		ids, rows = present(ids, rows)
	}
	if len(rows) == 0 {
		return nil
	}
	w.evidence.add(b, rows, ids)
	base := w.log.tail
	w.log.add(b, rows, ids)
	w.runs = extend(w.runs, w.groups.keys.Len())
	if w.log.head == base {
		w.oldest = b.Time[rows[0]]
	}
	s := newSlide(b, rows, ids, base)
	if len(w.exacts)+len(w.folds) == 0 {
		w.count(s)
	} else {
		w.all(s)
	}
	w.now = b.Time[rows[len(rows)-1]]
	if err := emit(w.batch(s)); err != nil {
		return err
	}
	w.log.drop()
	w.groups.settle(w.busy)
	return nil
}

// slide is one batch on its way through.
type slide struct {
	b         *runtime.Batch
	rows, ids []int32
	base      int64 // position in the queue of the first row
	judged    vec.Bitmap
	n         []int64 // events in the window, by row
	since     []int64 // by row
	entity    []int32 // by row
	cols      []*vec.Vec
}

func newSlide(b *runtime.Batch, rows, ids []int32, base int64) *slide {
	return &slide{
		b: b, rows: rows, ids: ids, base: base, judged: vec.NewBitmap(b.N),
		n: make([]int64, b.N), since: make([]int64, b.N), entity: make([]int32, b.N),
	}
}

// count passes through when nothing but numbers of events is wanted.
func (w *slider) count(s *slide) {
	runs, now, step := w.runs, runtime.MinTime, 0
	for i, r := range s.rows {
		if i%touchAhead == 0 {
			w.touch(s.ids[i:min(i+touchAhead, len(s.ids))])
		}
		t, e := s.b.Time[r], s.ids[i]
		if t != now {
			now, step = t, i
			if w.oldest <= t-w.length {
				w.expire(t, nil)
			}
		}
		run := &runs[e]
		w.enter(s, run, i, step)
		s.n[r], s.since[r], s.entity[r] = int64(run.n), run.since, e
	}
}

// touch loads what is known of the entities of the next rows, and of about as many
// events that will leave.
func (w *slider) touch(ids []int32) {
	x := int32(0)
	for _, e := range ids {
		x |= w.runs[e].n
	}
	b, row := w.log.at(w.log.head)
	for _, e := range b.id[row:min(int(row)+len(ids), len(b.id))] {
		x |= w.runs[e].n
	}
	w.touched = x
}

// enter counts row i of a slide in. An earlier row of the same key in this step of
// time, which is the newest event of the key then, is not judged any more.
func (w *slider) enter(s *slide, run *activity, i, step int) {
	if run.n == 0 {
		run.since = s.b.Time[s.rows[i]]
		w.busy++
	} else if before := int(run.last - uint32(s.base)); before >= step && before < i {
		s.judged.Clear(int(s.rows[before]))
	}
	run.n++
	run.last = uint32(s.base) + uint32(i)
	s.judged.Set(int(s.rows[i]))
}

// all passes through with aggregates that need the rows.
func (w *slider) all(s *slide) {
	w.exact.grow(w.groups.keys.Len())
	var res results
	for from := 0; from < len(s.rows); {
		to := len(s.rows)
		w.waves.begin(len(w.runs))
		w.left = leaving{pos: w.left.pos[:0], wave: w.left.wave[:0]}
		if w.suffix != nil {
			t := s.b.Time[s.rows[from]]
			w.expire(t, &w.left)
			w.suffix.turn(floorDiv(t, w.length), s.base+int64(from))
			for to = from + 1; to < len(s.rows) && floorDiv(s.b.Time[s.rows[to]], w.length) == w.suffix.epoch; {
				to++
			}
		}
		w.plan(s, from, to)
		w.run(s, from, &res)
		from = to
	}
	s.cols = res.columns(s.b.N)
}

// plan counts rows from..to in and lays out their waves.
func (w *slider) plan(s *slide, from, to int) {
	now, step := runtime.MinTime, from
	for i := from; i < to; i++ {
		if (i-from)%touchAhead == 0 {
			w.touch(s.ids[i:min(i+touchAhead, to)])
		}
		r, e := s.rows[i], s.ids[i]
		t := s.b.Time[r]
		if t != now {
			now, step = t, i
			w.expire(t, &w.left)
		}
		run := &w.runs[e]
		w.enter(s, run, i, step)
		w.waves.meet(e, t)
		s.n[r], s.since[r], s.entity[r] = int64(run.n), run.since, e
		if w.suffix != nil {
			w.suffix.mark(e)
		}
	}
}

// run goes through the waves: what leaves, what joins, what is judged.
func (w *slider) run(s *slide, from int, res *results) {
	most := max(w.waves.most, w.left.most)
	pairs, at := buckets(w.waves.wave, most)
	gone, goneAt := buckets(w.left.wave, most)
	var groups, rows, judged, places []int32
	for k := int32(1); k <= most; k++ {
		w.remove(gone[goneAt[k]:goneAt[k+1]])
		groups, rows, judged, places = groups[:0], rows[:0], judged[:0], places[:0]
		for _, p := range pairs[at[k]:at[k+1]] {
			e, r := w.waves.group[p], s.rows[from+int(p)]
			groups, rows = append(groups, e), append(rows, r)
			if !w.waves.over[p] {
				judged, places = append(judged, e), append(places, r)
				if w.suffix != nil {
					w.suffix.want(int(p))
				}
			}
		}
		if len(rows) == 0 {
			continue
		}
		w.exact.add(s.b, groups, rows)
		cols := w.exact.results(nil, judged)
		if w.suffix != nil {
			w.suffix.add(s.b, groups, rows)
			cols = append(cols, w.suffix.results(judged)...)
		}
		res.add(places, cols)
	}
}

// remove takes events that leave out of the exact aggregates.
func (w *slider) remove(which []int32) {
	if len(w.exacts) == 0 {
		return
	}
	var groups, rows []int32
	for len(which) > 0 {
		b, row := w.log.at(w.left.pos[which[0]])
		first := w.left.pos[which[0]] - int64(row)
		groups, rows = groups[:0], rows[:0]
		for len(which) > 0 && w.left.pos[which[0]] < first+int64(len(b.id)) {
			r := int32(w.left.pos[which[0]] - first)
			groups, rows = append(groups, b.id[r]), append(rows, r)
			which = which[1:]
		}
		w.exact.remove(w.log.kept(b), groups, rows)
	}
}

// batch is what goes out.
func (w *slider) batch(s *slide) *runtime.Batch {
	out := *s.b
	win := &runtime.Window{Start: make([]int64, s.b.N), End: s.b.Time, Entity: s.entity, Rising: true, Scope: s.since}
	for _, r := range s.rows {
		win.Start[r] = plus(s.b.Time[r], -w.length)
	}
	win.Evidence = func(r int32) []runtime.Event {
		return w.evidence.of(s.entity[r], win.Start[r]+1, win.End[r])
	}
	out.Window = win
	if out.Sel = s.judged.Rows(nil); len(out.Sel) == out.N {
		out.Sel = nil
	}
	out.Cols = nil
	for _, c := range w.groups.cols {
		out.Cols = append(out.Cols, s.b.Cols[c])
	}
	out.Cols = append(out.Cols, stamps(win.Start), stamps(win.End))
	aggs := make([]*vec.Vec, len(w.aggs))
	for _, i := range w.counts {
		aggs[i] = vec.Ints(s.n, nil)
	}
	for k, i := range append(append([]int(nil), w.exacts...), w.folds...) {
		aggs[i] = s.cols[k]
	}
	out.Cols = append(out.Cols, aggs...)
	return &out
}

// expire lets the events go that are not in the window that ends at t. Those that
// aggregates have to give up are noted in left.
func (w *slider) expire(t int64, left *leaving) {
	limit := plus(t, -w.length)
	for l := &w.log; l.head < l.tail; {
		b, row := l.at(l.head)
		for k := int(row); k < len(b.time); k++ {
			if w.oldest = b.time[k]; w.oldest > limit {
				return
			}
			e := b.id[k]
			run := &w.runs[e]
			if run.n--; run.n == 0 {
				w.busy--
				w.groups.full = false
			}
			if left != nil {
				left.note(l.head, w.waves.by[e].seen+1)
			}
			if w.suffix != nil {
				w.suffix.leave(e)
			}
			l.head++
		}
	}
	w.oldest = runtime.MaxTime
}

// pass lets time pass without an event.
func (w *slider) pass(t int64) {
	w.waves.begin(len(w.runs))
	w.left = leaving{pos: w.left.pos[:0], wave: w.left.wave[:0]}
	w.expire(t, &w.left)
	w.remove(upTo(len(w.left.pos)))
}

// note adds an event that leaves before a wave.
func (x *leaving) note(pos int64, wave int32) {
	x.pos = append(x.pos, pos)
	x.wave = append(x.wave, wave)
	x.most = max(x.most, wave)
}

// Advance has nothing to do: a sliding window is judged at its events.
func (w *slider) Advance(context.Context, int64, runtime.Emit) error { return nil }

// Trace tells of the rows that join no group.
func (w *slider) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { w.groups.trace = tell }

// Save writes the events; what is known of them follows.
func (w *slider) Save(out *state.Writer) error {
	w.groups.save(out)
	out.Int(w.now)
	w.log.save(out)
	since := make([]int64, len(w.runs))
	for e := range w.runs {
		since[e] = w.runs[e].since
	}
	state.Slice(out, since)
	if w.suffix != nil {
		w.suffix.save(out)
	}
	w.evidence.save(out)
	return nil
}

func (w *slider) Load(r *state.Reader) error {
	if err := w.groups.load(r); err != nil {
		return err
	}
	n := w.groups.keys.Len()
	w.now = r.Int()
	if err := w.log.load(r, n); err != nil {
		return err
	}
	w.runs = make([]activity, n)
	since := state.ReadSlice[int64](r)
	if len(since) > n {
		return errWindow
	}
	for e, t := range since {
		w.runs[e].since = t
	}
	w.exact.grow(n)
	w.oldest = runtime.MaxTime
	w.log.each(w.log.head, w.log.tail, func(b *logBlock, row, n int, pos int64) {
		if pos == w.log.head {
			w.oldest = b.time[row]
		}
		ids, rows := b.id[row:row+n], upTo(row + n)[row:]
		for k, e := range ids {
			run := &w.runs[e]
			if run.n++; run.n == 1 {
				w.busy++
			}
			run.last = uint32(pos) + uint32(k)
		}
		w.exact.add(w.log.kept(b), ids, rows)
	})
	if w.suffix != nil {
		if err := w.suffix.load(r, n); err != nil {
			return err
		}
	}
	return w.evidence.load(r, n)
}

// Close lets go of the events that are kept.
func (w *slider) Close() { w.evidence.forget() }

func (w *slider) Meter() runtime.Meters {
	m := w.groups.meter()
	m.Bytes += w.log.bytes() + 16*cap(w.runs) + w.exact.bytes() + w.evidence.bytes() + 12*cap(w.left.pos)
	if w.suffix != nil {
		m.Bytes += w.suffix.bytes()
	}
	return m
}
