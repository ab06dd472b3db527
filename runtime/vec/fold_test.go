package vec

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFoldString(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"already folded, no upper case", "already folded, no upper case"},
		{"CertUtil.EXE", "certutil.exe"},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZ@[`{", "abcdefghijklmnopqrstuvwxyz@[`{"},
		{"ÀÖ×ØÞß", "àö×øþß"},                     // the signs between the letters stay
		{"Straße STRASSE ẞ", "straße strasse ß"}, // simple, not full: ß is not ss
		{"İstanbul ısparta", "İstanbul ısparta"}, // no simple folding
		{"\u212Aelvin \u017Fystem", "kelvin system"},
		{"ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσ σίσυφοσ"}, // final sigma
		{"ПРИВЕТ ЁЖ", "привет ёж"},
		{"\u1E9E\u01C5\u2160Ⓐ", "ß\u01C6\u2170ⓐ"},
		{"ȺȾ", "ⱥⱦ"}, // two bytes become three
		{"𐐀", "𐐨"},
		{"漢字 かな 한글 🎉", "漢字 かな 한글 🎉"},
		{"A\xffB\xc3C\xe2\x84D", "a\xffb\xc3c\xe2\x84d"},
	} {
		if got := FoldString(c.in); got != c.want {
			t.Errorf("FoldString(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// orbit is every code point that differs from r only in case, r among them.
func orbit(r rune) []rune {
	all := []rune{r}
	for x := unicode.SimpleFold(r); x != r; x = unicode.SimpleFold(x) {
		all = append(all, x)
	}
	return all
}

func TestFoldRuneAgainstUnicode(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want, member := FoldRune(r), false
		for _, x := range orbit(r) {
			member = member || x == want
			if got := FoldRune(x); got != want {
				t.Fatalf("FoldRune(%U) = %U, but FoldRune(%U) = %U", x, got, r, want)
			}
		}
		if !member {
			t.Fatalf("FoldRune(%U) = %U, which is not the same letter", r, want)
		}
		if grown := 2 * utf8.RuneLen(want); utf8.ValidRune(r) && grown > 3*utf8.RuneLen(r) {
			t.Fatalf("FoldRune(%U) = %U grows by more than half", r, want)
		}
	}
}

func TestFoldStringKeepsFoldedText(t *testing.T) {
	s := strings.Repeat("c:\\windows\\system32\\ä漢", 20)
	if n := testing.AllocsPerRun(10, func() { FoldString(s) }); n != 0 {
		t.Errorf("%v allocations for a folded text", n)
	}
}

// words are texts that put every path of folding at every place of a word.
var words = []string{
	"", "a", "A", "k", "K", "\u212A", "s", "\u017F", "ß", "ẞ", "Ⱥ", "ⱥ", "é", "É", "漢", "🎉", "\xff", "\xc3", "\xa9", "\x84\xaa",
	"abcdefg", "ABCDEFGH", "System32\\", "KERNEL32.DLL", "ΑΣς", "1234567890",
}

// samples are the words alone, in pairs, and after paddings of every length.
func samples() []string {
	all := append([]string(nil), words...)
	for _, a := range words {
		for _, b := range words {
			all = append(all, a+b)
		}
	}
	for n := range 20 {
		for _, a := range words {
			all = append(all, strings.Repeat("x", n)+a+"Y")
		}
	}
	return all
}

// checkFolds holds every comparison against its meaning by FoldString.
func checkFolds(t *testing.T, a, b string) {
	t.Helper()
	fa, fb := FoldString(a), FoldString(b)
	if got, want := EqualFold(a, b), fa == fb; got != want {
		t.Fatalf("EqualFold(%q, %q) = %v, want %v", a, b, got, want)
	}
	if got, want := ContainsFold(a, fb), strings.Contains(fa, fb); got != want {
		t.Fatalf("ContainsFold(%q, %q) = %v, want %v", a, fb, got, want)
	}
	if got := AppendFold([]byte("x"), a); string(got) != "x"+fa {
		t.Fatalf("AppendFold(%q) = %q, want %q", a, got, "x"+fa)
	}
	if FoldString(fa) != fa {
		t.Fatalf("FoldString is not idempotent on %q", a)
	}
	if utf8.ValidString(b) {
		if got, want := HasPrefixFold(a, fb), strings.HasPrefix(fa, fb); got != want {
			t.Fatalf("HasPrefixFold(%q, %q) = %v, want %v", a, fb, got, want)
		}
		if got, want := HasSuffixFold(a, fb), strings.HasSuffix(fa, fb); got != want {
			t.Fatalf("HasSuffixFold(%q, %q) = %v, want %v", a, fb, got, want)
		}
		if utf8.ValidString(a) && EqualFold(a, b) != strings.EqualFold(a, b) {
			t.Fatalf("EqualFold(%q, %q) = %v, unlike strings.EqualFold", a, b, EqualFold(a, b))
		}
	}
}

func TestFoldedComparisons(t *testing.T) {
	all := samples()
	for i, a := range all {
		for _, b := range words {
			checkFolds(t, a, b)
			checkFolds(t, b, a)
		}
		checkFolds(t, a, all[(i*7+3)%len(all)])
		checkFolds(t, a, a)
	}
}

func TestContainsFoldAcrossPieces(t *testing.T) {
	for _, pad := range []string{"x", "É", "\u212A", "Ⱥ", "🎉", "\xaa"} {
		for _, needle := range []string{"needle", "kéⱥ🎉", strings.Repeat("long", 60)} {
			for n := range 700 / len(pad) {
				hay := strings.Repeat(pad, n) + strings.ToUpper(needle) + strings.Repeat(pad, 30)
				if !ContainsFold(hay, FoldString(needle)) {
					t.Fatalf("%q not found after %d times %q", needle, n, pad)
				}
				if ContainsFold(hay, FoldString(needle)+"!") {
					t.Fatalf("%q found after %d times %q", needle+"!", n, pad)
				}
			}
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, w := range words {
		f.Add(w+"Abcdefghij"+w, w)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		checkFolds(t, a, b)
		checkFolds(t, a+b+a, b)
		if utf8.ValidString(a) {
			want := strings.Map(func(r rune) rune { return FoldRune(r) }, a)
			if got := FoldString(a); got != want {
				t.Fatalf("FoldString(%q) = %q, want %q", a, got, want)
			}
			if !bytes.EqualFold([]byte(a), []byte(FoldString(a))) {
				t.Fatalf("%q folds to another text, %q", a, FoldString(a))
			}
		}
	})
}

func BenchmarkContainsFold(b *testing.B) {
	hay := `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -NoProfile -ExecutionPolicy Bypass -EncodedCommand SQBFAFgA`
	b.SetBytes(int64(len(hay)))
	for b.Loop() {
		if ContainsFold(hay, "-urlcache") {
			b.Fatal("found")
		}
	}
}

func BenchmarkFoldString(b *testing.B) {
	s := `c:\windows\system32\windowspowershell\v1.0\powershell.exe -noprofile -executionpolicy bypass`
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		FoldString(s)
	}
}
