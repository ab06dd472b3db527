package vec

import (
	"fmt"
	"net/netip"
	"reflect"
	"testing"

	"github.com/detlang/det/lang/types"
)

func TestGather(t *testing.T) {
	ip := netip.MustParseAddr("10.0.0.1")
	shared := Of(types.String, "a", "b", nil, "c")
	for name, c := range map[string]struct {
		from []*Vec
		want []any // rows 0, 1, 2, 3 of columns 0, 1, 0, 1, then a missing one
	}{
		"bool":          {[]*Vec{Of(types.Bool, true, true, nil, true), Of(types.Bool, false, false, true, true)}, []any{true, false, nil, true, nil}},
		"int":           {[]*Vec{Of(types.Int, int64(1), int64(2), nil, int64(4)), Of(types.Int, int64(5), int64(6), int64(7), nil)}, []any{int64(1), int64(6), nil, nil, nil}},
		"int and float": {[]*Vec{Of(types.Int, int64(1), int64(2), int64(3), int64(4)), Of(types.Float, 0.5, 1.5, 2.5, 3.5)}, []any{1.0, 1.5, 3.0, 3.5, nil}},
		"ip":            {[]*Vec{Of(types.IP, ip, nil, ip, nil), Nulls(4)}, []any{ip, nil, ip, nil, nil}},
		"null":          {[]*Vec{Nulls(4), Nulls(4)}, []any{nil, nil, nil, nil, nil}},
		"null, time":    {[]*Vec{Nulls(4), Of(types.Timestamp, int64(1), int64(2), int64(3), int64(4))}, []any{nil, int64(2), nil, int64(4), nil}},
		"one dict":      {[]*Vec{shared, shared}, []any{"a", "b", nil, "c", nil}},
		"two dicts":     {[]*Vec{shared, Of(types.String, "x", "", "y", "a")}, []any{"a", "", nil, "a", nil}},
		"text forms":    {[]*Vec{withoutDict(shared), Of(types.String, "x", "", "y", "a")}, []any{"a", "", nil, "a", nil}},
		"lists": {[]*Vec{
			Of(types.List, []any{"a", "b"}, nil, []any{}, []any{"c"}),
			Of(types.List, []any{"x"}, []any{"y", nil}, nil, []any{"a", "z"}),
		}, []any{[]any{"a", "b"}, []any{"y", nil}, []any{}, []any{"a", "z"}, nil}},
		"empty lists": {[]*Vec{
			Of(types.List, []any{}, []any{}, []any{}, []any{}),
			Of(types.List, []any{}, []any{int64(3)}, []any{}, []any{}),
		}, []any{[]any{}, []any{int64(3)}, []any{}, []any{}, nil}},
	} {
		var g Gatherer
		for range 2 { // the second time with what it remembers
			got := g.Gather(c.from, 5, nil, func(i int) (int, int) {
				if i == 4 {
					return -1, 0
				}
				return i % 2, i
			})
			for i, want := range c.want {
				if v := got.Value(i); !reflect.DeepEqual(v, want) {
					t.Errorf("%s: row %d = %#v, want %#v", name, i, v, want)
				}
			}
		}
	}
}

// TestGatherWritesDistinctTextsPlainly gathers more rows than are worth a dictionary
// when their texts differ, and as many that repeat.
func TestGatherWritesDistinctTextsPlainly(t *testing.T) {
	const n = manyTexts + 100
	for _, distinct := range []int{n, 7} {
		var from []*Vec
		for c := range 2 {
			vals := make([]any, n)
			for i := range vals {
				if i%5 > 0 {
					vals[i] = fmt.Sprint(c, "ö", i%distinct)
				}
			}
			from = append(from, Of(types.String, vals...))
		}
		from[0] = withoutDict(from[0])
		mask := NewBitmap(n)
		for i := range n {
			if i%11 > 0 {
				mask.Set(i)
			}
		}
		var g Gatherer
		src := func(i int) (int, int) { return i%3 - 1, n - 1 - i }
		got := g.Gather(from, n, mask, src)
		if plain := got.Dict == nil; plain != (distinct == n) {
			t.Errorf("%d texts that differ: written plainly %t", distinct, plain)
		}
		for i := range n {
			var want any
			if col, row := src(i); mask.Get(i) && col >= 0 {
				want = from[col].Value(row)
			}
			if v := got.Value(i); v != want {
				t.Fatalf("%d texts that differ: row %d is %v, want %v", distinct, i, v, want)
			}
		}
	}
}

func TestGatherKeepsASharedDict(t *testing.T) {
	v := Of(types.String, "a", "b", "c")
	var g Gatherer
	got := g.Choose([]*Vec{v, v}, 3, nil, func(i int) int { return i & 1 })
	if got.Dict.ID != v.Dict.ID {
		t.Error("a column made of one dictionary's texts has another dictionary")
	}
}

func TestTextListInBothForms(t *testing.T) {
	kernel := TextList(func(s string) ([]string, bool) {
		var out []string
		for _, r := range s {
			out = append(out, string(r))
		}
		return out, s != "!"
	})
	coded := Of(types.String, "ab", nil, "", "!", "ba", "ab")
	want := []any{[]any{"a", "b"}, nil, []any{}, nil, []any{"b", "a"}, []any{"a", "b"}}
	for _, v := range []*Vec{coded, withoutDict(coded), coded} {
		for _, mask := range []Bitmap{nil, FromRows([]int32{0, 2, 5}, 6)} {
			got := kernel([]*Vec{v}, v.N, mask)
			for i := range v.N {
				if mask != nil && !mask.Get(i) {
					continue
				}
				if g := got.Value(i); !reflect.DeepEqual(g, want[i]) {
					t.Errorf("row %d = %#v, want %#v", i, g, want[i])
				}
			}
		}
	}
}
