package vec

import "github.com/detlang/det/lang/types"

// Kernel computes one column of n rows from its argument columns. Only the rows
// of mask are wanted (nil: all); what it gives elsewhere is unspecified but safe
// to read. It neither keeps nor changes its arguments, and what it gives may
// share their memory. A kernel may remember verdicts by dictionary, so one kernel
// serves one engine and is not safe for concurrent use.
type Kernel func(args []*Vec, n int, mask Bitmap) *Vec

// allValid is the bitmap of rows in mask present in all columns; nil means all.
func allValid(mask Bitmap, cols ...*Vec) Bitmap {
	for _, c := range cols {
		if c.Kind == types.Null {
			return NewBitmap(c.N)
		}
		mask = And(mask, c.Valid)
	}
	return mask
}

// AllValid is the bitmap of rows that are present in all of the columns; nil
// means every row.
func AllValid(cols ...*Vec) Bitmap { return allValid(nil, cols...) }

// memo remembers, for the codes of one dictionary, a verdict that is computed
// once a code.
type memo[T any] struct {
	dict  uint64
	known Bitmap
	vals  []T
}

// of makes the memo stand for dictionary d, growing it as d grows.
func (m *memo[T]) of(d *Dict) {
	if m.dict != d.ID {
		*m = memo[T]{dict: d.ID}
	}
	if n := d.Len(); len(m.vals) < n {
		n = max(n, len(m.vals)*3/2)
		m.vals = append(m.vals, make([]T, n-len(m.vals))...)
		m.known = append(m.known, make(Bitmap, (n+63)/64-len(m.known))...)
	}
}

// TextTest lifts a test of one text to a kernel that gives Bool. A missing text
// is false, not missing: comparisons have two values. The test runs once for each
// distinct value of a dictionary, however many batches share it.
func TextTest(test func(s string) bool) Kernel { return textTest(test, nil).Kernel() }

// TestRows packs a test over the rows of mask (nil: all).
func TestRows(n int, mask Bitmap, test func(i int) bool) Bitmap {
	out := NewBitmap(n)
	testRows(out, n, mask, test)
	return out
}

// TextMap lifts a function from text to text; ok false makes the row missing. The
// function runs once for each distinct value of a dictionary.
func TextMap(f func(s string) (out string, ok bool)) Kernel {
	in := NewInterner()
	m := memo[int32]{} // code of the result, -1 missing
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		v := args[0]
		out := &Vec{Kind: types.String, N: n, Codes: make([]int32, n), Valid: NewBitmap(n)}
		if in.Size() > memoLimit {
			in, m = NewInterner(), memo[int32]{}
		}
		in.Code("") // code 0, what missing rows point at
		code := func(s string) int32 {
			if t, ok := f(s); ok {
				return in.Code(t)
			}
			return -1
		}
		put := func(i int, c int32) {
			if c >= 0 {
				out.Codes[i] = c
				out.Valid.Set(i)
			}
		}
		if v.Kind == types.String && v.Dict != nil {
			m.of(v.Dict)
			sweep(n, allValid(mask, v), func(i int) {
				c := v.Codes[i]
				if !m.known.Get(int(c)) {
					m.known.Set(int(c))
					m.vals[c] = code(v.Dict.Value(c))
				}
				put(i, m.vals[c])
			})
		} else if v.Kind == types.String {
			sweep(n, allValid(mask, v), func(i int) { put(i, code(v.Text(i))) })
		}
		out.Dict = in.Dict()
		return out
	}
}

// memoLimit is the memory in bytes that the results of one text function may
// take before they are forgotten.
const memoLimit = 64 << 20

// TextNumber lifts a function from text to a 64-bit number (Int, Float, Timestamp
// or Duration, as kind says); ok false makes the row missing. The function runs
// once for each distinct value of a dictionary.
func TextNumber[T int64 | float64](kind types.Kind, f func(s string) (T, bool)) Kernel {
	type result struct {
		val T
		ok  bool
	}
	var m memo[result]
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		v := args[0]
		vals, valid := make([]T, n), NewBitmap(n)
		put := func(i int, x T, ok bool) {
			if ok {
				vals[i] = x
				valid.Set(i)
			}
		}
		if v.Kind == types.String && v.Dict != nil {
			m.of(v.Dict)
			sweep(n, allValid(mask, v), func(i int) {
				c := v.Codes[i]
				if !m.known.Get(int(c)) {
					m.known.Set(int(c))
					m.vals[c].val, m.vals[c].ok = f(v.Dict.Value(c))
				}
				put(i, m.vals[c].val, m.vals[c].ok)
			})
		} else if v.Kind == types.String {
			sweep(n, allValid(mask, v), func(i int) {
				x, ok := f(v.Text(i))
				put(i, x, ok)
			})
		}
		return numbers(kind, vals, valid)
	}
}

func numbers[T int64 | float64](kind types.Kind, vals []T, valid Bitmap) *Vec {
	out := &Vec{Kind: kind, N: len(vals), Valid: valid}
	switch x := any(vals).(type) {
	case []int64:
		out.I64 = x
	case []float64:
		out.F64 = x
	}
	return out
}

// Rows lifts a function over whole rows, given as Go values as Vec.Value gives
// them (text is shared, not copied), to a kernel that gives kind. It is for
// functions of several arguments that are not worth a loop of their own. A row
// with a missing argument is missing, unless nulls is true: then f sees nil.
func Rows(kind types.Kind, nulls bool, f func(args []any) any) Kernel {
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		if !nulls {
			mask = allValid(mask, args...)
		}
		out := make([]any, n)
		row := make([]any, len(args))
		eval := func(i int) {
			for a, v := range args {
				if v.Kind == types.String && !v.Missing(i) {
					row[a] = v.Text(i)
				} else {
					row[a] = v.Value(i)
				}
			}
			out[i] = f(row)
		}
		if mask == nil {
			for i := range n {
				eval(i)
			}
		} else {
			for _, r := range mask.Rows(nil) {
				eval(int(r))
			}
		}
		return Of(kind, out...)
	}
}
