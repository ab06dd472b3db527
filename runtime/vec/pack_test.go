package vec

import (
	"math"
	"testing"
)

// TestPackLoops holds every loop against the test that it packs, for lengths
// around its words and steps.
func TestPackLoops(t *testing.T) {
	rnd := source(t)
	for _, n := range []int{0, 1, 7, 8, 63, 64, 65, 128, 200} {
		codes, codes2 := make([]int32, n), make([]int32, n)
		ints, ints2 := make([]int64, n), make([]int64, n)
		floats, floats2 := make([]float64, n), make([]float64, n)
		offs := make([]int32, n+1)
		for i := range n {
			codes[i], codes2[i] = rnd.Int32N(64), rnd.Int32N(3)
			ints[i], ints2[i] = rnd.Int64N(5)-2, rnd.Int64N(5)-2
			floats[i], floats2[i] = float64(ints[i])/2, float64(ints2[i])/2
			if rnd.IntN(9) == 0 {
				floats[i], ints[i] = math.NaN(), math.MinInt64
			}
			offs[i+1] = offs[i] + rnd.Int32N(5)
		}
		hits := make([]uint8, 64)
		word := rnd.Uint64()
		for c := range hits {
			hits[c] = uint8(word >> c & 1)
		}
		out := NewBitmap(n)
		for name, c := range map[string]struct {
			pack func()
			test func(i int) bool
		}{
			"code":     {func() { packCode(out, codes, 5) }, func(i int) bool { return codes[i] == 5 }},
			"code 0":   {func() { packCode(out, codes2, 0) }, func(i int) bool { return codes2[i] == 0 }},
			"small":    {func() { packSmall(out, codes, word) }, func(i int) bool { return word>>codes[i]&1 == 1 }},
			"table":    {func() { packTable(out, codes, hits) }, func(i int) bool { return hits[codes[i]] == 1 }},
			"within":   {func() { packWithin(out, ints, -1, 3) }, func(i int) bool { return ints[i] >= -1 && ints[i] < 2 }},
			"wrapping": {func() { packWithin(out, ints, math.MinInt64, 1<<63) }, func(i int) bool { return ints[i] < 0 }},
			"none":     {func() { packWithin(out, ints, 0, 0) }, func(i int) bool { return false }},
			"at least": {func() { packAtLeast(out, floats, 0.5) }, func(i int) bool { return floats[i] >= 0.5 }},
			"at most":  {func() { packAtMost(out, floats, 0.5) }, func(i int) bool { return floats[i] <= 0.5 }},
			"is":       {func() { packIs(out, floats, 0.5) }, func(i int) bool { return floats[i] == 0.5 }},
			"equal":    {func() { packEqual(out, floats, floats2) }, func(i int) bool { return floats[i] == floats2[i] }},
			"less":     {func() { packLess(out, ints, ints2) }, func(i int) bool { return ints[i] < ints2[i] }},
			"at most2": {func() { packAtMostOf(out, floats, floats2) }, func(i int) bool { return floats[i] <= floats2[i] }},
			"lengths":  {func() { packLengths(out, offs, 1, 3) }, func(i int) bool { l := offs[i+1] - offs[i]; return l >= 1 && l <= 3 }},
		} {
			c.pack()
			for i := range n {
				if out.Get(i) != c.test(i) {
					t.Errorf("%s, row %d of %d: %t", name, i, n, out.Get(i))
				}
			}
			if rest := NewBitmap(n); n > 0 {
				copy(rest, out)
				if rest.trim(n); rest[len(rest)-1] != out[len(out)-1] {
					t.Errorf("%s: bits after row %d", name, n)
				}
			}
		}
	}
}

// BenchmarkPack measures the loops over 8,192 rows in cache.
func BenchmarkPack(b *testing.B) {
	const n = 8192
	rnd := source(b)
	codes, large := make([]int32, n), make([]int32, n)
	ints, floats := make([]int64, n), make([]float64, n)
	for i := range n {
		codes[i], large[i] = rnd.Int32N(50), rnd.Int32N(100_000)
		ints[i], floats[i] = rnd.Int64N(100), rnd.Float64()
	}
	out, hits := NewBitmap(n), make([]uint8, 100_000)
	for _, c := range []struct {
		name string
		pack func()
	}{
		{"code", func() { packCode(out, codes, 7) }},
		{"small", func() { packSmall(out, codes, 0x1234) }},
		{"table", func() { packTable(out, codes, hits) }},
		{"large table", func() { packTable(out, large, hits) }},
		{"within", func() { packWithin(out, ints, 3, 20) }},
		{"at least", func() { packAtLeast(out, floats, 0.5) }},
		{"is", func() { packIs(out, floats, 0.5) }},
		{"equal", func() { packEqual(out, ints, ints) }},
		{"less", func() { packLess(out, floats, floats) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.pack()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Grows/s")
		})
	}
}
