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
// nor a restart shows. Sums of small numbers, as counts are, take half a cache
// line; those that outgrow 64 bits move to agg.IntMoments.
//
// With a million cells nearly all of the time goes into waiting for memory. So the
// rows of a window are judged in the order of their cells (nearby), the cells of the
// next rows are read ahead, and the first few values lie in the cell (intQueue): in
// a daily baseline of a million devices that halved the time.
type intHistory struct {
	policy
	cells  cells[intCell]  // where values are not queued
	queued cells[intQueue] // where they are
	wide   cells[agg.IntMoments]
	// values are those that have no room in their cell: the ordinal in the upper
	// half, the value in the lower. What has no room there either is aside.
	values rings[uint64]
	aside  map[uint64]int64 // by cell and ordinal
	rank   []float64
	order  ordered

	near    nearby
	touched uint32 // keeps the loads of touch
}

// intCell is the sums of the values in the sample.
type intCell struct {
	sum    int64  // where sq is isWide, an index in wide
	sq     uint64 // at most isWide-1 as a sum
	n      uint32
	oldest uint32 // of a queue that is not empty, the ordinal of its first value
	life
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

func (h *intHistory) born(cell int32, ordinal, _ uint32) { h.cell(cell).born(ordinal) }

func (h *intHistory) judge(j *judgement, s *samples) {
	h.near.each(j.rows, j.cells, func(places []place) {
		for len(places) > 0 {
			part := places[:min(touchAhead, len(places))]
			places = places[len(part):]
			h.touch(part)
			h.part(part, j, s)
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
	if len(h.values.pages) > 0 {
		for _, p := range places {
			x |= uint32(h.values.end(h.queued.at(p.cell())))
		}
	}
	h.touched = x
}

// part judges some rows.
func (h *intHistory) part(places []place, j *judgement, s *samples) {
	moments, ranks, valid := h.fig.moments(), h.fig.ranks > 0, j.value.Valid
	for _, p := range places {
		id, r := p.cell(), p.row()
		c := h.cell(id)
		c.born(j.now)
		if h.queue {
			h.turn(id, j)
		}
		n := int64(c.n)
		if !h.skip {
			n = c.windows(j)
		}
		s.n[r] = n
		if moments && n > 0 {
			s.mean[r], s.sd[r] = h.moments(c, n)
		}
		if ranks && n > 0 {
			h.ranked(s, id, r, n)
		}
		if h.fig.trend {
			h.line(s, r, &c.life, j, func(tell func(entry)) { h.entries(id, tell) })
		}
		if !j.fixed() {
			h.enter(c, id, j.now, j.value.I64[r], valid == nil || valid.Get(int(r)))
		}
	}
}

func (h *intHistory) learn(j *judgement, fired vec.Bitmap) {
	for _, r := range j.rows {
		id := j.cells[r]
		h.enter(h.cell(id), id, j.now, j.value.I64[r], !fired.Get(int(r)) && !j.value.Missing(int(r)))
	}
}

// enter takes the value of a window in, or notes that it has none.
func (h *intHistory) enter(c *intCell, id int32, now uint32, x int64, ok bool) {
	if h.queue {
		h.push(id, now, x, ok)
		if h.overlap { // it counts when a window comes that starts after this one has closed
			h.queued.at(id).new++
			return
		}
	}
	h.count(c, x, ok)
}

// count adds the value of a window, or notes that it had none.
func (h *intHistory) count(c *intCell, x int64, ok bool) {
	if ok {
		h.add(c, x)
	} else {
		c.holes++
	}
}

// turn brings the sums of a cell to the sample of j: values whose windows have
// closed join, those before the sample leave.
func (h *intHistory) turn(id int32, j *judgement) {
	q := h.queued.at(id)
	if q.new == 0 && (q.n+q.holes == 0 || q.oldest >= j.lo) {
		return
	}
	var buf [inCell]uint64
	vals := h.view(q, &buf)
	for ; q.new > 0; q.new-- {
		e := vals[len(vals)-int(q.new)]
		if uint32(e>>32) >= j.hi {
			break
		}
		x, ok := h.value(id, e)
		h.count(&q.intCell, x, ok)
	}
	gone, counted := 0, len(vals)-int(q.new)
	for ; gone < counted && uint32(vals[gone]>>32) < j.lo; gone++ {
		if x, ok := h.value(id, vals[gone]); ok {
			h.sub(&q.intCell, x)
		} else {
			q.holes--
		}
		if int32(uint32(vals[gone])) == lies {
			delete(h.aside, uint64(id)<<32|vals[gone]>>32)
		}
	}
	if gone > 0 {
		h.drop(q, gone, vals[gone:])
	}
}

// value is a queued value, false if there is none.
func (h *intHistory) value(id int32, e uint64) (int64, bool) {
	switch low := int32(uint32(e)); low {
	case hole:
		return 0, false
	case lies:
		return h.aside[uint64(id)<<32|e>>32], true
	default:
		return int64(low), true
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
	var buf [inCell]uint64
	vals := h.view(q, &buf)
	for _, e := range vals[:len(vals)-int(q.new)] {
		x, ok := h.value(id, e)
		tell(entry{uint32(e >> 32), float64(x), ok})
	}
}

// ranked puts the sample of a cell in order.
func (h *intHistory) ranked(s *samples, id, row int32, n int64) {
	q := h.queued.at(id)
	var buf [inCell]uint64
	vals := h.view(q, &buf)
	h.rank = h.rank[:0]
	for _, e := range vals[:len(vals)-int(q.new)] {
		if x, ok := h.value(id, e); ok {
			h.rank = append(h.rank, float64(x))
		}
	}
	h.order = order(h.rank, int(n)-len(h.rank))
	h.fig.rank(s, int(row), &h.order)
}

func (h *intHistory) bytes() int {
	const entry = 40 // in a Go map, about
	return h.cells.bytes() + h.queued.bytes() + h.wide.bytes() +
		h.values.bytes() + entry*len(h.aside) + 8*cap(h.rank) + h.near.bytes()
}

func (h *intHistory) save(w *state.Writer) {
	if h.queue {
		h.saveQueues(w)
		return
	}
	h.wide.save(w)
	h.cells.save(w)
}

func (h *intHistory) load(r *state.Reader) error {
	if h.queue {
		h.loadQueues(r)
		return r.Err()
	}
	h.wide.load(r)
	h.cells.load(r)
	sound := true
	h.cells.each(func(c *intCell) {
		sound = sound && (c.sq != isWide || c.sum >= 0 && c.sum < int64(h.wide.n))
	})
	if r.Err() == nil && !sound {
		return errBaseline
	}
	return r.Err()
}
