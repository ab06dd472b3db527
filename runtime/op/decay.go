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
// weights, which is the usual one (n-1) where all weights are alike. Its divisor,
// Σw - Σw²/Σw, is kept as Σ w_i w_j over all pairs i≠j: a difference would lose all
// digits where one weight is far above the others.
type decayHistory struct {
	policy
	keep  float64 // what remains of a weight from one window to the next
	gaps  func(from, to uint32, each func(from, to uint32))
	cells cells[decayCell]
}

// decayCell is the weighted moments of a cell as they stood at a window.
type decayCell struct {
	weight, pairs float64 // Σw and Σ w_i w_j, i≠j
	mean, dist    float64 // dist is Σw(x-mean)²
	at            uint32  // windows of all slots that went by before
	n             uint32  // values
	life
}

func (h *decayHistory) grow(n int) { h.cells.grow(n) }

func (h *decayHistory) born(cell int32, ordinal, window uint32) {
	c := h.cells.at(cell)
	if c.since == 0 {
		c.born(ordinal)
		c.at = window // as it stood before
	}
}

func (h *decayHistory) judge(j *judgement, rows []int32, s *samples) {
	for _, r := range rows {
		h.born(j.cells[r], j.now, j.window)
		c := h.cells.at(j.cells[r])
		h.wait(c, j.window)
		n := int64(c.n)
		if !h.skip {
			n = c.windows(j)
		}
		s.n[r], s.mean[r], s.sd[r] = n, c.mean, 0
		if n > 1 && c.pairs > 0 {
			s.sd[r] = math.Sqrt(c.dist * c.weight / c.pairs)
		}
	}
}

func (h *decayHistory) learn(j *judgement, fired vec.Bitmap) {
	for _, r := range j.rows {
		h.born(j.cells[r], j.now, j.window)
		c := h.cells.at(j.cells[r])
		h.wait(c, j.window)
		h.enter(c, j, r, j.has(r, fired))
	}
}

// enter takes the value of row r in, or notes that it has none.
func (h *decayHistory) enter(c *decayCell, j *judgement, r int32, ok bool) {
	c.age(h.keep)
	c.at = j.window + 1
	switch {
	case !ok:
		c.holes++
	case j.value.Kind == types.Float:
		c.add(j.value.F64[r])
	default:
		c.add(float64(j.value.I64[r]))
	}
}

// wait brings a cell to the window before the given one. The windows in between that
// are of the cell's slot are zeros.
func (h *decayHistory) wait(c *decayCell, now uint32) {
	if c.at == now {
		return
	}
	from := c.at
	c.age(math.Pow(h.keep, float64(now-from)))
	c.at = now
	if h.skip {
		return
	}
	h.gaps(from, now, func(from, to uint32) {
		c.zeros(h.keep, math.Pow(h.keep, float64(now-to)), float64(to-from))
	})
}

// through is the gaps where all windows are of one slot.
func through(from, to uint32, each func(from, to uint32)) { each(from, to) }

// age multiplies all weights.
func (c *decayCell) age(by float64) {
	c.weight *= by
	c.pairs *= by * by
	c.dist *= by
}

// add takes a value in with weight 1.
func (c *decayCell) add(x float64) {
	c.n++
	c.merge(1, 0, x)
}

// zeros takes in k zeros whose weights are w, wq, wq², …: Σ q^i = (1-q^k)/(1-q), and
// the pairs of them come to 2q(1-q^k)(1-q^(k-1))/((1-q)(1-q²)).
func (c *decayCell) zeros(q, w, k float64) {
	sum, pairs := k, k*(k-1)
	if q < 1 {
		sum = (1 - math.Pow(q, k)) / (1 - q)
		pairs = 2 * q * sum * (1 - math.Pow(q, k-1)) / (1 - q*q)
	}
	c.merge(w*sum, w*w*pairs, 0)
}

// merge takes in values that all are x.
func (c *decayCell) merge(weight, pairs, x float64) {
	total := c.weight + weight
	if total == 0 {
		return // too long ago to weigh anything
	}
	d := x - c.mean
	c.dist += d * d * c.weight / total * weight
	c.mean += d * weight / total
	c.pairs += pairs + 2*c.weight*weight
	c.weight = total
}

func (h *decayHistory) bytes() int { return h.cells.bytes() }

func (h *decayHistory) save(w *state.Writer) { h.cells.save(w) }

func (h *decayHistory) load(r *state.Reader) error {
	h.cells.load(r)
	return r.Err()
}
