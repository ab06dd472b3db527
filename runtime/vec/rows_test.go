package vec

import (
	"math"
	"reflect"
	"strconv"
	"testing"

	"github.com/detlang/det/lang/types"
)

// TestRowLifts runs each lift over rows that are present, missing and refused.
func TestRowLifts(t *testing.T) {
	ints := Of(types.Int, int64(1), nil, int64(3), int64(-1))
	notNegative := func(args []*Vec) func(i int) (int64, bool) {
		return func(i int) (int64, bool) { return 2 * args[0].I64[i], args[0].I64[i] >= 0 }
	}
	for name, c := range map[string]struct {
		kernel Kernel
		want   []any
	}{
		"NumberRows": {NumberRows(types.Duration, notNegative), []any{int64(2), nil, int64(6), nil}},
		"IntMap":     {IntMap(types.Timestamp, func(x int64) int64 { return -x }), []any{int64(-1), nil, int64(-3), int64(1)}},
		"FloatMap":   {FloatMap(math.Sqrt), []any{1.0, nil, math.Sqrt(3), nil}}, // NaN is missing
		"BoolRows": {BoolRows(func(args []*Vec) func(i int) bool {
			return func(i int) bool { return args[0].I64[i] != 3 }
		}), []any{true, false, false, true}},
		"TextRows": {TextRows(func(args []*Vec) func(i int) (string, bool) {
			return func(i int) (string, bool) { return strconv.FormatInt(args[0].I64[i], 10), args[0].I64[i] != 3 }
		}), []any{"1", nil, nil, "-1"}},
	} {
		for _, mask := range []Bitmap{nil, FromRows([]int32{1, 3}, 4)} {
			got := c.kernel([]*Vec{ints}, 4, mask)
			for i, want := range c.want {
				if mask != nil && !mask.Get(i) {
					continue
				}
				if v := got.Value(i); !reflect.DeepEqual(v, want) {
					t.Errorf("%s: row %d = %v, want %v", name, i, v, want)
				}
			}
		}
		empty := c.kernel([]*Vec{Nulls(2)}, 2, nil)
		for i := range 2 {
			if v := empty.Value(i); v != nil && v != false {
				t.Errorf("%s of nothing = %v", name, v)
			}
		}
	}
}

func TestFiniteLeavesTheColumnAlone(t *testing.T) {
	valid := Ones(3)
	got := FloatMap(func(x float64) float64 { return 1 / x })([]*Vec{Floats([]float64{1, 0, 2}, valid)}, 3, nil)
	if !got.Missing(1) || got.Missing(0) || got.Missing(2) {
		t.Errorf("1/0 is %v beside %v and %v", got.Value(1), got.Value(0), got.Value(2))
	}
	if valid.Count() != 3 {
		t.Error("the argument's bitmap was changed")
	}
}
