package vec

import (
	"math"

	"github.com/detlang/det/lang/types"
)

// Gatherer makes a column out of rows of other columns. It remembers the
// dictionary into which it merges texts, so that equal texts keep their codes
// from batch to batch. It serves one kernel and is not safe for concurrent use.
// The zero Gatherer is ready to use.
type Gatherer struct {
	in    *Interner
	codes []memo[int32] // by column: its dictionary's codes in ours
	elems *Gatherer     // of lists
}

// Choose makes the column whose row i is row i of from[pick(i)]; see Gather.
func (g *Gatherer) Choose(from []*Vec, n int, mask Bitmap, pick func(i int) int) *Vec {
	return g.Gather(from, n, mask, func(i int) (int, int) { return pick(i), i })
}

// Gather makes the column of n rows whose row i is a row of one of several
// columns, as src tells; a column below zero makes the row missing. Only the rows
// of mask (nil: all) are wanted. The columns have one kind, except that Int and
// Float together give Float, and that a Null column fits all.
func (g *Gatherer) Gather(from []*Vec, n int, mask Bitmap, src func(i int) (col, row int)) *Vec {
	out := &Vec{Kind: types.Null, N: n, Valid: NewBitmap(n)}
	for _, v := range from {
		if v.Kind == types.Float || out.Kind == types.Null {
			out.Kind = v.Kind
		}
	}
	present := func(f func(i, col, row int)) {
		sweep(n, mask, func(i int) {
			if col, row := src(i); col >= 0 && !from[col].Missing(row) {
				f(i, col, row)
				out.Valid.Set(i)
			}
		})
	}
	switch out.Kind {
	case types.Bool:
		out.Bits = NewBitmap(n)
		present(func(i, col, row int) {
			if from[col].Bits.Get(row) {
				out.Bits.Set(i)
			}
		})
	case types.Int, types.Timestamp, types.Duration:
		out.I64 = make([]int64, n)
		present(func(i, col, row int) { out.I64[i] = from[col].I64[row] })
	case types.Float:
		out.F64 = make([]float64, n)
		floats := make([][]float64, len(from))
		for c, v := range from {
			floats[c] = AsFloats(v)
		}
		present(func(i, col, row int) { out.F64[i] = floats[col][row] })
	case types.IP:
		out.IPs = make([][16]byte, n)
		present(func(i, col, row int) { out.IPs[i] = from[col].IPs[row] })
	case types.String:
		out.Codes, out.Dict = make([]int32, n), oneDict(from)
		if out.Dict != nil {
			present(func(i, col, row int) { out.Codes[i] = from[col].Codes[row] })
			break
		}
		if n > manyTexts && mostlyDistinct(from, n, src) && plainTexts(from, out, present) {
			break
		}
		code := g.texts(from)
		present(func(i, col, row int) { out.Codes[i] = code(col, row) })
		out.Dict = g.in.Dict()
	case types.List:
		g.lists(from, out, present)
	}
	return out
}

// manyTexts is from how many rows on texts that are mostly distinct are written one
// behind the other: a dictionary of them, with its index, takes five times as much.
const manyTexts = 1 << 16

// mostlyDistinct reports whether most of some rows, taken evenly, differ.
func mostlyDistinct(from []*Vec, n int, src func(i int) (col, row int)) bool {
	const sample = 1 << 10
	seen, texts := make(map[string]bool, sample), 0
	for k := range sample {
		if col, row := src(k * (n / sample)); col >= 0 && !from[col].Missing(row) {
			seen[from[col].Text(row)] = true
			texts++
		}
	}
	return 2*len(seen) > texts
}

// plainTexts writes texts one behind the other. It reports whether 32-bit offsets
// were enough.
func plainTexts(from []*Vec, out *Vec, present func(f func(i, col, row int))) bool {
	offs, total := make([]int32, out.N+1), 0
	present(func(i, col, row int) {
		n := len(from[col].Text(row))
		if total += n; total <= math.MaxInt32 {
			offs[i+1] = int32(n)
		}
	})
	if total > math.MaxInt32 {
		return false
	}
	for i := range out.N {
		offs[i+1] += offs[i]
	}
	out.Codes, out.Offs, out.Bytes = nil, offs, make([]byte, total)
	present(func(i, col, row int) { copy(out.Bytes[offs[i]:], from[col].Text(row)) })
	return true
}

// oneDict is the dictionary that all of the text columns share, nil if there is
// none or if it is empty.
func oneDict(from []*Vec) *Dict {
	var d *Dict
	for _, v := range from {
		if v.Kind == types.Null {
			continue
		}
		if v.Dict == nil || d != nil && d.ID != v.Dict.ID {
			return nil
		}
		if d == nil || d.Len() < v.Dict.Len() { // a later snapshot knows all the codes
			d = v.Dict
		}
	}
	if d != nil && d.Len() == 0 {
		return nil
	}
	return d
}

// texts gives a function that finds the code of a present text in g.in.
func (g *Gatherer) texts(from []*Vec) func(col, row int) int32 {
	if g.in == nil || g.in.Size() > memoLimit || len(g.codes) < len(from) {
		g.in, g.codes = NewInterner(), make([]memo[int32], len(from))
	}
	g.in.Code("") // code 0, what missing rows point at
	for c, v := range from {
		if v.Kind == types.String && v.Dict != nil {
			g.codes[c].of(v.Dict)
		}
	}
	return func(col, row int) int32 {
		v, m := from[col], &g.codes[col]
		if v.Dict == nil {
			return g.in.Code(v.Text(row))
		}
		c := v.Codes[row]
		if !m.known.Get(int(c)) {
			m.known.Set(int(c))
			m.vals[c] = g.in.Code(v.Dict.Value(c))
		}
		return m.vals[c]
	}
}

// lists gathers lists: first how long each is and where its elements stand, then
// the elements. More elements than 32-bit offsets can count make rows missing.
func (g *Gatherer) lists(from []*Vec, out *Vec, present func(f func(i, col, row int))) {
	type place struct{ col, row int32 }
	var places []place
	ends := make([]int32, out.N)
	var dropped []int
	present(func(i, col, row int) {
		v := from[col]
		if len(places)+int(v.Offs[row+1]-v.Offs[row]) > math.MaxInt32 {
			dropped = append(dropped, i)
			return
		}
		for e := v.Offs[row]; e < v.Offs[row+1]; e++ {
			places = append(places, place{int32(col), e})
		}
		ends[i] = int32(len(places))
	})
	for _, i := range dropped {
		out.Valid.Clear(i)
	}
	out.Offs = make([]int32, out.N+1)
	for i, end := range ends {
		out.Offs[i+1] = max(out.Offs[i], end)
	}
	children := make([]*Vec, len(from))
	for c, v := range from {
		children[c] = v.Child
		if v.Kind == types.Null || v.Child.N == 0 { // an empty list has elements of any kind
			children[c] = Nulls(0)
		}
	}
	if g.elems == nil {
		g.elems = &Gatherer{}
	}
	out.Child = g.elems.Gather(children, len(places), nil, func(i int) (int, int) {
		return int(places[i].col), int(places[i].row)
	})
}
