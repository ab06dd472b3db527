package vec

import (
	"math"
	"slices"

	"github.com/detlang/det/lang/types"
)

// InTexts holds for the rows of a String column that equal one of the texts,
// ignoring case by simple folding unless cased.
func InTexts(texts []string, cased bool) Test {
	if len(texts) == 1 {
		return CompareText(Equal, texts[0], cased)
	}
	set := make(map[string]struct{}, len(texts))
	lo, hi := int32(math.MaxInt32), int32(0)
	var first [256]bool
	for _, s := range texts {
		w := newWord(s)
		if cased {
			w = &word{text: s, min: int32(len(s)), max: int32(len(s))}
			if s != "" {
				w.first[s[0]] = true
			}
		}
		set[w.text] = struct{}{}
		lo, hi = min(lo, w.min), max(hi, w.max)
		for b, ok := range w.first {
			first[b] = first[b] || ok
		}
	}
	var fold []byte // scratch
	return textTest(func(s string) bool {
		if len(s) < int(lo) || len(s) > int(hi) || s != "" && !first[s[0]] {
			return false
		}
		_, ok := set[s]
		if !ok && !cased {
			fold = AppendFold(fold[:0], s)
			_, ok = set[string(fold)]
		}
		return ok
	}, nil)
}

// InNumbers holds for the rows of an Int, Float, Timestamp or Duration column that
// equal one of the numbers exactly, whichever of the two kinds they are written
// in.
func InNumbers(ints []int64, floats []float64) Test {
	set := numberSet{}
	for _, x := range ints {
		set.ints = append(set.ints, x)
		if iv := floatsForInt(Equal, x); !iv.none {
			set.floats = append(set.floats, iv.lo)
		}
	}
	for _, x := range floats {
		if x == x {
			set.floats = append(set.floats, x)
		}
		if iv := intsForFloat(Equal, x); !iv.none {
			set.ints = append(set.ints, iv.lo)
		}
	}
	slices.Sort(set.ints)
	slices.Sort(set.floats)
	set.ints, set.floats = slices.Compact(set.ints), slices.Compact(set.floats)
	return set.test
}

// numberSet is the members of a list as whole numbers and as floats, each
// ascending; a number that only one of the kinds can hold is in one only.
type numberSet struct {
	ints   []int64
	floats []float64
}

// fewNumbers is how many numbers are compared one after the other.
const fewNumbers = 4

func (t numberSet) test(args []*Vec, n int, _, out Bitmap) {
	clear(out)
	switch v := args[0]; {
	case v.is(whole...):
		anyOf(out, n, v.I64[:n], t.ints, func(out Bitmap, x []int64, c int64) { packWithin(out, x, c, 1) })
	case v.Kind == types.Float:
		anyOf(out, n, v.F64[:n], t.floats, packIs)
	}
	out.Intersect(args[0].Valid)
}

// anyOf marks the rows of x that are in set: by comparing columns while it is
// small, by bisection when it is not.
func anyOf[T int64 | float64](out Bitmap, n int, x, set []T, equal func(out Bitmap, x []T, c T)) {
	if len(set) == 0 {
		return
	}
	if len(set) > fewNumbers {
		testRows(out, n, nil, func(i int) bool {
			_, ok := slices.BinarySearch(set, x[i])
			return ok
		})
		return
	}
	var some [64]uint64
	for w := 0; w < len(out); w += len(some) {
		part := some[:min(len(some), len(out)-w)]
		for _, c := range set {
			equal(part, x[w<<6:min((w+len(part))<<6, n)], c)
			out[w : w+len(part)].Unite(part)
		}
	}
}

// InBools holds for the rows of a Bool column that equal one of the values.
func InBools(values []bool) Test {
	yes, no := slices.Contains(values, true), slices.Contains(values, false)
	switch {
	case yes && no:
		return onColumn(func(_ *Vec, n int, out Bitmap) { out.Fill(n) }, types.Bool)
	case yes || no:
		return EqualBool(yes)
	}
	return Never
}
