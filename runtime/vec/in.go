package vec

import (
	"math"
	"slices"
	"unicode/utf8"

	"github.com/detlang/det/lang/types"
)

// InTexts holds for the rows of a String column that equal one of the texts,
// ignoring case by simple folding unless cased.
func InTexts(texts []string, cased bool) Test {
	if len(texts) == 1 {
		return CompareText(Equal, texts[0], cased)
	}
	t := newTextSet(texts, cased)
	return textTest(t.has, nil)
}

// textSet is a set of texts, folded unless cased, with what can be told at a glance
// of those that are not in it.
type textSet struct {
	texts    map[string]struct{}
	cased    bool
	min, max int
	ends     [16]uint64 // first and last bytes of members: see endsOf
	fold     []byte     // scratch
}

func newTextSet(texts []string, cased bool) *textSet {
	t := &textSet{texts: make(map[string]struct{}, len(texts)), cased: cased, min: math.MaxInt}
	for _, s := range texts {
		lo, hi := int32(len(s)), int32(len(s))
		if !cased {
			s = FoldString(s)
			lo, hi = foldedLengths(s)
		}
		t.texts[s] = struct{}{}
		t.min, t.max = min(t.min, int(lo)), max(t.max, int(hi))
		if k, ok := endsOf(s); ok {
			t.ends[k>>6] |= 1 << (k & 63)
		}
	}
	return t
}

// endsOf makes ten bits of the first and the last byte of a text, the same for all
// texts that fold to one; ok is false where those are not ASCII.
func endsOf(s string) (bits uint, ok bool) {
	if s == "" {
		return 0, true
	}
	first, last := s[0], s[len(s)-1]
	return uint(first&31)<<5 | uint(last&31), first|last < utf8.RuneSelf
}

// has reports whether s is in the set.
func (t *textSet) has(s string) bool {
	if len(s) < t.min || len(s) > t.max {
		return false
	}
	if k, ok := endsOf(s); ok && t.ends[k>>6]>>(k&63)&1 == 0 {
		return false
	}
	if !t.cased && foldedPrefix(s) < len(s) {
		t.fold = AppendFold(t.fold[:0], s)
		s = unsafeString(t.fold)
	}
	_, ok := t.texts[s]
	return ok
}

// InNumbers holds for the rows of an Int, Float, Timestamp or Duration column that
// equal one of the numbers exactly, whichever of the two kinds they are written
// in.
func InNumbers(ints []int64, floats []float64) Test {
	set := &numberSet{}
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
	set.tabulate()
	return set.test
}

// numberSet is the members of a list as whole numbers and as floats, each
// ascending; a number that only one of the kinds can hold is in one only.
type numberSet struct {
	ints   []int64
	floats []float64
	table  Bitmap // of the whole numbers from the first on, if they lie close together
}

const (
	fewNumbers = 4       // so many are compared one after the other
	tableBits  = 1 << 16 // whole numbers no further apart are looked up
)

// tabulate lays out the table.
func (t *numberSet) tabulate() {
	if len(t.ints) <= fewNumbers {
		return
	}
	first, last := t.ints[0], t.ints[len(t.ints)-1]
	if span := uint64(last - first); span < tableBits {
		t.table = NewBitmap(int(span) + 1)
		for _, x := range t.ints {
			t.table.Set(int(x - first))
		}
	}
}

func (t *numberSet) test(args []*Vec, n int, _, out Bitmap) {
	clear(out)
	switch v := args[0]; {
	case v.is(whole...) && t.table != nil:
		first, span := t.ints[0], uint64(len(t.table))<<6
		x := v.I64
		testRows(out, n, nil, func(i int) bool {
			at := uint64(x[i] - first)
			return at < span && t.table[at>>6]>>(at&63)&1 != 0
		})
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
