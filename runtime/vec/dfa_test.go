package vec

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

// dfaSays is what the table says of a text, nil where it leaves it to the library.
func dfaSays(t testing.TB, expr, text string) *bool {
	t.Helper()
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	d := newDFA(tree.Simplify())
	if d == nil {
		return nil
	}
	matched, ok := d.match(text)
	if again, stillOK := d.match(text); again != matched || stillOK != ok {
		t.Errorf("%q in %q: %t, then %t", expr, text, matched, again)
	}
	if !ok {
		return nil
	}
	return &matched
}

// TestDFA holds the table against the library: expressions of each kind, over texts
// where they match, nearly match and do not.
func TestDFA(t *testing.T) {
	exprs := []string{
		`a`, `a+b`, `^a`, `a$`, `^$`, `\ba\b`, `\Ba`, `(?i)k`, `(?i)straße`, `[^a]`, `.`, `(?s).`, `a.{3,}b`, `(?m)^b$`, `\Aa\z`, `x*`, `a|`, `[a-c]{2,4}d`,
		`(a|b)*abb`, `\d{3}\s\w`, `[[:^alpha:]]`, `\pL+`, `\x{fffd}`, `(?:25[0-5]|(?:2[0-4]|1\d|[1-9])?\d)(?:\.|\b)`, `.{10,}`, `(?:)`, `[^\x00-\x{10FFFF}]`, `(?i)[k-s]\b`, `$^`, `a\b.`,
	}
	texts := []string{
		"", "a", "b", "ab", "aab", "ba", "a\nb", "b\na", "\u212a", "K", "ſ", "STRASSE", "Straße", "\xff", "a\xffb", "axyzb", "abc abcd", "ababb", "123 x", "255.", "1.2", "日本 a", "\n", "a-", "_a_", "0123456789",
	}
	for _, expr := range exprs {
		re := regexp.MustCompile(expr)
		for _, text := range texts {
			got := dfaSays(t, expr, text)
			if got == nil {
				t.Fatalf("%q: no table", expr)
			}
			if want := re.MatchString(text); *got != want {
				t.Errorf("%q in %q: got %t, want %t", expr, text, *got, want)
			}
		}
	}
}

// TestDFARandom is TestDFA over random expressions.
func TestDFARandom(t *testing.T) {
	pieces := []string{"a", "b", ".", "[ab]", "[^a]", `\b`, `\B`, "^", "$", "(", ")", "|", "*", "+", "?", "{2}", `\n`, "(?i)", "é", `\s`, "k", "K"}
	letters := []string{"a", "b", "k", "\u212a", " ", "\n", "é", "\xff", "B"}
	rng := rand.New(rand.NewPCG(3, 5))
	some := func(list []string, n int) string {
		var b strings.Builder
		for range rng.IntN(n) {
			b.WriteString(list[rng.IntN(len(list))])
		}
		return b.String()
	}
	tried := 0
	for range 20_000 {
		expr := some(pieces, 9)
		re, err := regexp.Compile(expr)
		if err != nil {
			continue
		}
		for range 3 {
			text := some(letters, 9)
			if got := dfaSays(t, expr, text); got != nil {
				if tried++; *got != re.MatchString(text) {
					t.Fatalf("%q in %q: got %t", expr, text, *got)
				}
			}
		}
	}
	if tried < 10_000 {
		t.Errorf("only %d texts were searched", tried)
	}
}

// TestDFAGrows searches with an expression that has more states than are kept.
func TestDFAGrows(t *testing.T) {
	expr := `a[ab]{14}c`
	re := regexp.MustCompile(expr)
	tree, _ := syntax.Parse(expr, syntax.Perl)
	d := newDFA(tree.Simplify())
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		b := make([]byte, 4000)
		for i := range b {
			b[i] = "ab"[rng.IntN(2)]
		}
		b[len(b)-1-rng.IntN(10)] = 'c'
		if matched, ok := d.match(string(b)); ok && matched != re.Match(b) {
			t.Fatalf("got %t in %s", matched, b)
		}
		if d.size > 2*maxDFASize {
			t.Fatalf("%d places and transitions are held", d.size)
		}
	}
}

func FuzzDFA(f *testing.F) {
	f.Add(`(?i)\bk+$`, "x \u212aK")
	f.Add(`^[^a]{2,3}|b\B`, "\xffb\n")
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) > 100 || len(text) > 1000 {
			return
		}
		re, err := regexp.Compile(expr)
		if err != nil {
			return
		}
		if got := dfaSays(t, expr, text); got != nil && *got != re.MatchString(text) {
			t.Errorf("%q in %q: got %t", expr, text, *got)
		}
	})
}
