package stdlib

import (
	"fmt"
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// mathFuncs give missing where the result is no number: the square root of -1,
// the logarithm of 0, what is too large.
func mathFuncs() []Func {
	x, y := param("x", types.TNumber), param("y", types.TNumber)
	first := func(args []types.Type) types.Type { return args[0] }
	// real is the row of a function from a number to a float.
	real := func(name, doc string, cost int, f func(float64) float64, pairs ...string) Func {
		return Func{
			Name: name, Doc: doc, Sig: takes(types.TFloat, x), Cost: cost,
			Bind:     kernel(func() vec.Kernel { return vec.FloatMap(f) }),
			Examples: examples(append(pairs, name+`(null)`, `null`)...),
		}
	}
	// whole is the row of a rounding to an int.
	whole := func(name, doc string, f func(float64) float64, pairs ...string) Func {
		return Func{
			Name: name, Doc: doc, Sig: takes(types.TInt, x), Cost: 3,
			Bind:     kernel(func() vec.Kernel { return toWhole(f) }),
			Examples: examples(append(pairs, name+`(null)`, `null`)...),
		}
	}
	return []Func{
		{
			Name: "abs",
			Doc:  "The number without its sign.",
			Sig:  gives(first, x), Bind: kernel(absolute), Cost: 2,
			Examples: examples(`abs(-3)`, `3`, `abs(-0.5)`, `0.5`, `abs(-9223372036854775807 - 1)`, `null`, `abs(null)`, `null`),
		},
		whole("ceil", "The number rounded up, as an int.", math.Ceil, `ceil(1.2)`, `2`, `ceil(-1.2)`, `-1`, `ceil(1e19)`, `null`),
		whole("floor", "The number rounded down, as an int.", math.Floor, `floor(1.8)`, `1`, `floor(-1.2)`, `-2`, `floor(7)`, `7`),
		whole("trunc", "The number without its fraction, as an int.", math.Trunc, `trunc(1.8)`, `1`, `trunc(-1.8)`, `-1`, `trunc(-1e30)`, `null`),
		{
			Name: "round",
			Doc:  "The number rounded to an int or, with digits, to a float of so many decimals; halves go away from zero. Negative digits round to tens and hundreds.",
			Sig:  gives(roundResult, x, optional(fixed(param("digits", types.TInt)))), Bind: round, Cost: 4,
			Examples: examples(`round(2.5)`, `3`, `round(-2.5)`, `-3`, `round(3.14159, 2)`, `3.14`, `round(1250, -2)`, `1300.0`, `round(1e300, 10)`, `1e300`, `round(null)`, `null`),
		}, {
			Name: "sign",
			Doc:  "-1, 0 or 1.",
			Sig:  takes(types.TInt, x), Bind: kernel(sign), Cost: 2,
			Examples: examples(`sign(-0.1)`, `-1`, `sign(0)`, `0`, `sign(42)`, `1`, `sign(null)`, `null`),
		},
		real("sqrt", "The square root; missing for a negative number.", 4, math.Sqrt, `sqrt(2.25)`, `1.5`, `sqrt(-1)`, `null`),
		real("exp", "e to the power of the number.", 10, math.Exp, `exp(0)`, `1.0`, `exp(1000)`, `null`),
		real("ln", "The natural logarithm; missing for zero and below.", 10, math.Log, `ln(1)`, `0.0`, `ln(0)`, `null`),
		real("log2", "The logarithm to the base 2; missing for zero and below.", 10, math.Log2, `log2(8)`, `3.0`, `log2(-1)`, `null`),
		real("log10", "The logarithm to the base 10; missing for zero and below.", 10, math.Log10, `log10(1000)`, `3.0`, `log10(0)`, `null`),
		{
			Name: "pow",
			Doc:  "x to the power of y, as a float.",
			Sig:  takes(types.TFloat, x, y), Bind: kernel(pow), Cost: 25,
			Examples: examples(`pow(2, 10)`, `1024.0`, `pow(9, 0.5)`, `3.0`, `pow(-8, 0.5)`, `null`, `pow(10, 400)`, `null`, `pow(2, null)`, `null`),
		}, {
			Name: "mod",
			Doc:  "What is left of x after whole numbers of y, with the sign of y: always from 0 to y. (x % y has the sign of x.) Missing where y is 0.",
			Sig:  gives(sameKind, x, y), Bind: kernel(mod), Cost: 5,
			Examples: examples(`mod(7, 3)`, `1`, `mod(-7, 3)`, `2`, `mod(-0.5, 2)`, `1.5`, `mod(7, 0)`, `null`, `mod(null, 3)`, `null`),
		}, {
			Name: "clamp",
			Doc:  "The number, but no less than low and no more than high. Missing where low is above high.",
			Sig:  gives(sameKind, x, param("low", types.TNumber), param("high", types.TNumber)), Bind: kernel(clamp), Cost: 4,
			Examples: examples(`clamp(150, 0, 100)`, `100`, `clamp(-0.5, 0, 1)`, `0.0`, `clamp(5, 9, 1)`, `null`, `clamp(null, 0, 1)`, `null`),
		}, {
			Name: "least",
			Doc:  "The smallest of the numbers. Missing where one of them is.",
			Sig:  gives(sameKind, many(x)), Bind: kernel(func() vec.Kernel {
				return ofNumbers(func(a, b int64) int64 { return min(a, b) }, math.Min)
			}), Cost: 3,
			Examples: examples(`least(3, 1, 2)`, `1`, `least(1, 0.5)`, `0.5`, `least(1, null)`, `null`),
		}, {
			Name: "greatest",
			Doc:  "The largest of the numbers. Missing where one of them is.",
			Sig:  gives(sameKind, many(x)), Bind: kernel(func() vec.Kernel {
				return ofNumbers(func(a, b int64) int64 { return max(a, b) }, math.Max)
			}), Cost: 3,
			Examples: examples(`greatest(3, 1, 2)`, `3`, `greatest(1, 1.5)`, `1.5`, `greatest(null, 1)`, `null`),
		},
	}
}

// fitsInt reports whether a whole float is an int64.
func fitsInt(x float64) bool { return x >= math.MinInt64 && x < math.MaxInt64 }

// toWhole lifts a rounding to a kernel that gives Int; an int is its own rounding.
func toWhole(f func(float64) float64) vec.Kernel {
	round := vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
		x := args[0].F64
		return func(i int) (int64, bool) {
			y := f(x[i])
			return int64(y), fitsInt(y)
		}
	})
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		if args[0].Kind != types.Float {
			return args[0]
		}
		return round(args, n, mask)
	}
}

func roundResult(args []types.Type) types.Type {
	out := types.TInt
	if len(args) > 1 {
		out = types.TFloat
	}
	out.Unit = args[0].Unit
	return out
}

func round(consts []any) (vec.Kernel, error) {
	if len(consts) == 1 {
		return toWhole(math.Round), nil
	}
	digits, ok := consts[1].(int64)
	if !ok || digits < -15 || digits > 15 {
		return nil, fmt.Errorf("the number of digits is a constant from -15 to 15")
	}
	scale := math.Pow10(int(max(digits, -digits)))
	return only(0, vec.FloatMap(func(x float64) float64 {
		switch {
		case digits < 0:
			return math.Round(x/scale) * scale
		case math.Abs(x) >= 1<<52: // has no fraction
			return x
		}
		return math.Round(x*scale) / scale
	})), nil
}

func absolute() vec.Kernel {
	ints := vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
		x := args[0].I64
		return func(i int) (int64, bool) { return max(x[i], -x[i]), x[i] != math.MinInt64 }
	})
	floats := vec.FloatMap(math.Abs)
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		if args[0].Kind == types.Float {
			return floats(args, n, mask)
		}
		return ints(args, n, mask)
	}
}

func sign() vec.Kernel {
	return vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
		x := vec.AsFloats(args[0])
		return func(i int) (int64, bool) {
			switch {
			case x[i] > 0:
				return 1, true
			case x[i] < 0:
				return -1, true
			}
			return 0, x[i] == 0
		}
	})
}

func pow() vec.Kernel {
	return vec.NumberRows(types.Float, func(args []*vec.Vec) func(int) (float64, bool) {
		x, y := vec.AsFloats(args[0]), vec.AsFloats(args[1])
		return func(i int) (float64, bool) {
			p := math.Pow(x[i], y[i])
			return p, p-p == 0
		}
	})
}

// numeric picks the kernel for ints, or for floats where an argument is float.
func numeric(ints func(args [][]int64) func(i int) (int64, bool), floats func(args [][]float64) func(i int) (float64, bool)) vec.Kernel {
	onInts := vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
		columns := make([][]int64, len(args))
		for a, v := range args {
			columns[a] = v.I64
		}
		return ints(columns)
	})
	onFloats := vec.NumberRows(types.Float, func(args []*vec.Vec) func(int) (float64, bool) {
		columns := make([][]float64, len(args))
		for a, v := range args {
			columns[a] = vec.AsFloats(v)
		}
		f := floats(columns)
		return func(i int) (float64, bool) {
			x, ok := f(i)
			return x, ok && x-x == 0
		}
	})
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		for _, v := range args {
			if v.Kind == types.Float {
				return onFloats(args, n, mask)
			}
		}
		return onInts(args, n, mask)
	}
}

func mod() vec.Kernel {
	return numeric(func(args [][]int64) func(int) (int64, bool) {
		x, y := args[0], args[1]
		return func(i int) (int64, bool) {
			if y[i] == 0 {
				return 0, false
			}
			m := x[i] % y[i]
			if m != 0 && (m < 0) != (y[i] < 0) {
				m += y[i]
			}
			return m, true
		}
	}, func(args [][]float64) func(int) (float64, bool) {
		x, y := args[0], args[1]
		return func(i int) (float64, bool) {
			m := math.Mod(x[i], y[i])
			if m != 0 && (m < 0) != (y[i] < 0) {
				m += y[i]
			}
			return m, true // by zero it is NaN
		}
	})
}

func clamp() vec.Kernel {
	return numeric(func(args [][]int64) func(int) (int64, bool) {
		x, low, high := args[0], args[1], args[2]
		return func(i int) (int64, bool) { return max(low[i], min(high[i], x[i])), low[i] <= high[i] }
	}, func(args [][]float64) func(int) (float64, bool) {
		x, low, high := args[0], args[1], args[2]
		return func(i int) (float64, bool) { return max(low[i], min(high[i], x[i])), low[i] <= high[i] }
	})
}

// ofNumbers folds the columns of each row into one number.
func ofNumbers(ints func(a, b int64) int64, floats func(a, b float64) float64) vec.Kernel {
	return numeric(
		func(args [][]int64) func(int) (int64, bool) { return across(args, ints) },
		func(args [][]float64) func(int) (float64, bool) { return across(args, floats) },
	)
}

func across[T int64 | float64](columns [][]T, f func(a, b T) T) func(i int) (T, bool) {
	return func(i int) (T, bool) {
		x := columns[0][i]
		for _, c := range columns[1:] {
			x = f(x, c[i])
		}
		return x, true
	}
}
