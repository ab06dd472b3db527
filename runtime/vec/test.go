package vec

import (
	"math/bits"

	"github.com/detlang/det/lang/types"
)

// Test decides n rows: it writes every word of out, one bit a row, zero past the
// last row. Only the rows of mask are wanted (nil: all); the bits of the others
// are unspecified. A row with a missing argument is false: comparisons have two
// values. A Test neither keeps nor changes its arguments, mask included, and
// leaves nothing of its own in out, so that whoever runs it owns the memory. It
// may remember verdicts by dictionary: one Test serves one engine.
type Test func(args []*Vec, n int, mask, out Bitmap)

// Kernel is the test as a Kernel, which gives a fresh Bool column a call.
func (t Test) Kernel() Kernel {
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		out := NewBitmap(n)
		t(args, n, mask, out)
		return Bools(out, n)
	}
}

// Not is the plain complement: true where an argument is missing.
func (t Test) Not() Test {
	return func(args []*Vec, n int, mask, out Bitmap) {
		t(args, n, mask, out)
		out.Flip(n)
	}
}

// Never is the test that no row passes.
func Never(_ []*Vec, _ int, _, out Bitmap) { clear(out) }

// IsMissing holds where the first argument is missing.
func IsMissing(args []*Vec, n int, _, out Bitmap) {
	switch v := args[0]; {
	case v.Kind == types.Null:
		out.Fill(n)
	case v.Valid == nil:
		clear(out)
	default:
		copy(out, v.Valid)
		out.Flip(n)
	}
}

// onColumn makes a test of one column of some kinds from a loop that decides all
// n rows of a column that is one of them. Rows that are missing become false.
func onColumn(loop func(v *Vec, n int, out Bitmap), kinds ...types.Kind) Test {
	return func(args []*Vec, n int, _, out Bitmap) {
		v := args[0]
		if !v.is(kinds...) {
			clear(out)
			return
		}
		loop(v, n, out)
		out.Intersect(v.Valid)
	}
}

// onColumns is onColumn for the loops over two columns.
func onColumns(loop func(v, w *Vec, n int, out Bitmap), kinds ...types.Kind) Test {
	return func(args []*Vec, n int, _, out Bitmap) {
		v, w := args[0], args[1]
		if !v.is(kinds...) || !w.is(kinds...) {
			clear(out)
			return
		}
		loop(v, w, n, out)
		out.Intersect(v.Valid)
		out.Intersect(w.Valid)
	}
}

// is reports whether the column is of one of the kinds. One that is not holds
// nothing that a test of these kinds could read: it counts as missing.
func (v *Vec) is(kinds ...types.Kind) bool {
	for _, k := range kinds {
		if v.Kind == k {
			return true
		}
	}
	return false
}

// testRows is TestRows into out.
func testRows(out Bitmap, n int, want Bitmap, test func(i int) bool) {
	for w := range out {
		var x uint64
		if want == nil {
			for i, end := w<<6, min(w<<6+64, n); i < end; i++ {
				x |= bit(test(i)) << (i & 63)
			}
		} else {
			for rest := want[w]; rest != 0; rest &= rest - 1 {
				i := bits.TrailingZeros64(rest)
				x |= bit(test(w<<6+i)) << i
			}
		}
		out[w] = x
	}
}
