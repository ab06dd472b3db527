package eval

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestSparse asks a frame for arithmetic over late columns, for few rows and for many,
// and holds each answer against that of a frame that is asked for all rows at once. What
// was not asked for is never read.
func TestSparse(t *testing.T) {
	const n = 700
	rapid.Check(t, func(t *rapid.T) {
		ints, floats := make([]any, n), make([]any, n)
		for i := range n {
			if i%7 != 3 {
				ints[i] = int64(i%5 - 2) // zeros, by which nothing can be divided
			}
			if i%11 != 5 {
				floats[i] = float64(i) / 4
			}
		}
		cols := []*vec.Vec{vec.Of(types.Int, ints...), vec.Of(types.Float, floats...)}
		wanted := vec.NewBitmap(n)
		late := make([]*vec.Vec, len(cols))
		for c, v := range cols {
			late[c] = &vec.Vec{Kind: v.Kind, N: n, Load: func(mask vec.Bitmap) *vec.Vec {
				if mask == nil {
					mask = vec.Ones(n)
				}
				mask = append(vec.Bitmap(nil), mask...)
				if mask.Subtract(wanted); mask.Any() {
					t.Fatalf("rows %v of column %d are read", mask.Rows(nil), c)
				}
				return v
			}}
		}
		graph := func() (*Graph, []ID) {
			g := NewGraph()
			a, b := g.Late(0, types.Int, 50), g.Late(1, types.Float, 50)
			op := func(name string, l, r ID) ID {
				id, err := g.Operator(name, Options{}, []types.Type{{Kind: g.Kind(l)}, {Kind: g.Kind(r)}}, l, r)
				if err != nil {
					t.Fatal(err)
				}
				return id
			}
			square, quotient := op("*", a, a), op("/", b, a)
			return g, []ID{square, quotient, op("-", quotient, square), op(">", quotient, b)}
		}
		g, ids := graph()
		whole, _ := graph()
		f, all := g.Frame(), whole.Frame()
		for range rapid.IntRange(1, 3).Draw(t, "batches") {
			f.Begin(late, n)
			all.Begin(cols, n)
			for range rapid.IntRange(1, 6).Draw(t, "requests") {
				id := rapid.SampledFrom(ids).Draw(t, "node")
				mask := vec.NewBitmap(n)
				for range rapid.SampledFrom([]int{0, 1, 5, 20, 400}).Draw(t, "rows") {
					mask.Set(rapid.IntRange(0, n-1).Draw(t, "row"))
				}
				if rapid.IntRange(0, 9).Draw(t, "all") == 0 {
					mask.Fill(n)
				}
				wanted.Unite(mask)
				got, want := f.Get(id, mask), all.Get(id, nil)
				for _, r := range mask.Rows(nil) {
					if x, y := got.Value(int(r)), want.Value(int(r)); !reflect.DeepEqual(x, y) {
						t.Fatalf("row %d of node %d is %v, want %v", r, id, x, y)
					}
				}
			}
			clear(wanted)
		}
	})
}
