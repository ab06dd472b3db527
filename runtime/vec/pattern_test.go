package vec

import (
	"regexp"
	"strings"
	"testing"
)

// TestPatternGroups holds expressions with groups, which a test leaves out, against
// package regexp, which keeps them.
func TestPatternGroups(t *testing.T) {
	texts := []string{"", "a", "b", "ab", "aab", "abab", "aB", "cab", "a\nb", "\xff", "aaa"}
	for _, expr := range []string{
		"(a)", "()", "(a)(b)", "(a|b)*b$", "(ab|c)+", "^(a(b)?)+$", "(a*)*b", "(a){2,3}", "(?i)(A)(?-i:b)",
		"(?P<x>a)b", "(?s)(a.b)", "((a)|(b))c?", "(a|)(b|)$", "(?U)(a+)(b?)",
	} {
		re := regexp.MustCompile(expr)
		p, err := newPattern(expr, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range texts {
			if got, want := p.test(s), re.MatchString(s); got != want {
				t.Errorf("%q in %q is %t", expr, s, got)
			}
		}
	}
}

// TestManyGroups matches an expression of 17,000 groups, which took gigabytes when
// each of them was kept.
func TestManyGroups(t *testing.T) {
	p, err := newPattern("^"+strings.Repeat("(a|b)*", 17_000)+"$", false)
	if err != nil {
		t.Fatal(err)
	}
	if !p.test("abba") || p.test("abc") {
		t.Error("it does not match what it says")
	}
	if n := testing.AllocsPerRun(1, func() { p.test("abba") }); n > 100_000 {
		t.Errorf("%v allocations for a match", n)
	}
}
