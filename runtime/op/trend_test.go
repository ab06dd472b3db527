package op

import (
	"math"
	"testing"
)

// A line of slope 1 on top of large values is one of slope 1.
func TestTrendOfLargeValues(t *testing.T) {
	for _, base := range []float64{0, 1e6, 1e12, 1e14} {
		var line trend
		const days = 90
		y := func(back uint32) float64 { return base + days - float64(back) }
		for back := uint32(1); back <= days; back++ {
			line.add(back, y(back))
		}
		for back := uint32(1); back <= days; back++ {
			line.weigh(back, y(back))
		}
		if slope, expected := line.fit(); math.Abs(slope-1) > 1e-12 || math.Abs(expected-y(0)) > 1e-15*base+1e-12 {
			t.Errorf("on %g: slope %v, expected %v", base, slope, expected)
		}
	}
}
