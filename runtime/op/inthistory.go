package op

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
)

// intHistory is the history of an integer: exact sums, to which values are added
// and from which they are taken away without a trace, so that neither the order
// nor a restart shows. Sums of small numbers, as counts are, take half a cache
// line; those that outgrow 64 bits move to agg.IntMoments.
type intHistory struct {
	policy
	cells  cells[intCell]  // where values are not queued
	queued cells[intQueue] // where they are
	wide   []agg.IntMoments
	// values are the queued ones: the ordinal in the upper half, the value in the
	// lower. What has no room there is aside.
	values rings[uint64]
	aside  map[uint64]int64 // by cell and ordinal
	rank   []float64
	order  ordered

	touched uint32 // keeps the loads of touch
}

// intCell is the sums of the values in the sample.
type intCell struct {
	sum  int64
	sq   uint64
	n    uint32
	wide uint32 // 1 + index in wide, or 0
	life
}

// intQueue is a cell with its values. It fills a cache line.
type intQueue struct {
	intCell
	ring
	_ uint64
}

// In the lower half of a queued value: it is aside, or there is none.
const (
	lies = math.MinInt32
	hole = math.MinInt32 + 1
)

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

func (h *intHistory) born(cell int32, ordinal uint32) { h.cell(cell).born(ordinal) }

func (h *intHistory) judge(j *judgement, s *samples) {
	for rows := j.rows; len(rows) > 0; {
		part := rows[:min(touchAhead, len(rows))]
		rows = rows[len(part):]
		h.touch(part, j.cells)
		h.part(part, j, s)
	}
}

// touch loads the cells of rows.
func (h *intHistory) touch(rows, cells []int32) {
	x := uint32(0)
	if h.queue {
		for _, r := range rows {
			x |= h.queued.at(cells[r]).since
		}
		for _, r := range rows {
			x |= uint32(h.values.last(&h.queued.at(cells[r]).ring))
		}
	} else {
		for _, r := range rows {
			x |= h.cells.at(cells[r]).since
		}
	}
	h.touched = x
}

// part judges some rows.
func (h *intHistory) part(rows []int32, j *judgement, s *samples) {
	moments, ranks, valid := h.fig.moments(), h.fig.ranks > 0, j.value.Valid
	for _, r := range rows {
		id := j.cells[r]
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
		if j.partial {
			continue
		}
		x, ok := j.value.I64[r], valid == nil || valid.Get(int(r))
		if h.queue {
			h.push(id, j.now, x, ok)
			if h.overlap { // it counts when a window comes that starts after this one has closed
				h.queued.at(id).new++
				continue
			}
		}
		h.count(c, x, ok)
	}
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
	for ; q.new > 0; q.new-- {
		e := h.values.view(&q.ring)[q.ring.n-q.new]
		if uint32(e>>32) >= j.hi {
			break
		}
		x, ok := h.value(id, e)
		h.count(&q.intCell, x, ok)
	}
	if q.ring.n == q.new || q.oldest >= j.lo {
		return
	}
	vals, gone := h.values.view(&q.ring), 0
	for ; gone < len(vals)-int(q.new) && uint32(vals[gone]>>32) < j.lo; gone++ {
		if x, ok := h.value(id, vals[gone]); ok {
			h.sub(&q.intCell, x)
		} else {
			q.holes--
		}
		if int32(uint32(vals[gone])) == lies {
			delete(h.aside, uint64(id)<<32|vals[gone]>>32)
		}
	}
	if gone < len(vals) {
		q.oldest = uint32(vals[gone] >> 32)
	}
	q.drop(gone)
}

// push queues a value.
func (h *intHistory) push(id int32, now uint32, x int64, ok bool) {
	low := int32(x)
	switch {
	case !ok:
		low = hole
	case int64(low) != x || low <= hole:
		low = lies
		h.aside[uint64(id)<<32|uint64(now)] = x
	}
	h.values.push(&h.queued.at(id).ring, now, uint64(now)<<32|uint64(uint32(low)))
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
	if c.wide > 0 {
		h.wide[c.wide-1].Add(x)
		return
	}
	u := uint64(max(x, -x))
	hi, lo := bits.Mul64(u, u)
	sq, carry := bits.Add64(c.sq, lo, 0)
	if hi|carry == 0 {
		// The sum fits: it is at most the root of n times the sum of squares.
		c.sum, c.sq = c.sum+x, sq
		return
	}
	m := agg.IntMomentsOf(int64(c.n)-1, c.sum, c.sq)
	m.Add(x)
	h.wide = append(h.wide, m)
	c.wide = uint32(len(h.wide))
}

func (h *intHistory) sub(c *intCell, x int64) {
	c.n--
	if c.wide > 0 {
		h.wide[c.wide-1].Sub(x)
		return
	}
	c.sum -= x
	c.sq -= uint64(x * x)
}

// moments is the mean and the sample deviation of a cell with n windows, those
// without a row being zeros. Both are rounded once.
func (h *intHistory) moments(c *intCell, n int64) (mean, sd float64) {
	const exact = 1 << 53 // integers below it are floats
	if hi, nsq := bits.Mul64(uint64(n), c.sq); hi == 0 && nsq < exact && n < 1<<26 && c.wide == 0 && n > 0 {
		mean = float64(c.sum) / float64(n)
		if n > 1 {
			sd = math.Sqrt(float64(nsq-uint64(c.sum*c.sum)) / float64(n*(n-1)))
		}
		return mean, sd
	}
	m := agg.IntMomentsOf(int64(c.n), c.sum, c.sq)
	if c.wide > 0 {
		m = h.wide[c.wide-1]
	}
	m.AddN(0, n-m.N())
	return m.Mean(), m.Stddev()
}

// ranked puts the sample of a cell in order.
func (h *intHistory) ranked(s *samples, id, row int32, n int64) {
	q := h.queued.at(id)
	vals := h.values.view(&q.ring)
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
	return h.cells.bytes() + h.queued.bytes() + cap(h.wide)*int(unsafe.Sizeof(agg.IntMoments{})) +
		h.values.bytes() + entry*len(h.aside) + 8*cap(h.rank)
}

func (h *intHistory) save(w *state.Writer) {
	state.Structs(w, h.wide)
	if !h.queue {
		h.cells.save(w)
		return
	}
	var sums cells[intCell]
	sums.grow(h.queued.n)
	for i := range int32(h.queued.n) {
		*sums.at(i) = h.queued.at(i).intCell
	}
	sums.save(w)
	h.values.save(w, h.queued.n, h.ring)
	h.eachAside(func(key uint64) { w.Int(h.aside[key]) })
}

// ring is the queue of a cell.
func (h *intHistory) ring(id int32) *ring { return &h.queued.at(id).ring }

// eachAside calls f with the keys of the values that are aside, in the order of
// cells and not of the map.
func (h *intHistory) eachAside(f func(key uint64)) {
	for id := range int32(h.queued.n) {
		for _, e := range h.values.view(h.ring(id)) {
			if int32(uint32(e)) == lies {
				f(uint64(id)<<32 | e>>32)
			}
		}
	}
}

func (h *intHistory) load(r *state.Reader) error {
	h.wide = state.ReadStructs[agg.IntMoments](r)
	h.cells.load(r)
	if r.Err() != nil {
		return r.Err()
	}
	sound := true
	h.cells.each(func(c *intCell) { sound = sound && int(c.wide) <= len(h.wide) })
	if !sound {
		return errBaseline
	}
	if !h.queue {
		return nil
	}
	h.queued.grow(h.cells.n)
	for i := range int32(h.cells.n) {
		h.queued.at(i).intCell = *h.cells.at(i)
	}
	h.cells = cells[intCell]{}
	h.values.load(r, h.queued.n, h.ring)
	h.eachAside(func(key uint64) { h.aside[key] = r.Int() })
	return r.Err()
}
