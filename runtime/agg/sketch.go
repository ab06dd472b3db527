package agg

import (
	"math"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/mapping"
	"github.com/DataDog/sketches-go/ddsketch/store"

	"github.com/detlang/det/runtime/state"
)

// sketchError is the relative error of a quantile that a sketch gives.
const sketchError = 0.005

// sketch is a DDSketch (C. Masson, J. E. Rim, H. K. Lee, DDSketch: a fast and
// fully-mergeable quantile sketch with relative-error guarantees, 2019): counts by
// the logarithm of the value, in bins that are never collapsed, so that it is a
// function of the set of values. Values nearer to 0 than 1e-307 count as 0, and
// those beyond 1e308 as that.
type sketch struct {
	*ddsketch.DDSketch
	most float64 // the greatest magnitude that it can take
}

func newQuantileSketch() *sketch {
	// The mapping refuses only errors outside (0, 1).
	m, _ := mapping.NewLogarithmicMapping(sketchError)
	return &sketch{
		DDSketch: ddsketch.NewDDSketchFromStoreProvider(m, store.BufferedPaginatedStoreConstructor),
		most:     m.MaxIndexableValue(),
	}
}

func (k *sketch) add(x float64) { k.addN(x, 1) }

// addN adds a value n times. Its errors are those of values out of range, which
// are clamped before.
func (k *sketch) addN(x, n float64) { _ = k.AddWithCount(max(-k.most, min(x, k.most)), n) }

// merge adds another sketch, which has the same mapping: so it cannot fail.
func (k *sketch) merge(o *sketch) { _ = k.MergeWith(o.DDSketch) }

// quantile is a value near the one at rank q·(n−1), rounded down. The library ranks
// negative values from the greatest, so that it would round theirs up.
func (k *sketch) quantile(q float64) float64 {
	if k.IsEmpty() {
		return math.NaN()
	}
	rank := math.Floor(q * (k.GetCount() - 1))
	negative := k.GetNegativeValueStore()
	below := negative.TotalCount()
	if rank < below {
		return -k.Value(negative.KeyAtRank(below - 1 - rank))
	}
	if below += k.GetZeroCount(); rank < below {
		return 0
	}
	return k.Value(k.GetPositiveValueStore().KeyAtRank(rank - below))
}

// bytes is about the memory held: 8 a bin in pages of 32.
func (k *sketch) bytes() int {
	bins := 0
	k.ForEach(func(_, _ float64) bool { bins++; return false })
	return 512 + 16*bins
}

// save writes how many values are 0, then the bins of positive and of negative
// values, each as an index and a count.
func (k *sketch) save(w *state.Writer) {
	w.Float(k.GetZeroCount())
	for _, s := range []store.Store{k.GetPositiveValueStore(), k.GetNegativeValueStore()} {
		var bins []bin
		s.ForEach(func(index int, count float64) bool {
			bins = append(bins, bin{int64(index), count})
			return false
		})
		state.Structs(w, bins)
	}
}

type bin struct {
	index int64
	count float64
}

// load adds what save wrote.
func (k *sketch) load(r *state.Reader) {
	k.addCount(r, 0, r.Float())
	lowest, highest := int64(k.Index(k.MinIndexableValue())), int64(k.Index(k.most))
	for _, s := range []store.Store{k.GetPositiveValueStore(), k.GetNegativeValueStore()} {
		for _, b := range state.ReadStructs[bin](r) {
			if b.index < lowest || b.index > highest || !(b.count > 0) || math.IsInf(b.count, 0) {
				r.Fail("a bin of a sketch is out of range")
				return
			}
			s.AddWithCount(int(b.index), b.count)
		}
	}
}

func (k *sketch) addCount(r *state.Reader, x, n float64) {
	if n < 0 || math.IsNaN(n) || math.IsInf(n, 0) {
		r.Fail("a count of a sketch is out of range")
		return
	}
	k.addN(x, n)
}
