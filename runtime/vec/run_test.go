package vec

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

// TestLongestRun has the runs that expressions must hold, and those that only look so.
func TestLongestRun(t *testing.T) {
	for expr, want := range map[string]int{
		`\s[a-fA-F0-9]{64}\s[a-fA-F0-9]{16}`: 64,
		`([0-9]{8})+x`:                       8,
		`a(?:[bc]{9,}|d)`:                    0, // or d
		`(?:[bc]{9})?`:                       0, // or nothing
		`(?i)[a-z]{9}`:                       0, // k and s have others beyond ASCII
		`[^a]{20}`:                           0,
		`[0-9]{7}`:                           0,  // too short to be worth it
		`(?:[0-9]{12}){2}`:                   12, // at least
	} {
		re, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		if r := longestRun(re); r != nil {
			got = r.length
		}
		if got != want {
			t.Errorf("%s: got %d, want %d", expr, got, want)
		}
	}
}

// TestRunAgainstRegexp looks for runs in random texts beside the library.
func TestRunAgainstRegexp(t *testing.T) {
	expr := `[0-9b]{8}`
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	r, re := longestRun(tree), regexp.MustCompile(expr)
	rng := rand.New(rand.NewPCG(4, 2))
	found := 0
	for range 20_000 {
		var b strings.Builder
		for range rng.IntN(40) {
			b.WriteString([]string{"0", "7", "b", "9", "5", "b", "1", "é", "a", "\xb2"}[rng.IntN(10)])
		}
		want := re.MatchString(b.String())
		if got := r.in(b.String()); got != want {
			t.Fatalf("%q: got %t", b.String(), got)
		}
		if want {
			found++
		}
	}
	if found < 1000 || found > 19_000 {
		t.Errorf("%d texts have a run: too one-sided to tell", found)
	}
}
