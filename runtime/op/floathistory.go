package op

import (
	"math"

	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// floatHistory is the history of a float. Nothing can be taken away from a sum of
// floats exactly, so it keeps either moments that only grow, or the values, from
// which mean and deviation are computed anew at each judgement, in the order of the
// windows: then neither batches nor a restart show.
type floatHistory struct {
	policy
	cells  cells[floatCell]  // where values are not queued
	queued cells[floatQueue] // where they are
	values rings[floatValue]
	rank   []float64
	order  ordered
}

// floatCell is the moments of the values in the sample.
type floatCell struct {
	moments agg.Moments
	life
}

// floatQueue is the values themselves.
type floatQueue struct {
	life
	ring
}

// floatValue is the value of a window; NaN where the row had none.
type floatValue struct {
	ordinal uint64
	x       float64
}

func (h *floatHistory) grow(n int) {
	if h.queue {
		h.queued.grow(n)
	} else {
		h.cells.grow(n)
	}
}

func (h *floatHistory) born(cell int32, ordinal, _ uint32) {
	if h.queue {
		h.queued.at(cell).born(ordinal)
	} else {
		h.cells.at(cell).born(ordinal)
	}
}

func (h *floatHistory) judge(j *judgement, rows []int32, s *samples) {
	for _, r := range rows {
		id := j.cells[r]
		h.born(id, j.now, j.window)
		if h.queue {
			h.sample(h.queued.at(id), j, s, r)
			continue
		}
		c := h.cells.at(id)
		n := c.moments.N()
		if !h.skip {
			n = c.windows(j)
		}
		s.n[r] = n
		s.mean[r], s.sd[r] = withZeros(&c.moments, n)
	}
}

func (h *floatHistory) learn(j *judgement, fired vec.Bitmap) {
	for _, r := range j.rows {
		h.born(j.cells[r], j.now, j.window)
		x := math.NaN()
		if j.has(r, fired) {
			x = j.value.F64[r]
		}
		h.enter(j.cells[r], j, x)
	}
}

// enter takes the value of a window in; NaN for none. What has left the sample goes
// first, also of a key whose sample nobody reads.
func (h *floatHistory) enter(id int32, j *judgement, x float64) {
	if h.queue {
		c := h.queued.at(id)
		h.expire(c, j)
		h.values.push(&c.ring, j.now, floatValue{uint64(j.now), x})
		return
	}
	if c := h.cells.at(id); x == x {
		c.moments.Add(x)
	} else {
		c.holes++
	}
}

// withZeros is the mean and the sample deviation of some values and zeros, n in
// all.
func withZeros(m *agg.Moments, n int64) (mean, sd float64) {
	k, total := float64(m.N()), float64(n)
	switch m.N() {
	case n:
		return m.Mean(), m.Stddev()
	case 0:
		return 0, 0
	}
	between := m.Mean() * m.Mean() * k * (total - k) / total
	within := 0.0
	if m.N() > 1 {
		within = m.Var() * (k - 1)
	}
	return m.Mean() * k / total, math.Sqrt((within + between) / (total - 1))
}

// expire lets the values go that lie before the sample.
func (h *floatHistory) expire(c *floatQueue, j *judgement) {
	if c.ring.n == 0 || c.oldest >= j.lo {
		return
	}
	vals, gone := h.values.view(&c.ring), 0
	for gone < len(vals) && vals[gone].ordinal < uint64(j.lo) {
		gone++
	}
	c.drop(gone)
	if gone < len(vals) {
		c.oldest = uint32(vals[gone].ordinal)
	}
}

// sample computes the sample of row r from the queued values, after those before
// it have left.
func (h *floatHistory) sample(c *floatQueue, j *judgement, s *samples, r int32) {
	h.expire(c, j)
	vals := h.values.view(&c.ring)
	h.rank, c.holes = h.rank[:0], 0
	for _, v := range vals {
		switch {
		case v.ordinal >= uint64(j.hi):
		case v.x == v.x:
			h.rank = append(h.rank, v.x)
		default:
			c.holes++
		}
	}
	n := int64(len(h.rank))
	if !h.skip {
		n = max(n, c.windows(j)) // of a damaged state it may be less
	}
	s.n[r] = n
	if n == 0 {
		return
	}
	if h.fig.trend {
		h.line(s, r, &c.life, j, func(tell func(entry)) {
			for _, v := range vals {
				if v.ordinal < uint64(j.hi) {
					tell(entry{uint32(v.ordinal), v.x, v.x == v.x})
				}
			}
		})
	}
	s.mean[r], s.sd[r] = twoPass(h.rank, n)
	if h.fig.ranks > 0 {
		h.order = order(h.rank, int(n)-len(h.rank))
		h.fig.rank(s, int(r), &h.order)
	}
}

// twoPass is the mean and the sample deviation of some values and zeros, n in all:
// first the mean, then the squares of the distances from it, corrected by the sum of
// the distances, which rounding keeps from being zero (T. F. Chan, G. H. Golub,
// R. J. LeVeque 1983).
func twoPass(x []float64, n int64) (mean, sd float64) {
	total, sum := float64(n), 0.0
	for _, v := range x {
		sum += v
	}
	mean = sum / total
	zeros := total - float64(len(x))
	rest, sq := -mean*zeros, mean*mean*zeros
	for _, v := range x {
		d := v - mean
		rest += d
		sq += d * d
	}
	mean += rest / total
	return mean, math.Sqrt(max(0, sq-rest*rest/total) / (total - 1))
}

// ring is the queue of a cell.
func (h *floatHistory) ring(id int32) *ring { return &h.queued.at(id).ring }

func (h *floatHistory) bytes() int {
	return h.cells.bytes() + h.queued.bytes() + h.values.bytes() + 8*cap(h.rank)
}

func (h *floatHistory) save(w *state.Writer) {
	if !h.queue {
		h.cells.save(w)
		return
	}
	var lives cells[life]
	lives.grow(h.queued.n)
	for i := range int32(h.queued.n) {
		*lives.at(i) = h.queued.at(i).life
	}
	lives.save(w)
	h.values.save(w, h.queued.n, h.ring)
}

func (h *floatHistory) load(r *state.Reader) error {
	if !h.queue {
		h.cells.load(r)
		return r.Err()
	}
	var lives cells[life]
	lives.load(r)
	h.queued.grow(lives.n)
	for i := range int32(lives.n) {
		h.queued.at(i).life = *lives.at(i)
	}
	h.values.load(r, h.queued.n, h.ring)
	return r.Err()
}
