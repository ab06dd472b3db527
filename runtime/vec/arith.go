package vec

import (
	"math"

	"github.com/detlang/det/lang/types"
)

// ArithOp is an operation on numbers.
type ArithOp uint8

// The operations. Negate takes one column.
const (
	Add ArithOp = iota
	Subtract
	Multiply
	Divide
	Remainder
	Negate
)

// ints and floats are loops over the rows of out. They drop those rows of the column
// that they compute for whose result does not exist; a row that is missing may hold
// anything, so it may be dropped again.
type (
	ints   func(out, a, b []int64, to *Vec)
	floats func(out, a, b []float64, to *Vec)
)

// ariths tells what each operation means on each pair of kinds: the kind of the
// result and a loop, over whole numbers or over floats. Whole numbers that a loop
// of floats gives are rounded. The quotient of two integers is a float.
var ariths = []struct {
	op          ArithOp
	left, right types.Kind
	result      types.Kind
	ints        ints
	floats      floats
}{
	{Add, types.Int, types.Int, types.Int, addInts, nil},
	{Add, types.Int, types.Float, types.Float, nil, addFloats},
	{Add, types.Float, types.Int, types.Float, nil, addFloats},
	{Add, types.Float, types.Float, types.Float, nil, addFloats},
	{Add, types.Timestamp, types.Duration, types.Timestamp, addInts, nil},
	{Add, types.Duration, types.Timestamp, types.Timestamp, addInts, nil},
	{Add, types.Duration, types.Duration, types.Duration, addInts, nil},

	{Subtract, types.Int, types.Int, types.Int, subtractInts, nil},
	{Subtract, types.Int, types.Float, types.Float, nil, subtractFloats},
	{Subtract, types.Float, types.Int, types.Float, nil, subtractFloats},
	{Subtract, types.Float, types.Float, types.Float, nil, subtractFloats},
	{Subtract, types.Timestamp, types.Timestamp, types.Duration, subtractInts, nil},
	{Subtract, types.Timestamp, types.Duration, types.Timestamp, subtractInts, nil},
	{Subtract, types.Duration, types.Duration, types.Duration, subtractInts, nil},

	{Multiply, types.Int, types.Int, types.Int, multiplyInts, nil},
	{Multiply, types.Int, types.Float, types.Float, nil, multiplyFloats},
	{Multiply, types.Float, types.Int, types.Float, nil, multiplyFloats},
	{Multiply, types.Float, types.Float, types.Float, nil, multiplyFloats},
	{Multiply, types.Duration, types.Int, types.Duration, multiplyInts, nil},
	{Multiply, types.Int, types.Duration, types.Duration, multiplyInts, nil},
	{Multiply, types.Duration, types.Float, types.Duration, nil, multiplyFloats},
	{Multiply, types.Float, types.Duration, types.Duration, nil, multiplyFloats},

	{Divide, types.Int, types.Int, types.Float, nil, divideFloats},
	{Divide, types.Int, types.Float, types.Float, nil, divideFloats},
	{Divide, types.Float, types.Int, types.Float, nil, divideFloats},
	{Divide, types.Float, types.Float, types.Float, nil, divideFloats},
	{Divide, types.Duration, types.Duration, types.Float, nil, divideFloats},
	{Divide, types.Duration, types.Int, types.Duration, nil, divideFloats},
	{Divide, types.Duration, types.Float, types.Duration, nil, divideFloats},

	{Remainder, types.Int, types.Int, types.Int, remainderInts, nil},
	{Remainder, types.Int, types.Float, types.Float, nil, remainderFloats},
	{Remainder, types.Float, types.Int, types.Float, nil, remainderFloats},
	{Remainder, types.Float, types.Float, types.Float, nil, remainderFloats},
	{Remainder, types.Duration, types.Duration, types.Duration, remainderInts, nil},

	{Negate, types.Int, types.Int, types.Int, negateInts, nil},
	{Negate, types.Float, types.Float, types.Float, nil, negateFloats},
	{Negate, types.Duration, types.Duration, types.Duration, negateInts, nil},
}

// Arith computes an operation on two columns (Negate: one, given as both kinds);
// result is the kind of what it gives, and ok is false where the kinds do not go
// together. A row is missing where an argument is, where the result does not fit,
// and where it is no finite number, as after a division by zero.
func Arith(op ArithOp, left, right types.Kind) (f Fill, result types.Kind, ok bool) {
	for _, row := range ariths {
		if row.op != op || row.left != left || row.right != right {
			continue
		}
		var a, b, sums []float64 // scratch
		return func(args []*Vec, n int, out *Vec) {
			v, w := args[0], args[len(args)-1]
			if v.Kind != left || w.Kind != right {
				*out = *Nulls(n)
				return
			}
			out.Kind, out.N = row.result, n
			out.onlyValid(v, w)
			switch {
			case row.ints != nil:
				out.I64 = room(out.I64, n)
				row.ints(out.I64, v.I64[:n], w.I64[:n], out)
			case row.result == types.Float:
				out.F64 = room(out.F64, n)
				row.floats(out.F64, v.floats(n, &a), w.floats(n, &b), out)
			default:
				sums, out.I64 = room(sums, n), room(out.I64, n)
				row.floats(sums, v.floats(n, &a), w.floats(n, &b), out)
				roundFloats(out.I64, sums, out)
			}
		}, row.result, true
	}
	return nil, types.Invalid, false
}

// Fill computes a column of n rows into out, whose slices it takes for its own and
// uses again. Nothing in out is shared with the arguments.
type Fill func(args []*Vec, n int, out *Vec)

// Kernel is the computation as a Kernel, which gives a fresh column a call.
func (f Fill) Kernel() Kernel {
	return func(args []*Vec, n int, _ Bitmap) *Vec {
		out := &Vec{}
		f(args, n, out)
		return out
	}
}

// room is n elements with anything in them, in x if it is long enough.
func room[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// onlyValid makes v, which is being made, present where two columns are.
func (v *Vec) onlyValid(a, b *Vec) {
	switch {
	case a.Valid == nil && b.Valid == nil:
		v.Valid = nil
	case a.Valid == nil:
		v.Valid = append(v.Valid[:0], b.Valid...)
	default:
		v.Valid = append(v.Valid[:0], a.Valid...)
		v.Valid.Intersect(b.Valid)
	}
}

// floats is the column's numbers as floats, laid out in scratch if they are not.
func (v *Vec) floats(n int, scratch *[]float64) []float64 {
	if v.F64 != nil {
		return v.F64[:n]
	}
	*scratch = room(*scratch, n)
	for i, x := range v.I64[:n] {
		(*scratch)[i] = float64(x)
	}
	return *scratch
}

// roundFloats rounds to whole numbers, halves away from zero.
func roundFloats(out []int64, x []float64, to *Vec) {
	for i, f := range x {
		if f = math.Round(f); f >= -two63 && f < two63 {
			out[i] = int64(f)
		} else {
			to.drop(i)
		}
	}
}

// The loops over whole numbers gather, for a block of rows, whether any may have
// overflowed, and look closely only where one may.

const block = 64

func addInts(out, a, b []int64, to *Vec) {
	a, b = a[:len(out)], b[:len(out)]
	for at := 0; at < len(out); at += block {
		end, over := min(at+block, len(out)), int64(0)
		for i := at; i < end; i++ {
			sum := a[i] + b[i]
			over |= (sum ^ a[i]) & (sum ^ b[i])
			out[i] = sum
		}
		for i := at; over < 0 && i < end; i++ {
			if (out[i]^a[i])&(out[i]^b[i]) < 0 {
				to.drop(i)
			}
		}
	}
}

func subtractInts(out, a, b []int64, to *Vec) {
	a, b = a[:len(out)], b[:len(out)]
	for at := 0; at < len(out); at += block {
		end, over := min(at+block, len(out)), int64(0)
		for i := at; i < end; i++ {
			diff := a[i] - b[i]
			over |= (a[i] ^ b[i]) & (diff ^ a[i])
			out[i] = diff
		}
		for i := at; over < 0 && i < end; i++ {
			if (a[i]^b[i])&(out[i]^a[i]) < 0 {
				to.drop(i)
			}
		}
	}
}

func multiplyInts(out, a, b []int64, to *Vec) {
	const half = 1 << 31
	a, b = a[:len(out)], b[:len(out)]
	for at := 0; at < len(out); at += block {
		end, wide := min(at+block, len(out)), uint64(0)
		for i := at; i < end; i++ {
			wide |= uint64(a[i]+half) | uint64(b[i]+half)
			out[i] = a[i] * b[i]
		}
		for i := at; wide >= 1<<32 && i < end; i++ {
			if x, y := a[i], b[i]; x != 0 && (out[i]/x != y || x == -1 && y == math.MinInt64) {
				to.drop(i)
			}
		}
	}
}

func remainderInts(out, a, b []int64, to *Vec) {
	for i := range out {
		if b[i] == 0 {
			to.drop(i)
		} else {
			out[i] = a[i] % b[i]
		}
	}
}

func negateInts(out, a, _ []int64, to *Vec) {
	for i := range out {
		if out[i] = -a[i]; a[i] == math.MinInt64 {
			to.drop(i)
		}
	}
}

func addFloats(out, a, b []float64, to *Vec) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = a[i] + b[i]
	}
	dropInfinite(out, to)
}

func subtractFloats(out, a, b []float64, to *Vec) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = a[i] - b[i]
	}
	dropInfinite(out, to)
}

func multiplyFloats(out, a, b []float64, to *Vec) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = a[i] * b[i]
	}
	dropInfinite(out, to)
}

func divideFloats(out, a, b []float64, to *Vec) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = a[i] / b[i]
	}
	dropInfinite(out, to)
}

func remainderFloats(out, a, b []float64, to *Vec) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = math.Mod(a[i], b[i])
	}
	dropInfinite(out, to)
}

func negateFloats(out, a, _ []float64, to *Vec) {
	for i := range out {
		out[i] = -a[i]
	}
	dropInfinite(out, to)
}

// dropInfinite drops the rows that are infinite or no number, those for which x-x is
// not zero, and gives how many of them were not missing before.
func dropInfinite(x []float64, to *Vec) (dropped int) {
	for at := 0; at < len(x); at += block {
		part := x[at:min(at+block, len(x))]
		if allFinite(part) {
			continue
		}
		for i, f := range part {
			if f-f != 0 && !to.Missing(at+i) {
				dropped += to.drop(at + i)
			}
		}
	}
	return dropped
}

// allFinite reports whether no value is infinite or no number. Four sums do not wait for
// each other.
func allFinite(x []float64) bool {
	var a, b, c, d float64
	for len(x) >= 4 {
		a, b = a+(x[0]-x[0]), b+(x[1]-x[1])
		c, d = c+(x[2]-x[2]), d+(x[3]-x[3])
		x = x[4:]
	}
	for _, f := range x {
		a += f - f
	}
	return a+b+c+d == 0
}
