package op

import (
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// decayHistory is the history in which a window weighs half as much after each
// half-life: constant space, and no window is ever taken out. A run of windows
// without a row is merged in closed form, as a sample of zeros.
//
// Mean and squared distances are updated as by D. H. D. West (1979) and merged as by
// Chan, Golub and LeVeque; the deviation is that of a sample with reliability
// weights, which is the usual one (n-1) where all weights are alike.
type decayHistory struct {
	policy
	keep  float64 // what remains of a weight from one ordinal to the next
	cells cells[decayCell]
}

// decayCell is the weighted moments of a cell as they stood at an ordinal.
type decayCell struct {
	weight, squares float64 // Σw and Σw²
	mean, dist      float64 // dist is Σw(x-mean)²
	at              uint32  // ordinal + 1; 0 before the first
	n               uint32  // values
	life
}

func (h *decayHistory) grow(n int) { h.cells.grow(n) }

func (h *decayHistory) born(cell int32, ordinal uint32) {
	c := h.cells.at(cell)
	if c.since == 0 {
		c.born(ordinal)
		c.at = ordinal // as it stood before
	}
}

func (h *decayHistory) judge(j *judgement, rows []int32, s *samples) {
	for _, r := range rows {
		h.born(j.cells[r], j.now)
		c := h.cells.at(j.cells[r])
		h.wait(c, j.now)
		n := int64(c.n)
		if !h.skip {
			n = c.windows(j)
		}
		s.n[r], s.mean[r], s.sd[r] = n, c.mean, 0
		if rest := c.weight - c.squares/c.weight; n > 1 && rest > 0 {
			s.sd[r] = math.Sqrt(c.dist / rest)
		}
	}
}

func (h *decayHistory) learn(j *judgement, fired vec.Bitmap) {
	for _, r := range j.rows {
		h.born(j.cells[r], j.now)
		c := h.cells.at(j.cells[r])
		h.wait(c, j.now)
		h.enter(c, j, r, j.has(r, fired))
	}
}

// enter takes the value of row r in, or notes that it has none.
func (h *decayHistory) enter(c *decayCell, j *judgement, r int32, ok bool) {
	c.age(h.keep)
	c.at = j.now + 1
	switch {
	case !ok:
		c.holes++
	case j.value.Kind == types.Float:
		c.add(j.value.F64[r])
	default:
		c.add(float64(j.value.I64[r]))
	}
}

// wait brings a cell to the window before ordinal now.
func (h *decayHistory) wait(c *decayCell, now uint32) {
	k := float64(now - c.at)
	if k == 0 {
		return
	}
	c.age(math.Pow(h.keep, k))
	c.at = now
	if h.skip {
		return
	}
	weight := geometric(h.keep, k)
	total := c.weight + weight
	c.dist += c.mean * c.mean * c.weight * weight / total
	c.mean *= c.weight / total
	c.weight = total
	c.squares += geometric(h.keep*h.keep, k)
}

// geometric is 1 + q + … + q^(k-1).
func geometric(q, k float64) float64 {
	if q == 1 {
		return k
	}
	return (1 - math.Pow(q, k)) / (1 - q)
}

// age multiplies all weights.
func (c *decayCell) age(by float64) {
	c.weight *= by
	c.squares *= by * by
	c.dist *= by
}

// add takes a value in with weight 1.
func (c *decayCell) add(x float64) {
	c.n++
	c.weight++
	c.squares++
	d := x - c.mean
	c.mean += d / c.weight
	c.dist += d * (x - c.mean)
}

func (h *decayHistory) bytes() int { return h.cells.bytes() }

func (h *decayHistory) save(w *state.Writer) { h.cells.save(w) }

func (h *decayHistory) load(r *state.Reader) error {
	h.cells.load(r)
	return r.Err()
}
