package op

import (
	"math"
	"math/bits"

	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// intHistory is the history of an integer: exact sums, to which values are added
// and from which they are taken away without a trace, so that neither the order
// nor a restart shows. Sums of small numbers, as counts are, take 24 bytes; those
// that outgrow 64 bits move to agg.IntMoments.
//
// With a million cells nearly all of the time goes into waiting for memory. So the
// rows of a window are taken in the order of their cells (nearby), the cells of the
// next rows are read ahead, and the values of most lie in the cell (intQueue).
type intHistory struct {
	policy
	cells  cells[intCell]  // where values are not queued
	gaps   []uint32        // of these, as far as there are any: windows whose row had no value
	queued cells[intQueue] // where they are
	wide   cells[agg.IntMoments]
	values packs // those that have no room in their cell
	rank   []float64
	order  ordered

	near    nearby
	touched uint32 // keeps the loads of touch
}

// intCell is the sums of the values in the sample.
type intCell struct {
	sum   int64  // where sq is isWide, an index in wide
	sq    uint64 // at most isWide-1 as a sum
	n     uint32
	since uint32 // see life
}

func (c *intCell) born(ordinal uint32) {
	if c.since == 0 {
		c.since = ordinal + 1
	}
}

// isWide is what sq says when the sums have moved to wide.
const isWide = math.MaxUint64

func (h *intHistory) grow(n int) {
	if h.queue {
		h.queued.grow(n)
	} else {
		h.cells.grow(n)
	}
}

// cell is the sums of a cell.
func (h *intHistory) cell(id int32) *intCell {
	if h.queue {
		return &h.queued.at(id).intCell
	}
	return h.cells.at(id)
}

// life is the life of a cell.
func (h *intHistory) life(id int32) life {
	switch {
	case h.queue:
		q := h.queued.at(id)
		return life{q.since, q.holes}
	case int(id) < len(h.gaps):
		return life{h.cells.at(id).since, h.gaps[id]}
	}
	return life{since: h.cells.at(id).since}
}

func (h *intHistory) born(cell int32, ordinal, _ uint32) { h.cell(cell).born(ordinal) }

func (h *intHistory) judge(j *judgement, rows []int32, s *samples) {
	h.inBlocks(rows, j.cells, func(places []place) { h.take(places, j, s) })
}

func (h *intHistory) learn(j *judgement, fired vec.Bitmap) {
	h.inBlocks(j.rows, j.cells, func(places []place) {
		for _, p := range places {
			id, r := p.cell(), p.row()
			c := h.cell(id)
			c.born(j.now)
			h.enter(c, id, j, j.value.I64[r], j.has(r, fired))
		}
	})
}

// inBlocks calls f with the places of a few rows after others, whose cells are in
// order and in the cache.
func (h *intHistory) inBlocks(rows, cells []int32, f func(places []place)) {
	h.near.each(rows, cells, func(places []place) {
		for len(places) > 0 {
			part := places[:min(touchAhead, len(places))]
			places = places[len(part):]
			h.touch(part)
			f(part)
		}
	})
}

// touch loads the cells of some places, and the ends of their queues.
func (h *intHistory) touch(places []place) {
	x := uint32(0)
	if !h.queue {
		for _, p := range places {
			x |= h.cells.at(p.cell()).since
		}
		h.touched = x
		return
	}
	for _, p := range places {
		x |= h.queued.at(p.cell()).since
	}
	if h.values.some() {
		for _, p := range places {
			x |= uint32(h.values.touch(h.queued.at(p.cell())))
		}
	}
	h.touched = x
}

// take fills in the samples of some rows.
func (h *intHistory) take(places []place, j *judgement, s *samples) {
	moments, ranks := h.fig.moments(), h.fig.ranks > 0
	for _, p := range places {
		id, r := p.cell(), p.row()
		c := h.cell(id)
		c.born(j.now)
		if h.queue {
			h.turn(h.queued.at(id), j)
		}
		n := int64(c.n)
		if !h.skip {
			l := h.life(id)
			n = l.windows(j)
		}
		s.n[r] = n
		if moments && n > 0 {
			s.mean[r], s.sd[r] = h.moments(c, n)
		}
		if ranks && n > 0 {
			h.ranked(s, id, r, n)
		}
		if h.fig.trend {
			l := h.life(id)
			h.line(s, r, &l, j, func(tell func(entry)) { h.entries(id, tell) })
		}
	}
}

// enter takes the value of a window in, or notes that it has none.
func (h *intHistory) enter(c *intCell, id int32, j *judgement, x int64, ok bool) {
	if h.queue {
		q := h.queued.at(id)
		h.turn(q, j)
		h.push(q, j.now, x, ok)
		if h.overlap { // it counts when a window comes that starts after this one has closed
			q.new++
			return
		}
		h.count(q, x, ok)
		return
	}
	if ok {
		h.add(c, x)
		return
	}
	h.gaps = extend(h.gaps, int(id)+1)
	h.gaps[id]++
}

// count adds the value of a window in a queue, or notes that it had none.
func (h *intHistory) count(q *intQueue, x int64, ok bool) {
	if ok {
		h.add(&q.intCell, x)
	} else {
		q.holes++
	}
}

// turn brings the sums of a cell to the sample of j: values whose windows have
// closed join, those before the sample leave.
func (h *intHistory) turn(q *intQueue, j *judgement) {
	if q.new > 0 {
		h.join(q, j.hi)
	}
	for q.n+q.holes > 0 && q.oldest < j.lo {
		if x, ok := h.pop(q); ok {
			h.sub(&q.intCell, x)
		} else {
			q.holes--
		}
	}
}

func (h *intHistory) add(c *intCell, x int64) {
	c.n++
	if c.sq == isWide {
		h.wide.at(int32(c.sum)).Add(x)
		return
	}
	u := uint64(max(x, -x))
	hi, lo := bits.Mul64(u, u)
	sq, carry := bits.Add64(c.sq, lo, 0)
	if hi|carry == 0 && sq != isWide {
		// The sum fits: it is at most the root of n times the sum of squares.
		c.sum, c.sq = c.sum+x, sq
		return
	}
	c.n--
	h.widen(c)
	h.add(c, x)
}

// widen moves the sums of a cell to wide.
func (h *intHistory) widen(c *intCell) {
	m := agg.IntMomentsOf(int64(c.n), c.sum, c.sq)
	c.sum, c.sq = int64(h.wide.n), isWide
	h.wide.grow(h.wide.n + 1)
	*h.wide.at(int32(c.sum)) = m
}

func (h *intHistory) sub(c *intCell, x int64) {
	c.n--
	if c.sq == isWide {
		h.wide.at(int32(c.sum)).Sub(x)
		return
	}
	c.sum -= x
	c.sq -= uint64(x * x)
}

// moments is the mean and the sample deviation of a cell with n windows, those
// without a row being zeros. Both are rounded once.
func (h *intHistory) moments(c *intCell, n int64) (mean, sd float64) {
	const exact = 1 << 53 // integers below it are floats
	if hi, nsq := bits.Mul64(uint64(n), c.sq); hi == 0 && nsq < exact && n < 1<<26 && n > 0 {
		mean = float64(c.sum) / float64(n)
		if n > 1 {
			sd = math.Sqrt(float64(nsq-uint64(c.sum*c.sum)) / float64(n*(n-1)))
		}
		return mean, sd
	}
	m := agg.IntMomentsOf(int64(c.n), c.sum, c.sq)
	if c.sq == isWide {
		m = *h.wide.at(int32(c.sum))
	}
	m.AddN(0, n-m.N())
	return m.Mean(), m.Stddev()
}

// entries tells the windows in the sample of a cell that have a row.
func (h *intHistory) entries(id int32, tell func(entry)) {
	q := h.queued.at(id)
	w := h.walk(q)
	for range q.n + q.holes {
		x, ok := w.next()
		tell(entry{w.ordinal, float64(x), ok})
	}
}

// ranked puts the sample of a cell in order.
func (h *intHistory) ranked(s *samples, id, row int32, n int64) {
	q := h.queued.at(id)
	h.rank = h.rank[:0]
	w := h.walk(q)
	for range q.n + q.holes {
		if x, ok := w.next(); ok {
			h.rank = append(h.rank, float64(x))
		}
	}
	h.order = order(h.rank, int(n)-len(h.rank))
	h.fig.rank(s, int(row), &h.order)
}

func (h *intHistory) bytes() int {
	return h.cells.bytes() + h.queued.bytes() + h.wide.bytes() + h.values.bytes() + 4*cap(h.gaps) + 8*cap(h.rank) + h.near.bytes()
}

func (h *intHistory) save(w *state.Writer) {
	if h.queue {
		h.saveQueues(w)
		return
	}
	h.wide.save(w)
	h.cells.save(w)
	state.Slice(w, h.gaps)
}

func (h *intHistory) load(r *state.Reader) error {
	if h.queue {
		h.loadQueues(r)
		return r.Err()
	}
	h.wide.load(r)
	h.cells.load(r)
	h.gaps = state.ReadSlice[uint32](r)
	sound := len(h.gaps) <= h.cells.n
	h.cells.each(func(c *intCell) {
		sound = sound && (c.sq != isWide || c.sum >= 0 && c.sum < int64(h.wide.n))
	})
	if r.Err() == nil && !sound {
		return errBaseline
	}
	return r.Err()
}
