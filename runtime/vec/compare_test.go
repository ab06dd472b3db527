package vec

import (
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
)

var orders = map[string]Order{"==": Equal, "<": Less, "<=": AtMost, ">": More, ">=": AtLeast}

// edges are numbers at which rounding and overflow show.
var (
	intEdges = []any{int64(0), int64(1), int64(-1), int64(7), int64(1 << 53), int64(1<<53 + 1), int64(1<<53 - 1),
		int64(-1<<53 - 1), int64(math.MaxInt64), int64(math.MaxInt64 - 1), int64(math.MinInt64), int64(math.MinInt64 + 1)}
	floatEdges = []any{0.0, math.Copysign(0, -1), 1.0, -1.0, 0.5, 7.0, 6.999999, -0.5, math.SmallestNonzeroFloat64, float64(1 << 53),
		float64(1<<53 + 2), float64(1 << 63), -float64(1 << 63), math.Nextafter(1<<63, 0), math.Nextafter(-1<<63, math.Inf(-1)),
		math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
)

// exact compares two numbers as fractions; ok is false for NaN.
func exact(a, b any) (sign int, ok bool) {
	size := func(x any) (inf int, r *big.Rat) {
		switch x := x.(type) {
		case int64:
			return 0, new(big.Rat).SetInt64(x)
		case float64:
			if math.IsInf(x, 0) {
				return int(math.Copysign(1, x)), nil
			}
			return 0, new(big.Rat).SetFloat64(x)
		}
		return 0, nil
	}
	infA, ratA := size(a)
	infB, ratB := size(b)
	switch {
	case a != a || b != b: // NaN
		return 0, false
	case infA != infB:
		return infA - infB, true
	case infA != 0:
		return 0, true
	}
	return ratA.Cmp(ratB), true
}

// compared is the meaning of a comparison of two numbers, nil being missing.
func compared(op string, a, b any) bool {
	if a == nil || b == nil {
		return false
	}
	sign, ok := exact(a, b)
	if !ok {
		return false
	}
	switch op {
	case "<":
		return sign < 0
	case "<=":
		return sign <= 0
	case ">":
		return sign > 0
	case ">=":
		return sign >= 0
	}
	return sign == 0
}

func TestCompareWithNumber(t *testing.T) {
	rnd := source(t)
	for op, o := range orders {
		for _, missing := range []bool{false, true} {
			ints := column(rnd, types.Int, 300, missing, intEdges)
			floats := column(rnd, types.Float, 300, missing, floatEdges)
			for _, c := range append(intEdges, floatEdges...) {
				make := func() Test {
					if i, ok := c.(int64); ok {
						return CompareInt(o, i)
					}
					return CompareFloat(o, c.(float64))
				}
				for _, v := range []*Vec{ints, floats} {
					t.Run(fmt.Sprintf("%v %s %v", v.Kind, op, c), func(t *testing.T) {
						checkTest(t, make, func(row []any) bool { return compared(op, row[0], c) }, v)
					})
				}
			}
		}
	}
}

func TestCompareNumbers(t *testing.T) {
	rnd := source(t)
	for op, o := range orders {
		cols := []*Vec{
			column(rnd, types.Int, 500, true, intEdges), column(rnd, types.Int, 500, false, intEdges),
			column(rnd, types.Float, 500, true, floatEdges), column(rnd, types.Float, 500, false, floatEdges),
		}
		for _, v := range cols {
			for _, w := range cols {
				t.Run(fmt.Sprintf("%v %s %v", v.Kind, op, w.Kind), func(t *testing.T) {
					checkTest(t, func() Test { return CompareNumbers(o) }, func(row []any) bool { return compared(op, row[0], row[1]) }, v, w)
				})
			}
		}
	}
}

func TestMirror(t *testing.T) {
	for op, o := range orders {
		for _, a := range []int64{1, 2, 3} {
			if o.holds(int(a-2)) != o.Mirror().holds(int(2-a)) {
				t.Errorf("%d %s 2 is not its mirror", a, op)
			}
		}
	}
}

// TestIntervals holds the intervals against exact comparison at every pair of edges.
func TestIntervals(t *testing.T) {
	for op, o := range orders {
		for _, c := range append(intEdges, floatEdges...) {
			var ints interval[int64]
			var floats interval[float64]
			switch c := c.(type) {
			case int64:
				ints, floats = intsFor(o, c), floatsForInt(o, c)
			case float64:
				ints, floats = intsForFloat(o, c), floatsFor(o, c)
			}
			for _, x := range intEdges {
				x := x.(int64)
				if got := !ints.none && ints.lo <= x && x <= ints.hi; got != compared(op, x, c) {
					t.Errorf("%d %s %v: %t", x, op, c, got)
				}
			}
			for _, x := range floatEdges {
				x := x.(float64)
				if got := !floats.none && floats.lo <= x && x <= floats.hi; got != compared(op, x, c) {
					t.Errorf("%v %s %v: %t", x, op, c, got)
				}
			}
		}
	}
}

func TestEqualBool(t *testing.T) {
	rnd := source(t)
	v, w := column(rnd, types.Bool, 200, true, []any{true, false}), column(rnd, types.Bool, 200, true, []any{true, false})
	for _, c := range []bool{true, false} {
		checkTest(t, func() Test { return EqualBool(c) }, func(row []any) bool { return row[0] == c }, v)
	}
	checkTest(t, EqualBools, func(row []any) bool { return row[0] != nil && row[0] == row[1] }, v, w)
}

func TestEqualIPs(t *testing.T) {
	rnd := source(t)
	ips := []any{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("::1"), netip.MustParseAddr("::ffff:10.0.0.1")}
	v, w := column(rnd, types.IP, 200, true, ips), column(rnd, types.IP, 200, true, ips)
	checkTest(t, EqualIPs, func(row []any) bool { return row[0] != nil && row[0] == row[1] }, v, w)
}

// alike is texts of which many are equal but for case, or nearly so, in scripts
// where folding is not what ASCII suggests, and bytes that are not UTF-8.
var alike = []any{"", "a", "A", "abc", "ABC", "aBc", "abd", "ab", "abcd", "K", "k", "\u212a", "s", "S", "\u017f", "ß", "ẞ", "SS", "ss",
	"İ", "i", "I", "ı", "Σ", "σ", "ς", "straße", "STRASSE", "ſtraße", "Привет", "привет", "日本", "\xff", "\xfe", "\xffA", "\xffa", "\ufffd",
	"user\u212aey", "userkey", "USERKEY", "a longer text, over eight bytes", "A LONGER TEXT, over EIGHT bytes", "a longer text, over eight byte\u017f"}

// lowest is s with each code point replaced by the smallest that differs from it
// only in case.
func lowest(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := rune(0), 0
		for _, r = range s {
			break
		}
		for size = 1; size < len(s) && s[size]&0xc0 == 0x80 && r != 0xfffd; size++ {
		}
		if r == 0xfffd && !strings.HasPrefix(s, "\ufffd") {
			b.WriteByte(s[0]) // not UTF-8
			s = s[1:]
			continue
		}
		if r == 0xfffd {
			size = 3
		}
		least := r
		for _, q := range orbit(r) {
			least = min(least, q)
		}
		b.WriteRune(least)
		s = s[size:]
	}
	return b.String()
}

func TestCompareText(t *testing.T) {
	rnd := source(t)
	for _, missing := range []bool{false, true} {
		v := column(rnd, types.String, 400, missing, alike)
		w := column(rnd, types.String, 400, missing, alike)
		for _, c := range alike {
			c := c.(string)
			t.Run(c, func(t *testing.T) {
				checkTest(t, func() Test { return CompareText(Equal, c, true) }, func(row []any) bool { return row[0] == c }, v)
				checkTest(t, func() Test { return CompareText(Equal, c, false) },
					func(row []any) bool { return row[0] != nil && lowest(row[0].(string)) == lowest(c) }, v)
				for op, o := range orders {
					checkTest(t, func() Test { return CompareText(o, c, true) },
						func(row []any) bool { return row[0] != nil && textCompared(op, row[0].(string), c) }, v)
					checkTest(t, func() Test { return CompareText(o, c, false) },
						func(row []any) bool {
							return row[0] != nil && textCompared(op, FoldString(row[0].(string)), FoldString(c))
						}, v)
				}
			})
		}
		for op, o := range orders {
			checkTest(t, func() Test { return CompareTexts(o, true) }, func(row []any) bool {
				return row[0] != nil && row[1] != nil && textCompared(op, row[0].(string), row[1].(string))
			}, v, w)
			checkTest(t, func() Test { return CompareTexts(o, false) }, func(row []any) bool {
				return row[0] != nil && row[1] != nil && textCompared(op, FoldString(row[0].(string)), FoldString(row[1].(string)))
			}, v, w)
		}
	}
}

func textCompared(op, a, b string) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	}
	return a == b
}

// TestVerdictsOfAGrowingDict asks about batches whose dictionary grows, then about
// an old snapshot, then about another dictionary.
func TestVerdictsOfAGrowingDict(t *testing.T) {
	rnd := source(t)
	tests := 0
	test := textTest(func(s string) bool { tests++; return len(s)%3 == 0 }, nil)
	in := NewInterner()
	var old []*Vec
	for batch := range 40 {
		codes := make([]int32, 500)
		for i := range codes {
			codes[i] = in.Code(strings.Repeat("x", rnd.IntN(2+batch*3)))
		}
		v := Coded(codes, in.Dict(), nil)
		if old = append(old, v); batch%7 == 6 {
			v = old[rnd.IntN(len(old))]
		}
		if batch == 30 {
			v = Of(types.String, "abc", "a", nil)
		}
		m := mask(rnd, v.N)
		if batch%3 == 0 {
			m = nil
		}
		out := NewBitmap(v.N)
		test([]*Vec{v}, v.N, m, out)
		for i := range v.N {
			want := !v.Missing(i) && len(v.Text(i))%3 == 0
			if (m == nil || m.Get(i)) && out.Get(i) != want {
				t.Fatalf("batch %d, row %d: %t", batch, i, out.Get(i))
			}
		}
	}
	if limit := 2*in.Len() + 3; tests > limit { // each once, and again after the other dictionary
		t.Errorf("%d values tested %d times, at most %d expected", in.Len(), tests, limit)
	}
}
