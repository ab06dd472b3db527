package op

import (
	"net/netip"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// drawVec draws a column of a kind, with its values.
func drawVec(t *rapid.T, kind types.Kind) (*vec.Vec, []any) {
	vals := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any {
		n := rapid.IntRange(-1, 5).Draw(t, "n")
		if n < 0 {
			return nil
		}
		switch kind {
		case types.Bool:
			return n > 2
		case types.Float:
			return float64(n) / 4
		case types.String:
			return "texts"[:n]
		case types.IP:
			return netip.AddrFrom4([4]byte{10, 0, 0, byte(n)})
		case types.List:
			out := []any{}
			for i := range n {
				out = append(out, "abcde"[i:i+1])
			}
			return out
		}
		return int64(n)
	}), 0, 9).Draw(t, "vals")
	return vec.Of(kind, vals...), vals
}

// Columns that are built, taken from and put together hold the values they should.
func TestColumns(t *testing.T) {
	for _, kind := range []types.Kind{types.Bool, types.Int, types.Float, types.String, types.Timestamp, types.IP, types.List} {
		rapid.Check(t, func(t *rapid.T) {
			built := newColumn(kind)
			var want []any
			var res results
			wantAt := make([]any, 40)
			places := rapid.Permutation(upTo(40)).Draw(t, "places")
			for range rapid.IntRange(0, 4).Draw(t, "parts") {
				v, vals := drawVec(t, kind)
				if rapid.IntRange(0, 5).Draw(t, "none") == 0 {
					v, vals = vec.Nulls(len(vals)), make([]any, len(vals))
				}
				rows := []int32{}
				if len(vals) > 0 {
					rows = rapid.SliceOfN(rapid.Int32Range(0, int32(len(vals)-1)), 0, 9).Draw(t, "rows")
				}
				built.append(v, rows)
				for _, r := range rows {
					want = append(want, vals[r])
				}
				if v.Kind == kind {
					check(t, take(v, rows), pick(vals, rows))
				}
				res.add(places[:v.N], []*vec.Vec{v})
				for i, x := range vals {
					wantAt[places[i]] = x
				}
				places = places[v.N:]
			}
			check(t, &built.Vec, want)
			if len(res.parts) > 0 {
				check(t, res.columns(40)[0], wantAt)
			}
		})
	}
}

func check(t *rapid.T, v *vec.Vec, want []any) {
	got := make([]any, v.N)
	for i := range got {
		got[i] = v.Value(i)
	}
	if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
}
