package agg

import "math"

// Moments is the count, the sum and the sum of squares of floats, each value less
// the first one, in double-double arithmetic: no digits are lost to a mean that
// is large beside the deviation, and equal values have a variance of exactly 0.
// Merging moves one of the sums to the other's origin, which is what the pairwise
// update of T. F. Chan, G. H. Golub and R. J. LeVeque (1979) does with means. The
// zero value is no values. It holds 8-byte numbers alone.
//
// Values whose squared distance from each other is beyond the range of a float
// (1e308) have the variance +Inf or NaN.
type Moments struct {
	n      int64
	origin float64
	sum    dd // Σ (x − origin)
	sq     dd // Σ (x − origin)²
}

// Add takes in a value.
func (m *Moments) Add(x float64) {
	if m.n++; m.n == 1 {
		*m = Moments{n: 1, origin: x}
		return
	}
	d := twoSum(x, -m.origin)
	m.sum = m.sum.add(d)
	m.sq = m.sq.add(d.mul(d))
}

// Merge takes in the values of o.
func (m *Moments) Merge(o Moments) {
	if m.n == 0 || o.n == 0 {
		if m.n == 0 {
			*m = o
		}
		return
	}
	d, n := twoSum(o.origin, -m.origin), float64(o.n)
	m.n += o.n
	m.sq = m.sq.add(o.sq).add(d.mul(o.sum).mulFloat(2)).add(d.mul(d).mulFloat(n))
	m.sum = m.sum.add(o.sum).add(d.mulFloat(n))
}

// N is the number of values.
func (m *Moments) N() int64 { return m.n }

// Mean is the mean; NaN of no values.
func (m *Moments) Mean() float64 {
	if m.n == 0 {
		return math.NaN()
	}
	return m.sum.divFloat(float64(m.n)).addFloat(m.origin).float()
}

// Var is the sample variance (n−1); NaN of fewer than two values.
func (m *Moments) Var() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return m.spread(m.n - 1)
}

// VarPop is the variance of the population (n); NaN of no values.
func (m *Moments) VarPop() float64 {
	if m.n < 1 {
		return math.NaN()
	}
	return m.spread(m.n)
}

// Stddev is the sample standard deviation (n−1); NaN of fewer than two values.
func (m *Moments) Stddev() float64 { return math.Sqrt(m.Var()) }

// StddevPop is the standard deviation of the population (n); NaN of no values.
func (m *Moments) StddevPop() float64 { return math.Sqrt(m.VarPop()) }

// spread is Σ(x−mean)² / d.
func (m *Moments) spread(d int64) float64 {
	s := m.sq.add(m.sum.mul(m.sum).divFloat(float64(m.n)).neg())
	if s.hi < 0 { // a rounding error beside zero
		return 0
	}
	return s.divFloat(float64(d)).float()
}
