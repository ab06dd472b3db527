package vec

import (
	"math/bits"

	"github.com/detlang/det/lang/types"
)

// The lifts in this file are for functions of several arguments, or of other
// kinds than text, that are worth a loop over slices. at prepares a batch: it
// takes the slices that it needs out of the columns and gives a function of the
// row number. That is called for the wanted rows in which all arguments are
// present; the others are missing (false, where the result is a test).

// sweep calls f for the rows of mask, ascending; nil means all n.
func sweep(n int, mask Bitmap, f func(i int)) {
	if mask == nil {
		for i := range n {
			f(i)
		}
		return
	}
	for w, x := range mask {
		for ; x != 0; x &= x - 1 {
			f(w<<6 + bits.TrailingZeros64(x))
		}
	}
}

// anyNull reports whether a column has kind Null.
func anyNull(args []*Vec) bool {
	for _, a := range args {
		if a.Kind == types.Null {
			return true
		}
	}
	return false
}

// BoolRows lifts a test of rows to a kernel that gives Bool, false where an
// argument is missing.
func BoolRows(at func(args []*Vec) func(i int) bool) Kernel {
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		if anyNull(args) {
			return Bools(NewBitmap(n), n)
		}
		return Bools(TestRows(n, allValid(mask, args...), at(args)), n)
	}
}

// NumberRows lifts a function of rows to a kernel that gives Int, Float,
// Timestamp or Duration, as kind says; ok false makes the row missing.
func NumberRows[T int64 | float64](kind types.Kind, at func(args []*Vec) func(i int) (x T, ok bool)) Kernel {
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		if anyNull(args) {
			return Nulls(n)
		}
		vals, valid, f := make([]T, n), NewBitmap(n), at(args)
		sweep(n, allValid(mask, args...), func(i int) {
			if x, ok := f(i); ok {
				vals[i] = x
				valid.Set(i)
			}
		})
		return numbers(kind, vals, valid)
	}
}

// TextRows lifts a function of rows to a kernel that gives String; ok false
// makes the row missing.
func TextRows(at func(args []*Vec) func(i int) (s string, ok bool)) Kernel {
	in := NewInterner()
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		if anyNull(args) {
			return Nulls(n)
		}
		if in.Size() > memoLimit {
			in = NewInterner()
		}
		in.Code("") // code 0, what missing rows point at
		codes, valid, f := make([]int32, n), NewBitmap(n), at(args)
		sweep(n, allValid(mask, args...), func(i int) {
			if s, ok := f(i); ok {
				codes[i] = in.Code(s)
				valid.Set(i)
			}
		})
		return Coded(codes, in.Dict(), valid)
	}
}

// IPRows lifts a function of rows to a kernel that gives IP; ok false makes the
// row missing.
func IPRows(at func(args []*Vec) func(i int) (ip [16]byte, ok bool)) Kernel {
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		if anyNull(args) {
			return Nulls(n)
		}
		out := &Vec{Kind: types.IP, N: n, IPs: make([][16]byte, n), Valid: NewBitmap(n)}
		f := at(args)
		sweep(n, allValid(mask, args...), func(i int) {
			if ip, ok := f(i); ok {
				out.IPs[i] = ip
				out.Valid.Set(i)
			}
		})
		return out
	}
}

// AsFloats is an Int or Float column as floats; a Float column's own slice.
func AsFloats(v *Vec) []float64 {
	if v.Kind == types.Float {
		return v.F64
	}
	out := make([]float64, v.N)
	for i, x := range v.I64 {
		out[i] = float64(x)
	}
	return out
}

// FloatMap lifts a function of one number to a kernel that gives Float. A result
// that is no finite number is missing.
func FloatMap(f func(x float64) float64) Kernel {
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		if anyNull(args) {
			return Nulls(n)
		}
		out := mapRows(AsFloats(args[0]), n, mask, f)
		return Floats(out, finite(out, args[0].Valid))
	}
}

// finite is valid less the rows whose number is not finite. It copies only if
// there is such a row.
func finite(x []float64, valid Bitmap) Bitmap {
	copied := false
	for i, y := range x {
		if y-y == 0 { // neither NaN nor an infinity
			continue
		}
		if !copied {
			valid, copied = And(Ones(len(x)), valid), true
		}
		valid.Clear(i)
	}
	return valid
}

// IntMap lifts a total function of one Int, Timestamp or Duration to a kernel
// that gives kind.
func IntMap(kind types.Kind, f func(x int64) int64) Kernel {
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		if anyNull(args) {
			return Nulls(n)
		}
		return numbers(kind, mapRows(args[0].I64, n, mask, f), args[0].Valid)
	}
}

// mapRows applies f to the rows of mask; with no mask in a plain loop.
func mapRows[T any](x []T, n int, mask Bitmap, f func(T) T) []T {
	out := make([]T, n)
	if mask != nil {
		sweep(n, mask, func(i int) { out[i] = f(x[i]) })
		return out
	}
	for i, y := range x[:n] {
		out[i] = f(y)
	}
	return out
}
