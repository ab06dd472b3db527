package op

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// TestIntQueue gives a few cells values of all sizes, in windows that lie close or
// far apart, some of them without a value, and holds each sample against one that is
// put together from the whole past; now and then state is saved and loaded.
func TestIntQueue(t *testing.T) {
	type past struct {
		ordinal uint32
		x       int64
		ok      bool
	}
	const cells = 3
	sizes := []int64{0, 1, -3, math.MaxInt16, math.MinInt16, math.MinInt16 - 1, math.MaxInt32, math.MinInt32, math.MinInt32 + 1, 1 << 40, math.MinInt64, math.MaxInt64}
	rapid.Check(t, func(t *rapid.T) {
		back := uint32(rapid.SampledFrom([]int{3, 12, 100_000}).Draw(t, "back"))
		apart := uint32(rapid.IntRange(1, 3).Draw(t, "apart"))
		how := policy{queue: true, overlap: apart > 1, skip: true, fig: &figures{list: []figure{{name: "mean"}}}}
		fresh := func() *intHistory { return &intHistory{policy: how} }
		h := fresh()
		h.grow(cells)
		var all [cells][]past
		now := uint32(0)
		for range rapid.IntRange(1, 60).Draw(t, "windows") {
			now += uint32(rapid.SampledFrom([]int{1, 1, 1, 2, 70_000}).Draw(t, "gap"))
			j := &judgement{value: &vec.Vec{Kind: types.Int, I64: make([]int64, cells), Valid: vec.NewBitmap(cells)}, cells: []int32{0, 1, 2}, now: now}
			j.lo, j.hi = uint32(max(0, int64(now)-int64(back))), uint32(max(0, int64(now)-int64(apart)+1))
			for c := range int32(cells) {
				if !rapid.Bool().Draw(t, "row") {
					continue
				}
				j.rows = append(j.rows, c)
				j.value.I64[c] = rapid.SampledFrom(sizes).Draw(t, "value")
				if rapid.IntRange(0, 4).Draw(t, "present") > 0 {
					j.value.Valid.Set(int(c))
				}
			}
			s := how.fig.samples(cells)
			read := j.rows // of some keys nobody reads the sample
			if rapid.Bool().Draw(t, "unread") {
				read = read[:len(read)/2]
			}
			h.judge(j, read, s)
			h.learn(j, nil)
			for _, c := range read {
				var want agg.IntMoments
				for _, p := range all[c] {
					if p.ok && p.ordinal >= j.lo && p.ordinal < j.hi {
						want.Add(p.x)
					}
				}
				if s.n[c] != want.N() || want.N() > 0 && s.mean[c] != want.Mean() || want.N() > 1 && s.sd[c] != want.Stddev() {
					t.Fatalf("cell %d at %d: n %d mean %v sd %v, want %d %v %v of %v", c, now, s.n[c], s.mean[c], s.sd[c], want.N(), want.Mean(), want.Stddev(), all[c])
				}
			}
			for _, c := range j.rows {
				all[c] = append(all[c], past{now, j.value.I64[c], j.value.Valid.Get(int(c))})
			}
			if rapid.IntRange(0, 5).Draw(t, "restart") == 0 {
				var file bytes.Buffer
				w := state.NewWriter(&file)
				h.save(w)
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
				h = fresh()
				if err := h.load(state.NewReader(&file, int64(file.Len()))); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// TestNearby holds the order of places against what it should be: all rows, by cell.
func TestNearby(t *testing.T) {
	const rows = nearbyRows + 500
	var x nearby
	for _, most := range []int32{nearbyCells - 1, nearbyCells, 1 << 23, math.MaxInt32} {
		cells, all := make([]int32, rows), upTo(rows)
		for i := range cells {
			cells[i] = int32(uint64(i) * 2654435761 % uint64(most))
		}
		cells[7] = most
		last := int32(-1)
		seen := map[int32]bool{}
		for _, p := range x.order(all, cells) {
			if p.cell() != cells[p.row()] || most >= nearbyCells && p.cell() < last {
				t.Fatalf("up to %d: row %d of cell %d comes after cell %d", most, p.row(), p.cell(), last)
			}
			last = p.cell()
			seen[p.row()] = true
		}
		if len(seen) != rows {
			t.Fatalf("up to %d: %d of %d rows", most, len(seen), rows)
		}
	}
}
