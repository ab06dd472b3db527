package vec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
)

// plainText lays texts out one after the other.
func plainText(texts []string) *Vec {
	v := &Vec{Kind: types.String, N: len(texts), Offs: make([]int32, len(texts)+1)}
	for i, s := range texts {
		v.Bytes = append(v.Bytes, s...)
		v.Offs[i+1] = int32(len(v.Bytes))
	}
	return v
}

// checkFinder holds a finder against a search of each text.
func checkFinder(t *testing.T, literal string, cased bool, texts []string, want Bitmap) {
	t.Helper()
	f := newFinder(literal, cased)
	if f == nil {
		return
	}
	v, n := plainText(texts), len(texts)
	out := NewBitmap(n)
	f.mark(v, n, want, out)
	for i, s := range texts {
		has := cased && strings.Contains(s, literal) || !cased && ContainsFold(s, FoldString(literal))
		if out.Get(i) != (has && (want == nil || want.Get(i))) {
			t.Errorf("%q in row %d, %q: %t", literal, i, s, out.Get(i))
		}
	}
}

// TestFinder has texts whose ends would together make the literal, many hits in one
// text, and columns of several blocks; with and without texts that are not ASCII.
func TestFinder(t *testing.T) {
	rnd := source(t)
	parts := []string{"", "a", "b", "ab", "ABA", "skis", "SKIS", "ski", "s", "K", "abab", "-", strings.Repeat("x", 300), "é"}
	for _, odd := range [][]string{nil, {"s\u212ais", "\u017fkis"}} {
		for _, n := range []int{1, 5, 100, 2000} {
			texts := make([]string, n)
			for i := range texts {
				for range rnd.IntN(4) {
					texts[i] += parts[rnd.IntN(len(parts))]
				}
				if odd != nil && rnd.IntN(50) == 0 {
					texts[i] += odd[rnd.IntN(2)]
				}
			}
			for _, literal := range []string{"a", "ab", "BA", "skis", "SKI", "ss", "x", "-", "kk", "é", "aba", "none"} {
				for _, cased := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s in %d, %t", literal, n, cased), func(t *testing.T) {
						checkFinder(t, literal, cased, texts, nil)
						checkFinder(t, literal, cased, texts, mask(rnd, n))
					})
				}
			}
		}
	}
}

func FuzzFinder(f *testing.F) {
	f.Add("ski", "a ski|SKI|s\u212ai|s|ki", false)
	f.Add("ab", "a|b|AB|xab|abab", true)
	f.Add("s", "\u017f||\xff|S", false)
	f.Fuzz(func(t *testing.T, literal, texts string, cased bool) {
		checkFinder(t, literal, cased, strings.Split(texts, "|"), nil)
	})
}
