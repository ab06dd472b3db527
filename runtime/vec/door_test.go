package vec_test

import (
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestDoorKeepsNumbers opens columns of floats: NaN and infinities are missing and
// counted, what was missing is not counted, and the array is as it was.
func TestDoorKeepsNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	many := make([]float64, 200) // beyond a block, NaN at both of its sides
	for i := range many {
		many[i] = float64(i)
	}
	many[63], many[64], many[199] = nan, -inf, inf
	wantMany := make([]any, len(many))
	for i, x := range many {
		if wantMany[i] = x; x-x != 0 {
			wantMany[i] = nil
		}
	}
	for _, c := range []struct {
		name   string
		values []float64
		valid  []bool // nil for all
		kind   types.Kind
		from   int // rows before are sliced off
		want   []any
		bad    int
	}{
		{"finite", []float64{1.5, math.MaxFloat64, -0.5}, nil, types.Float, 0, []any{1.5, math.MaxFloat64, -0.5}, 0},
		{"infinite", []float64{nan, 1, inf, 2, -inf}, nil, types.Float, 0, []any{nil, 1.0, nil, 2.0, nil}, 3},
		{"missing before", []float64{nan, 1, inf}, []bool{false, true, true}, types.Float, 0, []any{nil, 1.0, nil}, 1},
		{"a slice", []float64{nan, 1, inf, 2, 3}, []bool{true, true, true, false, true}, types.Float, 1, []any{1.0, nil, nil, 3.0}, 1},
		{"as integers", []float64{nan, 1, inf, 1.5}, nil, types.Int, 0, []any{nil, int64(1), nil, nil}, 3},
		{"as text", []float64{nan, 1.5}, nil, types.String, 0, []any{"NaN", "1.5"}, 0},
		{"many", many, nil, types.Float, 0, wantMany, 3},
	} {
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		b.AppendValues(c.values, c.valid)
		whole := b.NewFloat64Array()
		before := slices.Clone(whole.NullBitmapBytes())
		a := array.NewSlice(whole, int64(c.from), int64(whole.Len()))
		var door vec.Door
		for range 2 { // the second time the array must still say the same
			v, bad, err := door.Open(arrow.Field{Name: "x", Type: a.DataType()}, a, c.kind)
			if err != nil {
				t.Fatal(c.name, err)
			}
			var got []any
			for i := range v.N {
				got = append(got, v.Value(i))
			}
			if diff := cmp.Diff(c.want, got); diff != "" || bad != c.bad {
				t.Errorf("%s: %d bad values, want %d (-want +got)\n%s", c.name, bad, c.bad, diff)
			}
		}
		if !slices.Equal(before, whole.NullBitmapBytes()) {
			t.Errorf("%s: the bitmap of the array was changed", c.name)
		}
		door.Close()
	}
}

// TestDoorKeepsNumbersInLists opens lists of short floats.
func TestDoorKeepsNumbersInLists(t *testing.T) {
	b := array.NewListBuilder(memory.DefaultAllocator, arrow.PrimitiveTypes.Float32)
	for _, list := range [][]float32{{1, float32(math.NaN())}, {}, {float32(math.Inf(-1)), 0.5}} {
		b.Append(true)
		b.ValueBuilder().(*array.Float32Builder).AppendValues(list, nil)
	}
	a := b.NewListArray()
	var door vec.Door
	defer door.Close()
	v, bad, err := door.Open(arrow.Field{Name: "x", Type: a.DataType()}, a, types.List)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{v.Value(0), v.Value(1), v.Value(2)}
	want := []any{[]any{1.0, nil}, []any{}, []any{nil, 0.5}}
	if diff := cmp.Diff(want, got); diff != "" || bad != 2 {
		t.Errorf("%d bad values, want 2 (-want +got)\n%s", bad, diff)
	}
}
