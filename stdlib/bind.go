package stdlib

import (
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// MaxText is the longest text in bytes that a function gives. A longer result is
// missing, so that no argument can make a value grow without bound.
const MaxText = 1 << 20

// maxElems is the most elements of a list that a function makes of a text.
const maxElems = 4096

// binder is what stands in the Bind of a row.
type binder = func(consts []any) (vec.Kernel, error)

// kernel is the Bind of a function whose kernel is the same at every use. Kernels
// remember what they computed, so each use gets its own.
func kernel(make func() vec.Kernel) binder {
	return func([]any) (vec.Kernel, error) { return make(), nil }
}

// only gives a kernel one of the arguments: the others are constants that Bind has
// read.
func only(arg int, k vec.Kernel) vec.Kernel {
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec { return k(args[arg:arg+1], n, mask) }
}

// capped makes texts that are too long missing.
func capped(f func(s string) (string, bool)) func(string) (string, bool) {
	return func(s string) (string, bool) {
		t, ok := f(s)
		return t, ok && len(t) <= MaxText
	}
}

// textMap binds a function from text to text; ok false is missing.
func textMap(f func(s string) (out string, ok bool)) binder {
	return kernel(func() vec.Kernel { return vec.TextMap(capped(f)) })
}

// always is a function from text to text that has a result for every text.
func always(f func(s string) string) func(string) (string, bool) {
	return func(s string) (string, bool) { return f(s), true }
}

// textTest binds a test of a text.
func textTest(test func(s string) bool) binder {
	return kernel(func() vec.Kernel { return vec.TextTest(test) })
}

// textInt and textFloat bind a function from text to a number.
func textInt(f func(s string) (x int64, ok bool)) binder {
	return kernel(func() vec.Kernel { return vec.TextNumber(types.Int, f) })
}

func textFloat(f func(s string) (x float64, ok bool)) binder {
	return kernel(func() vec.Kernel { return vec.TextNumber(types.Float, f) })
}

// textWith binds a function from a text and further arguments, as Vec.Value
// gives them, to text. It runs once a distinct text where the others are constant.
func textWith(f func(s string, rest []any) (out string, ok bool)) binder {
	return func(consts []any) (vec.Kernel, error) {
		if rest, ok := constant(consts[1:]); ok {
			return vec.TextMap(capped(func(s string) (string, bool) { return f(s, rest) })), nil
		}
		return vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
			rest := make([]any, len(args)-1)
			return func(i int) (string, bool) {
				t, ok := f(args[0].Text(i), values(rest, args[1:], i))
				return t, ok && len(t) <= MaxText
			}
		}), nil
	}
}

// intWith is textWith for functions that give an Int.
func intWith(f func(s string, rest []any) (x int64, ok bool)) binder {
	return func(consts []any) (vec.Kernel, error) {
		if rest, ok := constant(consts[1:]); ok {
			return vec.TextNumber(types.Int, func(s string) (int64, bool) { return f(s, rest) }), nil
		}
		return vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
			rest := make([]any, len(args)-1)
			return func(i int) (int64, bool) { return f(args[0].Text(i), values(rest, args[1:], i)) }
		}), nil
	}
}

// listWith is textWith for functions that give a list of texts. The further
// arguments are constants.
func listWith(f func(s string, rest []any) (elems []string, ok bool)) binder {
	return func(consts []any) (vec.Kernel, error) {
		rest := consts[1:]
		return vec.TextList(func(s string) ([]string, bool) {
			elems, ok := f(s, rest)
			return elems, ok && len(elems) <= maxElems
		}), nil
	}
}

// constant gives the arguments if all of them are constant.
func constant(consts []any) ([]any, bool) {
	for _, c := range consts {
		if c == nil {
			return nil, false
		}
	}
	return consts, true
}

// values fills dst with row i of the columns.
func values(dst []any, args []*vec.Vec, i int) []any {
	for a, v := range args {
		if v.Kind == types.String {
			dst[a] = v.Text(i)
		} else {
			dst[a] = v.Value(i)
		}
	}
	return dst
}

// floatPair and intPair bind a function of two texts.
func floatPair(f func(a, b string) (x float64, ok bool)) binder {
	return kernel(func() vec.Kernel {
		return vec.NumberRows(types.Float, func(args []*vec.Vec) func(int) (float64, bool) {
			a, b := args[0], args[1]
			return func(i int) (float64, bool) { return f(a.Text(i), b.Text(i)) }
		})
	})
}

func intPair(f func(a, b string) (x int64, ok bool)) binder {
	return kernel(func() vec.Kernel {
		return vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
			a, b := args[0], args[1]
			return func(i int) (int64, bool) { return f(a.Text(i), b.Text(i)) }
		})
	})
}

// The words of signatures.

// takes is the signature with a fixed result.
func takes(result types.Type, params ...types.Param) types.Signature {
	return types.Signature{Params: params, Fixed: result}
}

// gives is the signature whose result follows from the arguments.
func gives(result func(args []types.Type) types.Type, params ...types.Param) types.Signature {
	return types.Signature{Params: params, Result: result}
}

func param(name string, t types.Type) types.Param { return types.Param{Name: name, Type: t} }

func text(name string) types.Param { return param(name, types.TString) }

// optional, fixed and many change a parameter: one that may be left out, one that
// takes a constant, and the last one that may be given many times.
func optional(p types.Param) types.Param { p.Optional = true; return p }
func fixed(p types.Param) types.Param    { p.Const = true; return p }
func many(p types.Param) types.Param     { p.Variadic = true; return p }

// examples makes a row's examples from pairs of a call and its result.
func examples(pairs ...string) []Example {
	var all []Example
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, Example{Expr: pairs[i], Want: pairs[i+1]})
	}
	return all
}

// sameKind is the one kind of the arguments, float where int and float meet; the
// unit stays where all have the same. Arguments that do not go together give
// types.TInvalid, which the caller must refuse.
func sameKind(args []types.Type) types.Type {
	out := types.TNull
	for _, t := range args {
		switch {
		case t.Kind == types.Null:
		case out.Kind == types.Null:
			out = t
		case out.Plain() == t.Plain():
			if out.Unit != t.Unit {
				out = out.Plain()
			}
		case out.Numeric() && t.Numeric():
			unit := out.Unit
			if out = types.TFloat; unit == t.Unit {
				out.Unit = unit
			}
		default:
			return types.TInvalid
		}
	}
	return out
}

// clampInt narrows an int64 to an int, which is smaller on some machines.
func clampInt(n int64) int { return int(max(math.MinInt32, min(math.MaxInt32, n))) }
