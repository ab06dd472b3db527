package agg

import (
	"math"
	"math/bits"
)

// int128 is a signed integer of 128 bits in two's complement.
type int128 struct {
	hi int64
	lo uint64
}

func (a *int128) add(x int64) {
	lo, carry := bits.Add64(a.lo, uint64(x), 0)
	a.lo, a.hi = lo, a.hi+x>>63+int64(carry)
}

func (a *int128) sub(x int64) {
	lo, borrow := bits.Sub64(a.lo, uint64(x), 0)
	a.lo, a.hi = lo, a.hi-x>>63-int64(borrow)
}

func (a *int128) plus(b int128) {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	a.lo, a.hi = lo, a.hi+b.hi+int64(carry)
}

func (a *int128) minus(b int128) {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	a.lo, a.hi = lo, a.hi-b.hi-int64(borrow)
}

// int64 is the value, if it fits.
func (a int128) int64() (int64, bool) { return int64(a.lo), a.hi == int64(a.lo)>>63 }

// abs is the magnitude, and whether the value is negative.
func (a int128) abs() (hi, lo uint64, negative bool) {
	if a.hi >= 0 {
		return uint64(a.hi), a.lo, false
	}
	lo, borrow := bits.Sub64(0, a.lo, 0)
	hi, _ = bits.Sub64(0, uint64(a.hi), borrow)
	return hi, lo, true
}

// over is the value divided by n > 0, rounded once.
func (a int128) over(n uint64) float64 {
	hi, lo, negative := a.abs()
	q := quo(uint256{lo, hi}, n)
	if negative {
		return -q
	}
	return q
}

// uint256 is an unsigned integer of 256 bits, lowest word first.
type uint256 [4]uint64

// mul192 is n times q.
func mul192(n uint64, q [3]uint64) (p uint256) {
	var carry, c uint64
	for i, x := range q {
		hi, lo := bits.Mul64(n, x)
		p[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	p[3] = carry
	return p
}

// square is the square of a number of 128 bits.
func square(hi, lo uint64) (p uint256) {
	var c uint64
	p[1], p[0] = bits.Mul64(lo, lo)
	p[3], p[2] = bits.Mul64(hi, hi)
	h, l := bits.Mul64(hi, lo)
	for range 2 {
		p[1], c = bits.Add64(p[1], l, 0)
		p[2], c = bits.Add64(p[2], h, c)
		p[3] += c
	}
	return p
}

// minus is a less b, which must not be greater.
func (a uint256) minus(b uint256) uint256 {
	var borrow uint64
	for i := range a {
		a[i], borrow = bits.Sub64(a[i], b[i], borrow)
	}
	return a
}

// quo is a divided by d, which is not zero, rounded once to the nearest float64,
// ties to even: a division of 128 by 64 bits gives at least 62 bits of the
// quotient, and whatever remains below them only decides ties.
func quo(a uint256, d uint64) float64 {
	const exact = 1 << 53
	if a[3]|a[2]|a[1] == 0 && a[0] < exact && d < exact {
		return float64(a[0]) / float64(d)
	}
	exp := 128
	for a[3] == 0 && exp > -128 {
		a, exp = uint256{0, a[0], a[1], a[2]}, exp-64
	}
	if a[3] == 0 {
		return 0
	}
	if s := bits.LeadingZeros64(a[3]); s > 0 {
		a[3] = a[3]<<s | a[2]>>(64-s)
		a[2] = a[2]<<s | a[1]>>(64-s)
		a[1] = a[1]<<s | a[0]>>(64-s)
		a[0] <<= s
		exp -= s
	}
	t := bits.LeadingZeros64(d)
	d <<= t
	hi, lo, rest := a[3], a[2], a[1]|a[0]
	if hi >= d { // keep the quotient within 64 bits
		rest |= lo & 1
		hi, lo = hi>>1, lo>>1|hi<<63
		exp++
	}
	q, r := bits.Div64(hi, lo, d)
	if r|rest != 0 {
		q |= 1
	}
	return math.Ldexp(float64(q), exp+t)
}
