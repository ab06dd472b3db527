package vec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/detlang/det/lang/types"
)

// source makes the random numbers of a test, the same every time.
func source(t testing.TB) *rand.Rand {
	var seed uint64
	for _, c := range t.Name() {
		seed = seed*31 + uint64(c)
	}
	return rand.New(rand.NewPCG(seed, 1))
}

// column makes a column of n rows drawn from values; one in six is missing when
// some may be.
func column(rnd *rand.Rand, kind types.Kind, n int, missing bool, values []any) *Vec {
	rows := make([]any, n)
	for i := range rows {
		if !missing || rnd.IntN(6) > 0 {
			rows[i] = values[rnd.IntN(len(values))]
		}
	}
	return Of(kind, rows...)
}

// forms are the ways to hold a column: as it is, and for text also plainly, in a
// dictionary with values that no row has, and in one that is over 64 values long.
func forms(v *Vec) map[string]*Vec {
	out := map[string]*Vec{"as it is": v}
	if v.Kind != types.String {
		return out
	}
	out["plain"] = withoutDict(v)
	for name, extra := range map[string]int{"unused values": 3, "large dictionary": 200} {
		w := *v
		values := make([]string, 0, v.Dict.Len()+extra)
		for i := range extra {
			values = append(values, fmt.Sprintf("unused %d", i))
		}
		w.Codes = make([]int32, v.N)
		for c := range int32(v.Dict.Len()) {
			values = append(values, v.Dict.Value(c))
		}
		for i, c := range v.Codes {
			w.Codes[i] = c + int32(extra)
		}
		w.Dict = NewDict(values...)
		out[name] = &w
	}
	return out
}

// mask makes a random set of rows; half of the time a sparse one.
func mask(rnd *rand.Rand, n int) Bitmap {
	b, share := NewBitmap(n), 2
	if rnd.IntN(2) == 0 {
		share = 40
	}
	for i := range n {
		if rnd.IntN(share) == 0 {
			b.Set(i)
		}
	}
	return b
}

// checkTest holds a test against what it should say of each row (nil is missing),
// over all rows, under masks, and row by row, in all forms of its columns.
func checkTest(t *testing.T, make func() Test, want func(row []any) bool, cols ...*Vec) {
	t.Helper()
	rnd := source(t)
	n := cols[0].N
	wanted := Pack(n, func(i int) bool {
		row := []any{}
		for _, c := range cols {
			row = append(row, c.Value(i))
		}
		return want(row)
	})
	for name, first := range forms(cols[0]) {
		args := append([]*Vec{first}, cols[1:]...)
		test := make() // keeps its verdicts from run to run
		out := NewBitmap(n)
		run := func(what string, args []*Vec, n int, mask, want Bitmap) {
			t.Helper()
			out := out[:len(want)]
			for w := range out {
				out[w] = 0xdeadbeef // a test writes every word
			}
			before := fmt.Sprint(mask)
			test(args, n, mask, out)
			if fmt.Sprint(mask) != before {
				t.Fatalf("%s, %s: the mask was changed", name, what)
			}
			if rest := append(Bitmap(nil), out...); len(rest) > 0 {
				if rest.trim(n); rest[len(rest)-1] != out[len(out)-1] {
					t.Fatalf("%s, %s: bits after the last row", name, what)
				}
			}
			out.Intersect(mask)
			for i := range n {
				if (mask == nil || mask.Get(i)) && out.Get(i) != want.Get(i) {
					row := []any{}
					for _, a := range args {
						row = append(row, a.Value(i))
					}
					t.Fatalf("%s, %s: row %d of %d, %#v: %t", name, what, i, n, row, out.Get(i))
				}
			}
		}
		for range 3 {
			m := mask(rnd, n)
			run("under a mask", args, n, m, wanted)
		}
		run("all rows", args, n, nil, wanted)
		run("all rows again", args, n, nil, wanted)
		run("under a mask at last", args, n, mask(rnd, n), wanted)
		for range min(n, 20) {
			i := rnd.IntN(n)
			one := []*Vec{}
			for _, a := range args {
				one = append(one, Of(a.Kind, a.Value(i)))
			}
			run("one row", one, 1, nil, Pack(1, func(int) bool { return wanted.Get(i) }))
		}
	}
}

func TestComplement(t *testing.T) {
	v := Of(types.Int, int64(1), nil, int64(3))
	for name, c := range map[string]struct {
		test Test
		want []int32
	}{
		"equal":       {CompareInt(Equal, 1), []int32{0}},
		"not equal":   {CompareInt(Equal, 1).Not(), []int32{1, 2}},
		"at least":    {CompareInt(AtLeast, 0), []int32{0, 2}},
		"not":         {CompareInt(AtLeast, 0).Not(), []int32{1}},
		"never":       {Never, nil},
		"always":      {Test(Never).Not(), []int32{0, 1, 2}},
		"missing":     {IsMissing, []int32{1}},
		"not missing": {Test(IsMissing).Not(), []int32{0, 2}},
	} {
		if got := c.test.Kernel()([]*Vec{v}, 3, nil); fmt.Sprint(got.Bits.Rows(nil)) != fmt.Sprint(c.want) {
			t.Errorf("%s: rows %v, want %v", name, got.Bits.Rows(nil), c.want)
		}
	}
	for _, v := range []*Vec{Nulls(3), Of(types.Bool, true, nil, false)} {
		got := Test(IsMissing).Kernel()([]*Vec{v}, 3, nil).Bits
		for i := range 3 {
			if got.Get(i) != v.Missing(i) {
				t.Errorf("%v, row %d: %t", v.Kind, i, got.Get(i))
			}
		}
	}
}

// TestOtherKinds gives every kind of test a column that it cannot read, as an
// input that is missing altogether is: nothing holds.
func TestOtherKinds(t *testing.T) {
	text, err := TestText(Contains, []string{""}, false, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]Test{
		"int": CompareInt(AtLeast, -1<<63), "float": CompareFloat(AtLeast, -1e308), "numbers": CompareNumbers(Equal),
		"text": CompareText(AtLeast, "", false), "texts": CompareTexts(Equal, false), "contains": text,
		"bool": EqualBool(false), "bools": EqualBools(), "ips": EqualIPs(), "in": InNumbers([]int64{0}, nil),
		"in texts": InTexts([]string{"", "a"}, false), "in networks": InNetworks(networksOf("0.0.0.0/0", "::/0")),
		"element": AnyElement(CompareInt(AtLeast, 0)), "elements": InElements(CompareNumbers(Equal)),
		"any bool": InBools([]bool{true, false}),
	} {
		for _, v := range []*Vec{Nulls(70), Of(types.Int, make([]any, 70)...), Of(types.String, make([]any, 70)...), Of(types.List, make([]any, 70)...)} {
			if got := test.Kernel()([]*Vec{v, v}, 70, nil); got.Bits.Any() {
				t.Errorf("%s over a missing %v: rows %v", name, v.Kind, got.Bits.Rows(nil))
			}
		}
	}
}
