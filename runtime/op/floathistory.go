package op

import (
	"math"
	"unsafe"

	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
)

// floatHistory is the history of a float. Nothing can be taken away from a sum of
// floats exactly, so it keeps either moments that only grow, or the values, from
// which mean and deviation are computed anew at each judgement, in the order of the
// windows: then neither batches nor a restart show.
type floatHistory struct {
	policy
	cells []floatCell
	queue rings[floatValue]
	rank  []float64
	order ordered
}

// floatCell is the moments of the values in the sample, where they are not queued.
type floatCell struct {
	moments agg.Moments
	life
}

// floatValue is the value of a window; NaN where the row had none.
type floatValue struct {
	ordinal uint64
	x       float64
}

func (h *floatHistory) grow(n int) {
	h.cells = extend(h.cells, n)
	if h.queued {
		h.queue.grow(n)
	}
}

func (h *floatHistory) born(cell int32, ordinal uint32) { h.cells[cell].born(ordinal) }

func (h *floatHistory) judge(j *judgement, s *samples) {
	for _, r := range j.rows {
		id := j.cells[r]
		c := &h.cells[id]
		c.born(j.now)
		if h.queued {
			h.sample(id, c, j, s, r)
		} else {
			n := c.moments.N()
			if !h.skip {
				n = c.windows(j)
			}
			s.n[r] = n
			s.mean[r], s.sd[r] = withZeros(&c.moments, n)
		}
		if j.partial {
			continue
		}
		x := math.NaN()
		if !j.value.Missing(int(r)) {
			x = j.value.F64[r]
		}
		switch {
		case h.queued:
			h.queue.push(id, floatValue{uint64(j.now), x})
		case x == x:
			c.moments.Add(x)
		default:
			c.holes++
		}
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

// sample computes the sample of row r from the queued values, after those before
// it have left.
func (h *floatHistory) sample(id int32, c *floatCell, j *judgement, s *samples, r int32) {
	q, gone := h.queue.view(id), 0
	for gone < len(q) && q[gone].ordinal < uint64(j.lo) {
		gone++
	}
	if gone > 0 {
		h.queue.drop(id, gone)
	}
	h.rank, c.holes = h.rank[:0], 0
	for _, v := range q[gone:] {
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
		n = c.windows(j)
	}
	s.n[r] = n
	if n == 0 {
		return
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

func (h *floatHistory) bytes() int {
	return cap(h.cells)*int(unsafe.Sizeof(floatCell{})) + h.queue.bytes() + 8*cap(h.rank)
}

func (h *floatHistory) save(w *state.Writer) {
	state.Structs(w, h.cells)
	if h.queued {
		h.queue.save(w, len(h.cells))
	}
}

func (h *floatHistory) load(r *state.Reader) error {
	h.cells = state.ReadStructs[floatCell](r)
	if h.queued && r.Err() == nil {
		h.queue.grow(len(h.cells))
		h.queue.load(r)
	}
	return r.Err()
}
