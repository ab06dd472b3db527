package vec

import "github.com/detlang/det/lang/types"

// Elems is where the elements of row i of a List column stand in its Child.
func (v *Vec) Elems(i int) (start, end int) { return int(v.Offs[i]), int(v.Offs[i+1]) }

// TextList lifts a function from text to a list of texts; ok false makes the row
// missing. The function runs once for each distinct value of a dictionary.
func TextList(f func(s string) (elems []string, ok bool)) Kernel {
	type result struct {
		start, end int32 // in flat
		ok         bool
	}
	in := NewInterner()
	var m memo[result]
	var flat []int32 // the codes of the elements of the remembered lists
	return func(args []*Vec, n int, mask Bitmap) *Vec {
		v := args[0]
		if v.Kind == types.Null {
			return Nulls(n)
		}
		if in.Size()+4*len(flat) > memoLimit {
			in, m, flat = NewInterner(), memo[result]{}, nil
		}
		in.Code("")
		split := func(s string) result {
			elems, ok := f(s)
			r := result{start: int32(len(flat)), ok: ok}
			for _, e := range elems {
				flat = append(flat, in.Code(e))
			}
			r.end = int32(len(flat))
			return r
		}
		out := &Vec{Kind: types.List, N: n, Valid: NewBitmap(n), Offs: make([]int32, n+1)}
		var codes []int32
		ends := out.Offs[1:]
		add := func(i int, r result) {
			if r.ok {
				codes = append(codes, flat[r.start:r.end]...)
				out.Valid.Set(i)
			}
			ends[i] = int32(len(codes))
		}
		want := allValid(mask, v)
		if v.Dict != nil {
			m.of(v.Dict)
			sweep(n, want, func(i int) {
				c := v.Codes[i]
				if !m.known.Get(int(c)) {
					m.known.Set(int(c))
					m.vals[c] = split(v.Dict.Value(c))
				}
				add(i, m.vals[c])
			})
		} else {
			sweep(n, want, func(i int) {
				kept := len(flat)
				add(i, split(v.Text(i)))
				flat = flat[:kept]
			})
		}
		for i := range n { // rows that were passed over are empty
			out.Offs[i+1] = max(out.Offs[i], out.Offs[i+1])
		}
		out.Child = Coded(codes, in.Dict(), nil)
		return out
	}
}
