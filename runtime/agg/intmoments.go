package agg

import (
	"math"
	"math/big"
	"math/bits"
)

// IntMoments is the count, the sum and the sum of squares of integers, kept
// exactly: 64, 128 and 192 bits. Moments added, merged and taken away in any order
// are the same bits, and mean and variance are rounded once. It holds 8-byte
// numbers alone. The zero value is no values.
type IntMoments struct {
	n   int64
	sum int128
	sq  [3]uint64 // lowest word first
}

// IntMomentsOf is the moments of n integers with a known sum and sum of squares.
func IntMomentsOf(n, sum int64, sq uint64) IntMoments {
	return IntMoments{n: n, sum: int128{sum >> 63, uint64(sum)}, sq: [3]uint64{sq}}
}

// Add takes in a value.
func (m *IntMoments) Add(x int64) {
	hi, lo := squareOf(x)
	m.n++
	m.sum.add(x)
	var c uint64
	m.sq[0], c = bits.Add64(m.sq[0], lo, 0)
	m.sq[1], c = bits.Add64(m.sq[1], hi, c)
	m.sq[2] += c
}

// AddN takes in a value n times.
func (m *IntMoments) AddN(x int64, n int64) {
	hi, lo := squareOf(x)
	p := mul192(uint64(n), [3]uint64{lo, hi})
	shi, slo, negative := int128{x >> 63, uint64(x)}.abs()
	s := mul192(uint64(n), [3]uint64{slo, shi})
	o := IntMoments{n: n, sum: int128{int64(s[1]), s[0]}, sq: [3]uint64(p[:3])}
	if negative {
		o.sum = int128{}
		o.sum.minus(int128{int64(s[1]), s[0]})
	}
	m.Merge(o)
}

// Sub takes a value away that was added before.
func (m *IntMoments) Sub(x int64) {
	hi, lo := squareOf(x)
	m.n--
	m.sum.sub(x)
	var b uint64
	m.sq[0], b = bits.Sub64(m.sq[0], lo, 0)
	m.sq[1], b = bits.Sub64(m.sq[1], hi, b)
	m.sq[2] -= b
}

// Merge takes in the values of o.
func (m *IntMoments) Merge(o IntMoments) {
	m.n += o.n
	m.sum.plus(o.sum)
	var c uint64
	for i := range m.sq {
		m.sq[i], c = bits.Add64(m.sq[i], o.sq[i], c)
	}
}

// Unmerge takes away the values of o, all of which were added before.
func (m *IntMoments) Unmerge(o IntMoments) {
	m.n -= o.n
	m.sum.minus(o.sum)
	var b uint64
	for i := range m.sq {
		m.sq[i], b = bits.Sub64(m.sq[i], o.sq[i], b)
	}
}

func squareOf(x int64) (hi, lo uint64) {
	u := uint64(x)
	if x < 0 {
		u = -u
	}
	return bits.Mul64(u, u)
}

// N is the number of values.
func (m *IntMoments) N() int64 { return m.n }

// Sum is the sum of the values, if it fits.
func (m *IntMoments) Sum() (int64, bool) { return m.sum.int64() }

// Mean is the mean; NaN of no values.
func (m *IntMoments) Mean() float64 {
	if m.n <= 0 {
		return math.NaN()
	}
	return m.sum.over(uint64(m.n))
}

// Var is the sample variance (n−1); NaN of fewer than two values.
func (m *IntMoments) Var() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return m.spread(uint64(m.n - 1))
}

// VarPop is the variance of the population (n); NaN of no values.
func (m *IntMoments) VarPop() float64 {
	if m.n < 1 {
		return math.NaN()
	}
	return m.spread(uint64(m.n))
}

// Stddev is the sample standard deviation (n−1); NaN of fewer than two values.
func (m *IntMoments) Stddev() float64 { return math.Sqrt(m.Var()) }

// StddevPop is the standard deviation of the population (n); NaN of no values.
func (m *IntMoments) StddevPop() float64 { return math.Sqrt(m.VarPop()) }

// spread is Σ(x−mean)² / d = (n·Σx² − (Σx)²) / (n·d), where d is n or n−1. The
// numerator is exact in 256 bits.
func (m *IntMoments) spread(d uint64) float64 {
	n := uint64(m.n)
	hi, lo, _ := m.sum.abs()
	num := mul192(n, m.sq).minus(square(hi, lo))
	over, under := bits.Mul64(n, d)
	if over == 0 {
		return quo(num, under)
	}
	f, _ := new(big.Rat).SetFrac(num.big(), uint256{under, over}.big()).Float64()
	return f
}

func (a uint256) big() *big.Int {
	x := new(big.Int)
	for i := 3; i >= 0; i-- {
		x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(a[i]))
	}
	return x
}
