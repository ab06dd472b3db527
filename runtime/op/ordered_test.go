package op

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Wanted values are those of numpy.percentile and scipy.stats.median_abs_deviation.
func TestOrdered(t *testing.T) {
	for _, c := range []struct {
		v     []float64
		zeros int
		q     float64
		want  float64
		mad   float64
	}{
		{[]float64{3}, 0, 0.5, 3, 0},
		{[]float64{1, 2, 3, 4}, 0, 0.5, 2.5, 1},
		{[]float64{15, 20, 35, 40, 50}, 0, 0.4, 29, 15},
		{[]float64{15, 20, 35, 40, 50}, 0, 0.95, 48, 15},
		{[]float64{7, 9}, 8, 0.95, 8.1, 0},
		{[]float64{-4, -2, 6}, 3, 0.25, -1.5, 1},
		{[]float64{1, 1, 1, 1, 100}, 0, 1, 100, 0},
		{[]float64{1, 1, 1, 1, 100}, 0, 0, 1, 0},
	} {
		o := order(slices.Clone(c.v), c.zeros)
		if got := o.quantile(c.q); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("quantile %g of %v and %d zeros is %g, want %g", c.q, c.v, c.zeros, got, c.want)
		}
		if got := o.mad(); math.Abs(got-c.mad) > 1e-12 {
			t.Errorf("mad of %v and %d zeros is %g, want %g", c.v, c.zeros, got, c.mad)
		}
	}
}

// Zeros that are implied and members that are left out are as if written out.
func TestOrderedWrittenOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-5, 5).Draw(t, "x")) / 2 }), 1, 20).Draw(t, "v")
		zeros := rapid.IntRange(0, 5).Draw(t, "zeros")
		o := order(slices.Clone(v), zeros)
		if len(v) > 1 && zeros == 0 {
			o.skip = rapid.IntRange(-1, len(v)-1).Draw(t, "skip")
		}
		var all []float64
		for i, x := range o.v {
			if i != o.skip {
				all = append(all, x)
			}
		}
		all = append(all, make([]float64, zeros)...)
		slices.Sort(all)
		got := make([]float64, o.n())
		for i := range got {
			got[i] = o.at(i)
		}
		if !slices.Equal(got, all) {
			t.Fatalf("got %v, want %v", got, all)
		}
		med := middle(all)
		var dist []float64
		for _, x := range all {
			dist = append(dist, math.Abs(x-med))
		}
		slices.Sort(dist)
		if m := o.median(); m != med {
			t.Fatalf("median %g, want %g of %v", m, med, all)
		}
		if m := o.mad(); m != middle(dist) {
			t.Fatalf("mad %g, want %g of %v", m, middle(dist), all)
		}
	})
}

// middle is the median of sorted numbers.
func middle(v []float64) float64 {
	n := len(v)
	return v[(n-1)/2] + (v[n/2]-v[(n-1)/2])/2
}
