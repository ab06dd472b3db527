package vec

import "math"

// interval is the numbers x with lo <= x <= hi. A comparison with a constant is
// one, also when the constant is of the other kind of number: that is what makes
// comparing int with float exact beyond 2^53, at no cost a row.
type interval[T int64 | float64] struct {
	lo, hi T
	none   bool
}

// two63 is the first float above every int64.
const two63 = 1 << 63

// intsFor is the integers that compare so with an integer.
func intsFor(o Order, c int64) interval[int64] {
	all := interval[int64]{lo: math.MinInt64, hi: math.MaxInt64}
	switch {
	case o == Less && c == math.MinInt64, o == More && c == math.MaxInt64:
		all.none = true
	case o == Less:
		all.hi = c - 1
	case o == AtMost:
		all.hi = c
	case o == More:
		all.lo = c + 1
	case o == AtLeast:
		all.lo = c
	default:
		all.lo, all.hi = c, c
	}
	return all
}

// intsForFloat is the integers that compare so with a float.
func intsForFloat(o Order, c float64) interval[int64] {
	floor := math.Floor(c)
	switch {
	case c != c, o == Equal && floor != c:
		return interval[int64]{none: true}
	case floor >= two63: // above them all
		in := intsFor(AtMost, math.MaxInt64)
		in.none = o != Less && o != AtMost
		return in
	case floor < -two63: // below them all
		in := intsFor(AtLeast, math.MinInt64)
		in.none = o != More && o != AtLeast
		return in
	case floor == c:
		return intsFor(o, int64(c))
	case o == Less || o == AtMost: // c is between two integers
		return intsFor(AtMost, int64(floor))
	}
	return intsFor(More, int64(floor))
}

// floatsFor is the floats that compare so with a float.
func floatsFor(o Order, c float64) interval[float64] {
	all := interval[float64]{lo: math.Inf(-1), hi: math.Inf(1)}
	switch {
	case c != c, o == Less && c == all.lo, o == More && c == all.hi:
		all.none = true
	case o == Less:
		all.hi = math.Nextafter(c, all.lo)
	case o == AtMost:
		all.hi = c
	case o == More:
		all.lo = math.Nextafter(c, all.hi)
	case o == AtLeast:
		all.lo = c
	default:
		all.lo, all.hi = c, c
	}
	return all
}

// floatsForInt is the floats that compare so with an integer.
func floatsForInt(o Order, c int64) interval[float64] {
	f := float64(c)
	sign := signFloatInt(f, c)
	switch {
	case sign == 0:
		return floatsFor(o, f)
	case o == Equal:
		return interval[float64]{none: true}
	case o == Less || o == AtMost: // the float below c, or f itself if that is it
		if sign < 0 {
			return floatsFor(AtMost, f)
		}
		return floatsFor(Less, f)
	case sign > 0:
		return floatsFor(AtLeast, f)
	}
	return floatsFor(More, f)
}

// signFloatInt compares a float that is not NaN with an integer, exactly: -1, 0
// or 1.
func signFloatInt(f float64, i int64) int {
	switch {
	case f >= two63:
		return 1
	case f < -two63:
		return -1
	}
	whole := int64(f) // towards zero
	switch part := f - float64(whole); {
	case whole < i:
		return -1
	case whole > i:
		return 1
	case part < 0:
		return -1
	case part > 0:
		return 1
	}
	return 0
}
