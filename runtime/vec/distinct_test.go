package vec

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.StringMatching("[ab]{0,6}"), 0, 20).Draw(t, "values")
		sorted := slices.Sorted(slices.Values(values))
		if got, want := NewDict(values...).Distinct(), len(slices.Compact(sorted)) == len(values); got != want {
			t.Fatalf("%q distinct: %v", values, got)
		}
	})
}

// Of many texts some share a bit without being equal.
func TestDistinctOfMany(t *testing.T) {
	var values []string
	for i := range 20_000 {
		values = append(values, strconv.Itoa(i))
	}
	if !NewDict(values...).Distinct() {
		t.Error("different numbers are not distinct")
	}
	if NewDict(append(values, "19999")...).Distinct() {
		t.Error("a number that comes twice was not found")
	}
}

func BenchmarkDistinct(b *testing.B) {
	var values []string
	for i := range 1_000_000 {
		values = append(values, "10.0."+strconv.Itoa(i))
	}
	d := NewDict(values...)
	for b.Loop() {
		d.Distinct()
	}
}
