package stdlib

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestLevenshteinAgainstTheTable compares the bit vectors with the plain table, and
// checks that the distance is one: symmetric, and zero only for equal texts.
func TestLevenshteinAgainstTheTable(t *testing.T) {
	word := rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("abé")), 0, 12, -1),
		rapid.StringOfN(rapid.SampledFrom([]rune("abcdé漢")), 60, 70, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		got, ok := levenshtein(a, b)
		if want := wagnerFischer([]rune(a), []rune(b)); !ok || got != int64(want) {
			t.Fatalf("levenshtein(%q, %q) = %d, want %d", a, b, got, want)
		}
		if back, _ := levenshtein(b, a); back != got || (got == 0) != (a == b) {
			t.Fatalf("levenshtein(%q, %q) = %d, the other way %d", a, b, got, back)
		}
	})
}

func wagnerFischer(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestJaroWinklerIsASimilarity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.SampledFrom([]rune("abcé")), 0, 12, -1)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if x, _ := jaroWinkler(a, b); x < 0 || x > 1 || (a == b) != (x == 1) {
			t.Fatalf("jaro_winkler(%q, %q) = %v", a, b, x)
		}
	})
}

func BenchmarkLevenshtein(b *testing.B) {
	x, y := strings.Repeat("svchost", 6), strings.Repeat("scvhost", 6)
	for b.Loop() {
		levenshtein(x, y)
	}
}
