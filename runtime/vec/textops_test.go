package vec

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
)

// commands is text as events hold it, and what is odd about it.
var commands = []any{"", "a", "ab", `C:\Windows\System32\cmd.exe /c whoami`, `c:\windows\system32\CMD.EXE /C WHOAMI`,
	"certutil -urlcache -split -f http://example.com/a.exe", "powershell -nop -w hidden -enc SQBFAFgA", "PowerShell", "key", "\u212aey",
	"mi\u017f\u017fing", "MISSING", "ßeta", "ẞETA", "x\xffy", "x\xfey", "aaaaaaaab", "abababac", "straße", "кириллица", "КИРИЛЛИЦА",
	strings.Repeat("long ", 200) + "needle", strings.Repeat("LONG ", 200) + "NEEDLE" + strings.Repeat(" long", 50)}

var patterns = []string{"", "a", "b", "ab", "aab", "abac", "whoami", "WhoAmI", ".exe", "http", "key", "missing", "ss", "s", "ßeta", "ss",
	"\xff", "y", "needle", "кирилл", "Ж", `\windows\`, " ", "ng ", "no such text", "powershell"}

// textMeanings are the oracles of the text operators, given text without case.
var textMeanings = map[TextOp]func(s, p string) bool{
	Contains: strings.Contains, StartsWith: strings.HasPrefix, EndsWith: strings.HasSuffix,
}

func TestTextOps(t *testing.T) {
	rnd := source(t)
	v := column(rnd, types.String, 300, true, commands)
	for op, holds := range textMeanings {
		for _, cased := range []bool{true, false} {
			means := holds
			if !cased {
				means = func(s, p string) bool { return holds(lowest(s), lowest(p)) }
			}
			for _, p := range patterns {
				t.Run(fmt.Sprintf("%d/%t/%s", op, cased, p), func(t *testing.T) {
					checkTest(t, textOp(t, op, []string{p}, false, cased), func(row []any) bool {
						return row[0] != nil && means(row[0].(string), p)
					}, v)
				})
			}
			w := column(rnd, types.String, 300, true, anyOfStrings(patterns))
			checkTest(t, func() Test {
				test, err := TestTexts(op, cased)
				if err != nil {
					t.Fatal(err)
				}
				return test
			}, func(row []any) bool {
				return row[0] != nil && row[1] != nil && means(row[0].(string), row[1].(string))
			}, v, w)
		}
	}
}

func anyOfStrings(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// textOp gives a function that makes the test afresh.
func textOp(t *testing.T, op TextOp, patterns []string, all, cased bool) func() Test {
	return func() Test {
		test, err := TestText(op, patterns, all, cased)
		if err != nil {
			t.Fatal(err)
		}
		return test
	}
}

// TestQuantifiers also takes lists long enough to be looked for all at once.
func TestQuantifiers(t *testing.T) {
	rnd := source(t)
	v := column(rnd, types.String, 200, true, commands)
	for op, holds := range textMeanings {
		for range 12 {
			list := make([]string, rnd.IntN(14))
			for i := range list {
				list[i] = patterns[1+rnd.IntN(len(patterns)-1)]
			}
			for _, cased := range []bool{true, false} {
				said := func(row []any) (some, every bool) {
					every = true
					for _, p := range list {
						s := row[0].(string)
						ok := cased && holds(s, p) || !cased && holds(lowest(s), lowest(p))
						some, every = some || ok, every && ok
					}
					return some, every
				}
				checkTest(t, textOp(t, op, list, false, cased), func(row []any) bool {
					if row[0] == nil {
						return false
					}
					some, _ := said(row)
					return some
				}, v)
				checkTest(t, textOp(t, op, list, true, cased), func(row []any) bool {
					if row[0] == nil {
						return false
					}
					_, every := said(row)
					return every
				}, v)
			}
		}
	}
}

func TestPatternsMustBeConstant(t *testing.T) {
	for _, op := range []TextOp{IsLike, Matches} {
		if _, err := TestTexts(op, false); err == nil {
			t.Errorf("%d took a column of patterns", op)
		}
	}
}

func TestMatches(t *testing.T) {
	rnd := source(t)
	v := column(rnd, types.String, 300, true, commands)
	for _, expr := range []string{
		"", ".", "^$", "whoami", "(?i)whoami", "(?i)k", "(?i)key$", "^c:", `(?i)^c:\\win.*\.exe\s`, "a+b", "(ab)+c", "(ab){2}a", "(?:x|y)",
		"(?i)miſſing", "[a-z]+://[a-z.]+/", "a{0,3}b", "(whoami|urlcache)", "x\ufffdy", "(?i)x\ufffdy", "\ufffd", `\bneedle\b`, "(?s)long.*needle",
		"(?i:KIRILL|кириллица)", "ss", "(?i)SS", "(?i)ß",
	} {
		re := regexp.MustCompile(expr)
		t.Run(expr, func(t *testing.T) {
			checkTest(t, textOp(t, Matches, []string{expr}, false, false), func(row []any) bool {
				return row[0] != nil && re.MatchString(row[0].(string))
			}, v)
		})
	}
	for _, expr := range []string{"(", "a**", "(?=a)", `\1`, "a{1001}", "\xff"} {
		if _, err := TestText(Matches, []string{expr}, false, false); err == nil || !strings.Contains(err.Error(), "regular expression") {
			t.Errorf("%q: %v", expr, err)
		}
	}
}

func TestRequired(t *testing.T) {
	for _, c := range []struct {
		expr string
		want needed
	}{
		{"abc", needed{"abc", false, true}},
		{"(?i)ABC", needed{"abc", true, true}},
		{"^abc$", needed{"abc", false, false}},
		{"a.*bcd", needed{"bcd", false, false}},
		{"(abc)+d", needed{"abc", false, false}},
		{"(abc){2,}", needed{"abc", false, false}},
		{"(abc){0,2}", needed{}},
		{"(abc)?x", needed{"x", false, false}},
		{"abc|abd", needed{"ab", false, false}}, // the parser takes out what they begin with
		{"abc|xbc", needed{}},
		{"a*", needed{}},
		{"", needed{}},
		{"x\ufffdlong", needed{}},
	} {
		if got := requiredOf(t, c.expr); got != c.want {
			t.Errorf("%q needs %+v, want %+v", c.expr, got, c.want)
		}
	}
}

func FuzzMatches(f *testing.F) {
	f.Add("(?i)abc+", "xABCc")
	f.Add("a.*b|c", "cab")
	f.Add("(?i)k", "\u212a")
	f.Add("x\ufffd+", "x\xff")
	f.Fuzz(func(t *testing.T, expr, s string) {
		test, err := newPattern(expr, false)
		re, reErr := regexp.Compile(expr)
		if (err == nil) != (reErr == nil) {
			t.Fatalf("%q: %v, want %v", expr, err, reErr)
		}
		if err == nil && test.test(s) != re.MatchString(s) {
			t.Errorf("%q in %q: %t", expr, s, test.test(s))
		}
	})
}

func FuzzNeedles(f *testing.F) {
	f.Add("abc,b,\u212aey", "a KEY", false)
	f.Add("x,,y", "", true)
	f.Add("\xff,aß", "Aß\xff", false)
	f.Fuzz(func(t *testing.T, list, s string, cased bool) {
		needles := strings.Split(list, ",")
		want := false
		for _, n := range needles {
			want = want || cased && strings.Contains(s, n) || !cased && ContainsFold(s, FoldString(n))
		}
		if got := newNeedles(needles, cased).in(s); got != want {
			t.Errorf("%q in %q: %t", needles, s, got)
		}
	})
}

func requiredOf(t *testing.T, expr string) needed {
	t.Helper()
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	return required(tree.Simplify())
}
