package op

import (
	"math"
	"slices"
	"sort"
)

// ordered is a sample in ascending order: the numbers of a sorted slice, but for
// the one at skip (-1 for none), and some zeros between them that are not in the
// slice. So the windows without events cost nothing, and every member of a group
// can be left out of it in turn without sorting again.
type ordered struct {
	v      []float64
	skip   int
	zeros  int
	zeroAt int // how many of v lie below the zeros
}

// order makes the sample of some values, which it sorts, and zeros.
func order(v []float64, zeros int) ordered {
	slices.Sort(v)
	o := ordered{v: v, skip: -1, zeros: zeros}
	if zeros > 0 {
		o.zeroAt, _ = slices.BinarySearch(v, 0)
	}
	return o
}

func (o *ordered) n() int {
	n := len(o.v) + o.zeros
	if o.skip >= 0 {
		n--
	}
	return n
}

// at is element i.
func (o *ordered) at(i int) float64 {
	if i >= o.zeroAt && o.zeros > 0 {
		if i < o.zeroAt+o.zeros {
			return 0
		}
		i -= o.zeros
	}
	if o.skip >= 0 && i >= o.skip {
		i++
	}
	return o.v[i]
}

// quantile is the value below which a share q of the sample lies, from 0 to 1,
// linear between the closest ranks: numpy's default, type 7 of R. J. Hyndman and
// Y. Fan (1996). The sample is not empty.
func (o *ordered) quantile(q float64) float64 {
	rank := q * float64(o.n()-1)
	i := int(rank)
	if i >= o.n()-1 {
		return o.at(o.n() - 1)
	}
	return between(o.at(i), o.at(i+1), rank-float64(i))
}

// between is the point a share t of the way from a to b, with b exactly at t = 1.
func between(a, b, t float64) float64 {
	switch {
	case a == b:
		return a
	case t < 0.5:
		return a + (b-a)*t
	}
	return b - (b-a)*(1-t)
}

func (o *ordered) median() float64 { return o.quantile(0.5) }

// mad is the median of the distances from the median. The distances lie in two
// runs, one to each side, each already sorted; the k-th of both together is found
// by bisection.
func (o *ordered) mad() float64 {
	m, n := o.median(), o.n()
	split := sort.Search(n, func(i int) bool { return o.at(i) >= m })
	if n%2 == 1 {
		return o.distance(m, split, n/2)
	}
	return between(o.distance(m, split, n/2-1), o.distance(m, split, n/2), 0.5)
}

// distance is the k-th smallest distance from m, when elements below split are
// below m.
func (o *ordered) distance(m float64, split, k int) float64 {
	rest := o.n() - split
	left := func(i int) float64 { return m - o.at(split-1-i) }
	right := func(i int) float64 { return o.at(split+i) - m }
	// How many of the k smallest are on the left: the fewest for which the next one
	// there is no smaller than the last one taken on the right.
	low, high := max(0, k-rest), min(k, split)
	taken := low + sort.Search(high-low, func(i int) bool { return left(low+i) >= right(k-1-low-i) })
	next := math.Inf(1)
	if taken < split {
		next = left(taken)
	}
	if r := k - taken; r < rest {
		next = min(next, right(r))
	}
	return next
}
