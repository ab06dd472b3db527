package company

import (
	"math"
	"math/rand/v2"
)

// dice is chance that repeats itself: the same seed and stream give the same
// throws. Streams (a table and a day) do not disturb each other.
type dice struct{ *rand.Rand }

func newDice(seed, stream uint64) *dice { return &dice{rand.New(rand.NewPCG(seed, stream))} }

// chance is true n times in a thousand.
func (d *dice) chance(n int) bool { return d.IntN(1000) < n }

// between is a number from lo to hi, both included.
func (d *dice) between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// poisson is a count with the given mean, by Knuth's multiplication (The Art of
// Computer Programming, volume 2, 3.4.1); means above 30 are summed from parts.
func (d *dice) poisson(mean float64) int {
	n := 0
	for ; mean > 30; mean -= 30 {
		n += d.poisson(30)
	}
	limit := math.Exp(-mean)
	for p := d.Float64(); p > limit; p *= d.Float64() {
		n++
	}
	return n
}

// pick is one of the choices, each as likely.
func pick[T any](d *dice, choices []T) T { return choices[d.IntN(len(choices))] }

// zipf is an index below n, low ones more likely: the weight of i falls about as
// 1/(i+1), by inverting its integral.
func (d *dice) zipf(n int) int {
	return min(int(math.Exp(d.Float64()*math.Log(float64(n+1))))-1, n-1)
}
