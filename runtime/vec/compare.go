package vec

import (
	"math"

	"github.com/detlang/det/lang/types"
)

// Order is a comparison. "Not equal" and the like are complements: see Test.Not.
type Order uint8

// The comparisons.
const (
	Equal Order = iota
	Less
	AtMost
	More
	AtLeast
)

// Mirror is the comparison with its sides exchanged.
func (o Order) Mirror() Order {
	return [...]Order{Equal, More, AtLeast, Less, AtMost}[o]
}

// holds tells from the sign of a three-way comparison whether it is satisfied.
func (o Order) holds(sign int) bool {
	switch o {
	case Less:
		return sign < 0
	case AtMost:
		return sign <= 0
	case More:
		return sign > 0
	case AtLeast:
		return sign >= 0
	}
	return sign == 0
}

// whole are the kinds whose rows are 64-bit integers.
var whole = []types.Kind{types.Int, types.Timestamp, types.Duration}

// CompareInt compares a column of Int, Timestamp, Duration or Float with a
// constant. Numbers of two kinds are compared exactly: neither side is rounded.
func CompareInt(o Order, c int64) Test {
	return withinEither(intsFor(o, c), floatsForInt(o, c))
}

// CompareFloat compares a column of Int or Float with a constant. NaN compares
// false.
func CompareFloat(o Order, c float64) Test {
	return withinEither(intsForFloat(o, c), floatsFor(o, c))
}

// withinEither holds for a row of whole numbers in ints, or of floats in floats.
func withinEither(ints interval[int64], floats interval[float64]) Test {
	width := uint64(ints.hi-ints.lo) + 1
	return func(args []*Vec, n int, _, out Bitmap) {
		switch v := args[0]; {
		case v.Kind == types.Float && !floats.none:
			packFloats(out, v.F64[:n], floats.lo, floats.hi)
		case v.is(whole...) && !ints.none && width == 0: // all 2^64 of them
			out.Fill(n)
		case v.is(whole...) && !ints.none:
			packWithin(out, v.I64[:n], ints.lo, width)
		default:
			clear(out)
		}
		out.Intersect(args[0].Valid)
	}
}

// packFloats marks the rows in [lo, hi], of which one end is infinite or both are
// the same.
func packFloats(out Bitmap, x []float64, lo, hi float64) {
	switch {
	case lo == hi:
		packIs(out, x, lo)
	case math.IsInf(lo, -1):
		packAtMost(out, x, hi)
	default:
		packAtLeast(out, x, lo)
	}
}

// CompareNumbers compares two columns of Int, Float, Timestamp or Duration,
// exactly.
func CompareNumbers(o Order) Test {
	swap := o == More || o == AtLeast
	if swap {
		o = o.Mirror()
	}
	loop := func(v, w *Vec, n int, out Bitmap) {
		if swap {
			v, w = w, v
		}
		switch {
		case v.F64 == nil && w.F64 == nil:
			packOrder(o, out, v.I64[:n], w.I64[:n])
		case v.F64 != nil && w.F64 != nil:
			packOrder(o, out, v.F64[:n], w.F64[:n])
		case v.F64 == nil:
			testRows(out, n, nil, func(i int) bool {
				return w.F64[i] == w.F64[i] && o.holds(-signFloatInt(w.F64[i], v.I64[i]))
			})
		default:
			testRows(out, n, nil, func(i int) bool {
				return v.F64[i] == v.F64[i] && o.holds(signFloatInt(v.F64[i], w.I64[i]))
			})
		}
	}
	return onColumns(loop, types.Int, types.Float, types.Timestamp, types.Duration)
}

// packOrder is for Equal, Less and AtMost.
func packOrder[T int64 | float64](o Order, out Bitmap, a, b []T) {
	switch o {
	case Equal:
		packEqual(out, a, b)
	case Less:
		packLess(out, a, b)
	default:
		packAtMostOf(out, a, b)
	}
}

// EqualBool tests a Bool column for a constant.
func EqualBool(c bool) Test {
	return onColumn(func(v *Vec, n int, out Bitmap) {
		copy(out, v.Bits)
		if !c {
			out.Flip(n)
		}
	}, types.Bool)
}

// EqualBools tests two Bool columns for equality.
func EqualBools() Test {
	return onColumns(func(v, w *Vec, n int, out Bitmap) {
		for i := range out {
			out[i] = ^(v.Bits[i] ^ w.Bits[i])
		}
		out.trim(n)
	}, types.Bool)
}

// EqualIPs tests two IP columns for equality.
func EqualIPs() Test {
	return onColumns(func(v, w *Vec, n int, out Bitmap) {
		testRows(out, n, nil, func(i int) bool { return v.IPs[i] == w.IPs[i] })
	}, types.IP)
}
