package op

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// TestSamplesLate reads the figures of a batch in any order, for any rows: a sample is
// taken once, only for rows that are meant and wanted, and what was read stays true
// while more is read.
func TestSamplesLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 150).Draw(t, "rows")
		fig := &figures{min: 2, floor: 0.5, trend: true, list: []figure{{name: "n"}, {name: "warm"}, {name: "mean"}, {name: "stddev"}, {name: "scale"}, {name: "slope"}}}
		b := &runtime.Batch{N: n}
		if rapid.Bool().Draw(t, "some") {
			b.Sel = []int32{}
			for r := range int32(n) {
				if rapid.Bool().Draw(t, "meant") {
					b.Sel = append(b.Sel, r)
				}
			}
		}
		s := &samples{fig: fig}
		s.room(n + 7) // of the batch before
		taken := map[int32]bool{}
		cols := s.late(b, nil, func(rows []int32) {
			for _, r := range rows {
				if taken[r] || b.Sel != nil && !slices.Contains(b.Sel, r) {
					t.Fatalf("the sample of row %d is taken", r)
				}
				taken[r] = true
				s.n[r], s.mean[r], s.sd[r], s.slope[r] = int64(r%4), float64(r), float64(r%3), float64(r)
			}
		})
		for range rapid.IntRange(1, 8).Draw(t, "reads") {
			mask := vec.NewBitmap(n)
			for r := range n {
				if rapid.IntRange(0, 3).Draw(t, "wanted") == 0 {
					mask.Set(r)
				}
			}
			if rapid.IntRange(0, 5).Draw(t, "all") == 0 {
				mask = nil
			}
			i := rapid.IntRange(0, len(cols)-1).Draw(t, "figure")
			v := cols[i].Loaded(mask)
			for _, r := range every(b) {
				if mask != nil && !mask.Get(int(r)) {
					continue
				}
				size := int64(r % 4)
				var want any
				switch {
				case i == 0:
					want = size
				case i == 1:
					want = size >= 2
				case size < 2:
				case i == 4:
					want = max(float64(r%3), 0.5)
				case i == 3:
					want = float64(r % 3)
				default:
					want = float64(r)
				}
				if got := v.Value(int(r)); got != want {
					t.Fatalf("row %d of %s is %v, want %v", r, fig.list[i].name, got, want)
				}
			}
		}
	})
}
