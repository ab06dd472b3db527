package op

import (
	"context"
	"errors"
	"math"
	"slices"
	"sort"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// fixed is the operator of tumbling and hopping windows, and of one window over
// everything. Rows come in the order of time, so only one pane of the grid fills at
// a time. A tumbling window is one pane; a hopping one is several, which are merged
// when it closes.
//
// The rows of a closed window come in the order in which their keys appeared in it:
// in parts where the stages that follow allow it, since a batch of ten million rows
// takes more memory on its way than the state of their keys.
type fixed struct {
	frame
	aggs     []Agg
	grid     grid
	groups   *groups
	evidence *evidence
	quiet    *quiet // nil unless keys without events get a row as well

	panes int64 // panes in a window
	step  int64 // panes from one window's start to the next

	open   *pane
	limit  int64   // end of the open pane
	sealed []*pane // earlier panes that windows still need, oldest first
	next   int64   // end of the next window that has rows, as the number of a pane
	due    int64   // the same as a time
	since  int64   // start of that window: earlier events do not matter any more

	first, last int64 // times of the rows of a window over everything
	times       *span // of what was given before, to be used again
	spare       []*pane
	slots       slots // of the open pane
	into        slots // of a window that several panes are merged into
	part        int   // the most rows that a batch has
}

// pane is the groups of one pane, numbered as their keys appear in it, so that
// aggregates lie close together however many keys there are.
type pane struct {
	index    int64
	entities []int32 // by group
	tally    *tally
}

// slots leads from an entity to its group + 1, or to 0 where it has none.
type slots []int32

func newFixed(in Row, a *Args, f frame) (runtime.Operator, error) {
	w := &fixed{frame: f, aggs: a.Aggs, panes: 1, step: 1, next: math.MinInt64, groups: newGroups(a.Clauses["by"], f.max), part: math.MaxInt32}
	if a.Parts {
		w.part = partMost
	}
	if f.shape != whole {
		size := f.pane()
		g, err := newGrid(size, f.zone)
		if err != nil {
			return nil, err
		}
		w.grid, w.panes, w.step = g, int64(f.size/size), int64(f.every/size)
	}
	p, err := w.fresh()
	if err != nil {
		return nil, err
	}
	w.spare = append(w.spare, p)
	a.Keys.join(w.groups)
	if !a.Persist {
		w.groups.live = w.live
	}
	if f.empty {
		w.quiet = &quiet{}
	}
	w.evidence = newEvidence(in, a, f.keep, func(int32) int64 { return w.since })
	return w, nil
}

// Of very large batches so many rows are added at a time: the alerts of a million
// keys come as one, and what is noted of each row on the way should not take as much
// room as the keys themselves. A window that is given in parts has as many in each.
const (
	fillMost = 1 << 16
	partMost = 1 << 16
)

func (w *fixed) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	n := b.Rows()
	for from := 0; from < n; {
		t := b.Time[rowAt(b, from)]
		if w.open == nil || t >= w.limit {
			if err := w.begin(t, emit); err != nil {
				return err
			}
		}
		to := min(n, from+fillMost)
		if b.Time[rowAt(b, to-1)] >= w.limit {
			to = from + 1 + sort.Search(to-from-1, func(i int) bool { return b.Time[rowAt(b, from+1+i)] >= w.limit })
		}
		w.last = b.Time[rowAt(b, to-1)]
		if b.Sel == nil {
			w.fill(b.Slice(from, to))
		} else {
			part := *b
			part.Sel = b.Sel[from:to]
			w.fill(&part)
		}
		from = to
	}
	return nil
}

// begin closes what ends by time t and opens the pane of t.
func (w *fixed) begin(t int64, emit runtime.Emit) error {
	i := w.index(t)
	if err := w.close(i, false, emit); err != nil || w.open != nil {
		return err // still open: the last pane there is has no end
	}
	p, err := w.fresh()
	if err != nil {
		return err
	}
	p.index = i
	w.open, w.limit = p, w.start(i+1)
	if w.shape == whole {
		w.first, w.limit = t, runtime.MaxTime
	}
	if len(w.sealed) == 0 && w.quiet.none() {
		w.aim(max(w.next, firstEnd(i, w.panes, w.step)))
	}
	return nil
}

// fresh is an empty pane.
func (w *fixed) fresh() (*pane, error) {
	if n := len(w.spare); n > 0 {
		p := w.spare[n-1]
		w.spare = w.spare[:n-1]
		return p, nil
	}
	t, err := newTally(w.aggs)
	return &pane{tally: t}, err
}

// index is the pane of a time, start the first instant of a pane.
func (w *fixed) index(t int64) int64 {
	if w.shape == whole {
		return 0
	}
	return w.grid.index(t)
}

func (w *fixed) start(pane int64) int64 {
	if w.shape == whole {
		return runtime.MinTime
	}
	return w.grid.start(pane)
}

// aim makes the window that ends with pane next-1 the next to close.
func (w *fixed) aim(next int64) {
	w.next = next
	w.due, w.since = w.start(next), w.start(next-w.panes)
	w.evidence.trim(w.since)
}

// fill adds rows to the open pane.
func (w *fixed) fill(b *runtime.Batch) {
	rows := b.Sel
	ids, some := w.groups.of(b, rows, b.Rows())
	if some {
		ids, rows = present(ids, rows)
	}
	w.evidence.add(b, rows, ids)
	p := w.open
	p.entities = w.slots.assign(ids, p.entities, w.groups.keys.Len())
	p.tally.grow(len(p.entities))
	p.tally.add(b, ids, rows)
}

// assign turns entities into their groups, in place. New ones are numbered on from
// those listed, and listed too. All entities are below n.
func (s *slots) assign(ids, entities []int32, n int) []int32 {
	if n > len(*s) {
		*s = extend(*s, n)
	}
	slot, entities := *s, roomFor(entities, len(ids))
	for i, e := range ids {
		g := slot[e]
		if g == 0 {
			entities = append(entities, e)
			g = int32(len(entities))
			slot[e] = g
		}
		ids[i] = g - 1
	}
	return entities
}

// release takes the groups of entities away.
func (s slots) release(entities []int32) {
	for _, e := range entities {
		s[e] = 0
	}
}

func (w *fixed) Advance(_ context.Context, watermark int64, emit runtime.Emit) error {
	if w.shape == whole || w.open == nil && len(w.sealed) == 0 && w.quiet.none() || watermark < w.due {
		return nil
	}
	return w.close(w.index(watermark), false, emit)
}

// Finish judges the windows that are still open as they stand.
func (w *fixed) Finish(_ context.Context, emit runtime.Emit) error {
	err := w.close(last, w.shape != whole, emit)
	w.evidence.forget()
	return err
}

// last is beyond all panes.
const last = 1 << 62

// close seals the open pane if it lies before pane upto, and gives the windows that
// end by then.
func (w *fixed) close(upto int64, partial bool, emit runtime.Emit) error {
	if w.open != nil && w.open.index < upto {
		w.slots.release(w.open.entities)
		w.sealed = append(w.sealed, w.open)
		w.open = nil
	}
	for w.next <= upto && (len(w.sealed) > 0 || upto != last && !w.quiet.none()) {
		if err := w.emit(partial, emit); err != nil {
			return err
		}
		next, gone := w.next+w.step, 0
		for gone < len(w.sealed) && w.sealed[gone].index < next-w.panes {
			w.recycle(w.sealed[gone])
			gone++
		}
		w.sealed = slices.Delete(w.sealed, 0, gone)
		if len(w.sealed) == 0 && w.open != nil && w.quiet.none() {
			next = max(next, firstEnd(w.open.index, w.panes, w.step))
		}
		w.aim(next)
	}
	return nil
}

// recycle empties a pane and keeps its memory.
func (w *fixed) recycle(p *pane) {
	p.tally.clear(len(p.entities))
	p.entities = p.entities[:0]
	w.spare = append(w.spare, p)
}

// emit gives the window that consists of the sealed panes.
func (w *fixed) emit(partial bool, emit runtime.Emit) error {
	var p *pane
	if len(w.sealed) == 1 && w.quiet == nil {
		p = w.sealed[0]
	} else {
		var err error
		if p, err = w.merge(); err != nil {
			return err
		}
		defer w.recycle(p)
	}
	met := len(p.entities)
	if w.quiet != nil && !partial { // a window that is cut does not say who was silent
		p.entities = w.quiet.fill(p.entities, w.next, w.step, w.groups.keys.Len())
		p.tally.grow(len(p.entities))
	}
	n := len(p.entities)
	if n == 0 {
		return nil
	}
	for from := 0; from < n; from += w.part {
		if err := w.give(p, met, from, min(from+w.part, n), partial, emit); err != nil {
			return err
		}
	}
	w.groups.settle(n)
	return nil
}

// give gives groups from..to-1 of a window that has closed. Groups from met on had no
// events.
func (w *fixed) give(p *pane, met, from, to int, partial bool, emit runtime.Emit) error {
	entities := p.entities[from:to]
	s := w.times
	if s == nil || s.kept {
		s = &span{}
	}
	if w.times = s; to-from > lentRows {
		w.times = nil
	}
	start, end := w.since, w.due
	if w.shape == whole {
		start, end = w.first, w.last
	}
	s.room(from, to, start, end)
	b := closed(w.groups, entities, s.start, s.end)
	b.Owner = s
	b.Cols = p.tally.results(b.Cols, s.groups)
	b.Window.Partial, b.Window.Quiet = partial, to-min(max(from, met), to)
	b.Window.Evidence = func(row int32) []runtime.Event {
		return w.evidence.of(entities[row], w.since, runtime.MaxTime)
	}
	return emit(b)
}

// merge makes one pane of the sealed ones, oldest first.
func (w *fixed) merge() (*pane, error) {
	m, err := w.fresh()
	if err != nil {
		return nil, err
	}
	var at []int32
	for _, p := range w.sealed {
		at = append(at[:0], p.entities...)
		m.entities = w.into.assign(at, m.entities, w.groups.keys.Len())
		m.tally.grow(len(m.entities))
		for g, to := range at {
			m.tally.merge(to, p.tally, int32(g))
		}
	}
	w.into.release(m.entities)
	return m, nil
}

// live marks the entities that are in a pane.
func (w *fixed) live(used vec.Bitmap) {
	for _, p := range w.sealed {
		mark(used, p.entities)
	}
	if w.open != nil {
		mark(used, w.open.entities)
	}
	w.quiet.mark(used)
}

func mark(used vec.Bitmap, ids []int32) {
	for _, id := range ids {
		used.Set(int(id))
	}
}

// Trace tells of the rows that join no group.
func (w *fixed) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { w.groups.trace = tell }

func (w *fixed) Save(out *state.Writer) error {
	w.groups.save(out)
	for _, x := range []int64{w.next, w.first, w.last} {
		out.Int(x)
	}
	panes := w.sealed
	if w.open != nil {
		panes = append(slices.Clone(panes), w.open)
	}
	out.Int(int64(len(w.sealed)))
	out.Int(int64(len(panes)))
	for _, p := range panes {
		out.Int(p.index)
		state.Slice(out, p.entities)
		p.tally.save(out)
	}
	w.quiet.save(out)
	w.evidence.save(out)
	return nil
}

func (w *fixed) Load(r *state.Reader) error {
	if err := w.groups.load(r); err != nil {
		return err
	}
	for _, x := range []*int64{&w.next, &w.first, &w.last} {
		*x = r.Int()
	}
	sealed, panes := r.Int(), r.Len(8)
	last := int64(math.MinInt64)
	for i := range panes {
		p, err := w.fresh()
		if err != nil {
			return err
		}
		p.index, p.entities = r.Int(), state.ReadSlice[int32](r)
		if err := p.tally.load(r); err != nil {
			return err
		}
		if err := w.check(p); err != nil {
			return err
		}
		if p.index <= last || w.open != nil {
			return errWindow
		}
		last = p.index
		if int64(i) < sealed {
			w.sealed = append(w.sealed, p)
		} else {
			w.open = p
		}
	}
	if err := w.quiet.load(r, w.groups.keys.Len()); err != nil {
		return err
	}
	if err := w.resume(); err != nil {
		return err
	}
	return w.evidence.load(r, w.groups.keys.Len())
}

// errWindow is a saved state whose parts do not fit together.
var errWindow = errors.New("window: the saved state is damaged")

// resume sets what follows from the panes.
func (w *fixed) resume() error {
	first := w.open
	if len(w.sealed) > 0 {
		first = w.sealed[0]
	}
	if first == nil && w.quiet.none() {
		return nil
	}
	if (w.next-w.panes)%w.step != 0 {
		return errWindow
	}
	if first != nil && (w.next <= first.index || w.next-w.panes > first.index && w.quiet.none()) {
		return errWindow
	}
	if w.open != nil {
		w.slots.assign(slices.Clone(w.open.entities), nil, w.groups.keys.Len())
		w.limit = w.start(w.open.index + 1)
		if w.shape == whole {
			w.limit = runtime.MaxTime
		}
	}
	w.aim(w.next)
	return nil
}

// check refuses a pane whose entities are not different keys of the table.
func (w *fixed) check(p *pane) error {
	seen := vec.NewBitmap(w.groups.keys.Len())
	for _, e := range p.entities {
		if e < 0 || int(e) >= w.groups.keys.Len() || seen.Get(int(e)) {
			return errWindow
		}
		seen.Set(int(e))
	}
	p.tally.grow(len(p.entities))
	return nil
}

// Close lets go of the events that are kept.
func (w *fixed) Close() { w.evidence.forget() }

func (w *fixed) Meter() runtime.Meters {
	m := w.groups.meter()
	m.Bytes += 4*(cap(w.slots)+cap(w.into)) + w.evidence.bytes() + w.quiet.bytes()
	panes := append(slices.Clone(w.sealed), w.spare...)
	if w.open != nil {
		panes = append(panes, w.open)
	}
	for _, p := range panes {
		m.Bytes += 4*cap(p.entities) + p.tally.bytes()
	}
	return m
}
