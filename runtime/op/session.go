package op

import (
	"context"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
)

// visits is the open sessions. A session of a key goes on until the key has been
// quiet for the gap, and then holds [first event, last event + gap); an event
// exactly a gap after the last one starts another.
//
// All gaps are alike, so sessions close in the order of their last events: those
// stand in a queue, and when the last one of a session leaves it, the session
// closes.
type visits struct {
	seats
	gap  int64
	log  eventLog
	open []int32 // by entity: the seat of its session + 1, or 0
}

// note puts rows in the queue. They join sessions afterwards, one by one.
func (v *visits) note(b *runtime.Batch, rows, ids []int32) { v.log.add(b, rows, ids) }

// pass closes the sessions that end by time t.
func (v *visits) pass(t int64) { v.until(plus(t, -v.gap)) }

// until closes the sessions whose last event is at time t or before.
func (v *visits) until(t int64) {
	for l := &v.log; l.head < l.tail; l.head++ {
		b, row := l.at(l.head)
		if b.time[row] > t {
			return
		}
		e := b.id[row]
		at := v.open[e] - 1
		s := &v.list[at]
		if s.events--; s.events == 0 {
			v.open[e] = 0
			v.shut = append(v.shut, at)
		}
	}
}

// join appends the seat of the session that an event of an entity is in.
func (v *visits) join(e int32, t int64, to []int32) []int32 {
	v.open = extend(v.open, int(e)+1)
	if v.open[e] == 0 {
		v.open[e] = v.take(e, t, 0) + 1
	}
	at := v.open[e] - 1
	s := &v.list[at]
	s.end = plus(t, v.gap)
	s.events++
	return append(to, at)
}

// since is when the open session of an entity began.
func (v *visits) since(e int32) int64 {
	if int(e) >= len(v.open) || v.open[e] == 0 {
		return runtime.MaxTime
	}
	return v.list[v.open[e]-1].start
}

func (v *visits) seat(at int32) seat { return v.list[at] }

func (v *visits) drop() { v.log.drop() }

func (v *visits) size() int { return v.seats.bytes() + v.log.bytes() + 4*cap(v.open) }

func (v *visits) save(w *state.Writer) {
	v.seats.save(w)
	v.log.save(w)
}

func (v *visits) load(r *state.Reader, n int) error {
	if err := v.seats.load(r, n); err != nil {
		return err
	}
	if err := v.log.load(r, n); err != nil {
		return err
	}
	v.open = make([]int32, n)
	events := make([]int32, len(v.list))
	for i, s := range v.list {
		if s.entity >= 0 {
			v.open[s.entity] = int32(i) + 1
		}
	}
	ok := true
	v.log.each(v.log.head, v.log.tail, func(b *logBlock, row, n int, _ int64) {
		for _, e := range b.id[row : row+n] {
			if v.open[e] == 0 {
				ok = false
				return
			}
			events[v.open[e]-1]++
		}
	})
	for i, s := range v.list {
		ok = ok && (s.entity < 0 || s.events == events[i] && s.events > 0)
	}
	if !ok {
		return errWindow
	}
	return nil
}

// sessions is the operator of session windows, which are judged when they close.
// Its rows come in the order of their ends.
type sessions struct {
	visits   visits
	groups   *groups
	evidence *evidence
	tally    *tally
	group    []int32
}

func newSession(in Row, a *Args, f frame) (runtime.Operator, error) {
	w := &sessions{groups: newGroups(a.Clauses["by"], f.max)}
	w.visits.gap = f.size.Microseconds()
	var err error
	if w.tally, err = newTally(a.Aggs); err != nil {
		return nil, err
	}
	a.Keys.join(w.groups)
	if !a.Persist {
		w.groups.live = w.visits.live
	}
	w.evidence = newEvidence(in, a, f.keep, w.visits.since)
	return w, nil
}

func (w *sessions) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	if !w.groups.fit(b) {
		return inSteps(b, func(step *runtime.Batch) error {
			w.visits.pass(step.Time[step.Sel[0]])
			if err := w.give(false, emit); err != nil {
				return err
			}
			return w.push(step, emit)
		})
	}
	return w.push(b, emit)
}

func (w *sessions) push(b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	if len(rows) == 0 {
		return nil
	}
	last := b.Time[rows[len(rows)-1]]
	ids, some := w.groups.of(b, rows, len(rows))
	if some {
		ids, rows = present(ids, rows)
	}
	w.evidence.add(b, rows, ids)
	w.visits.note(b, rows, ids)
	w.group = w.group[:0]
	now := runtime.MinTime
	for i, r := range rows {
		if t := b.Time[r]; t != now {
			now = t
			w.visits.pass(t)
		}
		w.group = w.visits.join(ids[i], now, w.group)
	}
	w.tally.grow(len(w.visits.list))
	w.tally.add(b, w.group, rows)
	w.visits.pass(last) // rows without a key tell the time too
	return w.give(false, emit)
}

// give gives the sessions that have closed.
func (w *sessions) give(partial bool, emit runtime.Emit) error {
	shut := w.visits.shut
	n := len(shut)
	if n == 0 {
		return nil
	}
	entities, start, end := make([]int32, n), make([]int64, n), make([]int64, n)
	for i, at := range shut {
		s := w.visits.list[at]
		entities[i], start[i], end[i] = s.entity, s.start, s.end
	}
	b := closed(w.groups, entities, start, end)
	b.Cols = w.tally.results(b.Cols, shut)
	b.Window.Partial = partial
	b.Window.Evidence = func(r int32) []runtime.Event {
		return w.evidence.of(entities[r], start[r], plus(end[r], -1))
	}
	if err := emit(b); err != nil {
		return err
	}
	w.visits.clear(w.tally)
	w.visits.drop()
	w.groups.settle(w.visits.used())
	return nil
}

func (w *sessions) Advance(_ context.Context, watermark int64, emit runtime.Emit) error {
	w.visits.pass(watermark)
	return w.give(false, emit)
}

// Finish judges the sessions that are still open as they stand.
func (w *sessions) Finish(_ context.Context, emit runtime.Emit) error {
	w.visits.until(runtime.MaxTime)
	err := w.give(true, emit)
	w.evidence.forget()
	return err
}

// Trace tells of the rows that join no group.
func (w *sessions) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { w.groups.trace = tell }

func (w *sessions) Save(out *state.Writer) error {
	w.groups.save(out)
	w.visits.save(out)
	w.tally.save(out)
	w.evidence.save(out)
	return nil
}

func (w *sessions) Load(r *state.Reader) error {
	if err := w.groups.load(r); err != nil {
		return err
	}
	n := w.groups.keys.Len()
	if err := w.visits.load(r, n); err != nil {
		return err
	}
	if err := w.tally.load(r); err != nil {
		return err
	}
	w.tally.grow(len(w.visits.list))
	return w.evidence.load(r, n)
}

// Close lets go of the events that are kept.
func (w *sessions) Close() { w.evidence.forget() }

func (w *sessions) Meter() runtime.Meters {
	m := w.groups.meter()
	m.Bytes += w.visits.size() + w.tally.bytes() + w.evidence.bytes() + 4*cap(w.group)
	return m
}
