package op

import (
	"context"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// early is the operator of tumbling, hopping and session windows that are judged
// as they fill: for each event, a row with the running values of every window that
// it is in, when all events of its time are in. A condition fires at most once a
// window; the closing of windows gives nothing any more.
type early struct {
	book     book
	groups   *groups
	evidence *evidence
	tally    *tally
	waves    waves

	pairs []pair
	at    []int32
}

// book knows which windows are open.
type book interface {
	// note is told of a batch before its rows join.
	note(b *runtime.Batch, rows, ids []int32)
	// pass closes the windows that end by a time.
	pass(t int64)
	// join appends the seats of the windows that an event is in.
	join(entity int32, t int64, to []int32) []int32
	// since is the earliest start of an open window of an entity, or earlier.
	since(entity int32) int64
	// clear frees the seats of closed windows.
	clear(t *tally)
	seat(at int32) seat
	live(used vec.Bitmap)
	used() int
	room() int
	drop()
	size() int
	save(w *state.Writer)
	load(r *state.Reader, keys int) error
}

// pair is an event in one window, as that was then.
type pair struct {
	row        int32
	entity     int32
	start, end int64
}

func newEarly(in Row, a *Args, f frame) (runtime.Operator, error) {
	w := &early{groups: newGroups(a.Clauses["by"], f.max)}
	if f.shape == session {
		w.book = &visits{gap: f.size.Microseconds()}
	} else {
		size := f.pane()
		g, err := newGrid(size, f.zone)
		if err != nil {
			return nil, err
		}
		w.book = &calendar{grid: g, panes: int64(f.size / size), step: int64(f.every / size), limit: runtime.MinTime}
	}
	var err error
	if w.tally, err = newTally(a.Aggs); err != nil {
		return nil, err
	}
	a.Keys.join(w.groups)
	if !a.Persist {
		w.groups.live = w.book.live
	}
	w.evidence = newEvidence(in, a, f.keep, w.book.since)
	return w, nil
}

func (w *early) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	if !w.groups.fit(b) {
		return inSteps(b, func(step *runtime.Batch) error {
			w.pass(step.Time[step.Sel[0]])
			return w.push(step, emit)
		})
	}
	return w.push(b, emit)
}

func (w *early) push(b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	ids, some := w.groups.of(b, rows, len(rows))
	if some {
		ids, rows = present(ids, rows)
	}
	if len(rows) == 0 {
		return nil
	}
	w.evidence.add(b, rows, ids)
	w.book.note(b, rows, ids)
	w.pair(b, rows, ids)
	if err := emit(w.judge(b)); err != nil {
		return err
	}
	w.release()
	return nil
}

// pair puts events together with their windows.
func (w *early) pair(b *runtime.Batch, rows, ids []int32) {
	w.waves.begin(0)
	w.pairs = w.pairs[:0]
	now := runtime.MinTime
	for i, r := range rows {
		t := b.Time[r]
		if t != now {
			now = t
			w.book.pass(t)
		}
		w.at = w.book.join(ids[i], t, w.at[:0])
		for _, at := range w.at {
			s := w.book.seat(at)
			w.waves.meet(at, t)
			w.pairs = append(w.pairs, pair{r, ids[i], s.start, s.end})
		}
	}
}

// judge gives the batch of running values.
func (w *early) judge(b *runtime.Batch) *runtime.Batch {
	order, at := buckets(w.waves.wave, w.waves.most)
	var judged []int32 // pairs
	place := make([]int32, len(w.pairs))
	for p, over := range w.waves.over {
		if !over {
			place[p] = int32(len(judged))
			judged = append(judged, int32(p))
		}
	}
	w.tally.grow(len(w.waves.by))
	var res results
	var groups, rows, read, places []int32
	for k := int32(1); k <= w.waves.most; k++ {
		groups, rows, read, places = groups[:0], rows[:0], read[:0], places[:0]
		for _, p := range order[at[k]:at[k+1]] {
			g := w.waves.group[p]
			groups, rows = append(groups, g), append(rows, w.pairs[p].row)
			if !w.waves.over[p] {
				read, places = append(read, g), append(places, place[p])
			}
		}
		w.tally.add(b, groups, rows)
		res.add(places, w.tally.results(nil, read))
	}
	return w.batch(b, judged, res.columns(len(judged)))
}

// batch lays out the judged pairs.
func (w *early) batch(b *runtime.Batch, judged []int32, aggs []*vec.Vec) *runtime.Batch {
	n := len(judged)
	rows := make([]int32, n)
	win := &runtime.Window{Start: make([]int64, n), End: make([]int64, n), Entity: make([]int32, n), Rising: true, Once: true}
	out := &runtime.Batch{N: n, Time: make([]int64, n), Window: win}
	for i, p := range judged {
		x := w.pairs[p]
		rows[i], out.Time[i] = x.row, b.Time[x.row]
		win.Start[i], win.End[i], win.Entity[i] = x.start, x.end, x.entity
	}
	win.Scope = win.Start
	win.Evidence = func(r int32) []runtime.Event {
		return w.evidence.of(win.Entity[r], win.Start[r], out.Time[r])
	}
	for _, c := range w.groups.cols {
		out.Cols = append(out.Cols, take(b.Cols[c], rows))
	}
	out.Cols = append(out.Cols, stamps(win.Start), stamps(win.End))
	out.Cols = append(out.Cols, aggs...)
	return out
}

// pass lets time pass without an event.
func (w *early) pass(t int64) {
	w.book.pass(t)
	w.release()
}

// release forgets the windows that have closed.
func (w *early) release() {
	w.book.clear(w.tally)
	w.book.drop()
	w.groups.settle(w.book.used())
}

func (w *early) Advance(_ context.Context, watermark int64, _ runtime.Emit) error {
	w.pass(watermark)
	return nil
}

// Finish has nothing to give: what was to be said was said at the events.
func (w *early) Finish(context.Context, runtime.Emit) error {
	w.evidence.forget()
	return nil
}

// Trace tells of the rows that join no group.
func (w *early) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { w.groups.trace = tell }

func (w *early) Save(out *state.Writer) error {
	w.groups.save(out)
	w.book.save(out)
	w.tally.save(out)
	w.evidence.save(out)
	return nil
}

func (w *early) Load(r *state.Reader) error {
	if err := w.groups.load(r); err != nil {
		return err
	}
	n := w.groups.keys.Len()
	if err := w.book.load(r, n); err != nil {
		return err
	}
	if err := w.tally.load(r); err != nil {
		return err
	}
	w.tally.grow(w.book.room())
	return w.evidence.load(r, n)
}

// Close lets go of the events that are kept.
func (w *early) Close() { w.evidence.forget() }

func (w *early) Meter() runtime.Meters {
	m := w.groups.meter()
	m.Bytes += w.book.size() + w.tally.bytes() + w.evidence.bytes() + 24*cap(w.pairs)
	return m
}
