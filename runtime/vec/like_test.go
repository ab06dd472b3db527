package vec

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestLike(t *testing.T) {
	for _, c := range []struct {
		pattern string
		cased   bool
		yes, no []string
	}{
		{"", false, []string{""}, []string{"a"}},
		{"*", false, []string{"", "a", "a\nb"}, nil},
		{"?", false, []string{"a", "é", "漢", "\n", "\xff"}, []string{"", "ab"}},
		{"PowerShell.exe", false, []string{"powershell.EXE"}, []string{"powershell.exe "}},
		{"PowerShell.exe", true, []string{"PowerShell.exe"}, []string{"powershell.exe"}},
		{`*\cmd.exe`, false, []string{`C:\Windows\CMD.EXE`, `\cmd.exe`}, []string{"cmd.exe", `\cmd.exe.txt`}},
		{`*\cmd.exe`, true, []string{`C:\cmd.exe`}, []string{`C:\Cmd.exe`}},
		{"HKLM*", false, []string{"hklm", `HKLM\Run`}, []string{"HKL"}},
		{"*-enc*", false, []string{"-enc", "x -ENC y"}, []string{"-en"}},
		{"*a*b*", false, []string{"ab", "xaybz", "AB"}, []string{"ba", "a"}},
		{"a*b", false, []string{"ab", "axb", "abb"}, []string{"a", "abc", "b"}},
		{"ab*ba", false, []string{"abba", "ab-ba"}, []string{"aba"}}, // the ends do not overlap
		{"a?c", false, []string{"abc", "AéC"}, []string{"ac", "abbc"}},
		{"??", false, []string{"ab", "漢字"}, []string{"a", "abc"}},
		{"*??*", false, []string{"ab", "abc"}, []string{"", "a"}},
		{"*a?c*d?", false, []string{"xabcyde", "aacadcbcd!"}, []string{"xabcd", "acd!"}},
		{"*a??", false, []string{"abb", "xa12"}, []string{"ab", "a1234"}},
		{"**a**", false, []string{"a", "bab"}, []string{"b"}},
		{`C:\*`, false, []string{"c:*"}, []string{`C:\x`}},                        // an escaped star
		{`C:\\*`, false, []string{`c:\`, `C:\x`}, []string{"C:*", "C:"}},          // a backslash, then any
		{`C:\\\*`, false, []string{`C:\*`}, []string{`C:\x`}},                     // a backslash and a star
		{`\?\\`, false, []string{`?\`}, []string{`a\`}},                           // escapes alone
		{`C:\Temp\`, false, []string{`c:\temp\`}, []string{"c:temp"}},             // other backslashes stay
		{"\u212A*\u017F", false, []string{"kiss", "\u212A\u017F"}, []string{"k"}}, // Kelvin and long s
	} {
		test := Like(c.pattern, c.cased)
		for _, s := range c.yes {
			if !test(s) {
				t.Errorf("Like(%q, %v) does not match %q", c.pattern, c.cased, s)
			}
		}
		for _, s := range c.no {
			if test(s) {
				t.Errorf("Like(%q, %v) matches %q", c.pattern, c.cased, s)
			}
		}
	}
}

// likeByTable is the meaning of Like, by dynamic programming over code points.
func likeByTable(pattern, s string) bool {
	type token struct {
		kind byte // * ? or = for itself
		text string
	}
	var tokens []token
	for i := 0; i < len(pattern); {
		_, n := utf8.DecodeRuneInString(pattern[i:])
		switch rest := pattern[i:]; {
		case rest[0] == '*' || rest[0] == '?':
			tokens = append(tokens, token{rest[0], ""})
		case strings.HasPrefix(rest, `\*`), strings.HasPrefix(rest, `\?`), strings.HasPrefix(rest, `\\`):
			tokens = append(tokens, token{'=', rest[1:2]})
			i++
		default:
			tokens = append(tokens, token{'=', rest[:n]})
		}
		i += n
	}
	var points []string
	for len(s) > 0 {
		_, n := utf8.DecodeRuneInString(s)
		points, s = append(points, s[:n]), s[n:]
	}
	fits := make([]bool, len(points)+1) // fits[i]: the tokens so far fit points[:i]
	fits[0] = true
	for _, tok := range tokens {
		next := make([]bool, len(points)+1)
		for i := range next {
			switch tok.kind {
			case '*':
				next[i] = fits[i] || i > 0 && next[i-1]
			case '?':
				next[i] = i > 0 && fits[i-1]
			default:
				next[i] = i > 0 && fits[i-1] && points[i-1] == tok.text
			}
		}
		fits = next
	}
	return fits[len(points)]
}

func checkLike(t *testing.T, pattern, s string) {
	t.Helper()
	if !utf8.ValidString(pattern) {
		return
	}
	if got, want := Like(pattern, true)(s), likeByTable(pattern, s); got != want {
		t.Fatalf("Like(%q, cased)(%q) = %v, want %v", pattern, s, got, want)
	}
	if got, want := Like(pattern, false)(s), likeByTable(FoldString(pattern), FoldString(s)); got != want {
		t.Fatalf("Like(%q)(%q) = %v, want %v", pattern, s, got, want)
	}
}

// TestLikeExhaustively tries every pattern and text of up to five characters over
// a small alphabet.
func TestLikeExhaustively(t *testing.T) {
	patterns, texts := []string{""}, []string{""}
	for n, from, to := 0, 0, 1; n < 5; n++ {
		for _, p := range patterns[from:to] {
			for _, c := range []string{"*", "?", "a", `\`, "é"} {
				patterns = append(patterns, p+c)
			}
		}
		from, to = to, len(patterns)
	}
	for n, from, to := 0, 0, 1; n < 4; n++ {
		for _, s := range texts[from:to] {
			for _, c := range []string{"a", "É", "*", `\`} {
				texts = append(texts, s+c)
			}
		}
		from, to = to, len(texts)
	}
	for _, p := range patterns {
		exact, folded, low := Like(p, true), Like(p, false), FoldString(p)
		for _, s := range texts {
			if got, want := exact(s), likeByTable(p, s); got != want {
				t.Fatalf("Like(%q, cased)(%q) = %v, want %v", p, s, got, want)
			}
			if got, want := folded(s), likeByTable(low, FoldString(s)); got != want {
				t.Fatalf("Like(%q)(%q) = %v, want %v", p, s, got, want)
			}
		}
	}
}

func TestLikeHasNoBadPatterns(t *testing.T) {
	test := Like(strings.Repeat("*a", 50)+"*b", false)
	start := time.Now()
	if test(strings.Repeat("A", 100_000)) {
		t.Error("matched a text without the last letter")
	}
	if spent := time.Since(start); spent > time.Second {
		t.Errorf("took %v", spent)
	}
}

func FuzzLike(f *testing.F) {
	f.Add(`*\cmd.exe`, `C:\CMD.EXE`)
	f.Add(`a*?b\*??`, "aXéb*12")
	f.Add("*a?b*", "xaéB\xff")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern)*len(s) < 1<<16 {
			checkLike(t, pattern, s)
		}
	})
}
