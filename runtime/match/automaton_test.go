package match

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det/runtime/vec"
)

// hit is a word and the place behind it.
type hit struct {
	word int32
	end  int
}

// naive finds words one by one.
func naive(list []string, text string) []hit {
	var out []hit
	for i, w := range list {
		for at := range len(text) - len(w) + 1 {
			if text[at:at+len(w)] == w {
				out = append(out, hit{int32(i), at + len(w)})
			}
		}
	}
	return out
}

func sorted(hits []hit) []hit {
	slices.SortFunc(hits, func(a, b hit) int {
		if a.end != b.end {
			return a.end - b.end
		}
		return int(a.word - b.word)
	})
	return hits
}

func found(a *automaton, text string) ([]hit, bool) {
	var out []hit
	ascii := a.find(text, func(word int32, end int) { out = append(out, hit{word, end}) })
	return sorted(out), ascii
}

// TestAutomaton holds the automaton against a search for each word, over texts of few
// letters in which words overlap, begin and end in each other.
func TestAutomaton(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	word := func(n int) string {
		b := make([]byte, 1+rng.IntN(n))
		for i := range b {
			b[i] = "abc\xc3\xa9"[rng.IntN(5)]
		}
		return string(b)
	}
	for range 500 {
		var list []string
		for range 1 + rng.IntN(12) {
			if w := word(5); !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
		a := newAutomaton(list)
		if states := len(a.next) / int(a.width); states != countStates(list) {
			t.Fatalf("%q: %d states, counted %d", list, states, countStates(list))
		}
		text := word(60)
		got, _ := found(a, text)
		if want := sorted(naive(list, text)); !slices.Equal(got, want) {
			t.Fatalf("%q in %q: got %v, want %v", list, text, got, want)
		}
	}
}

// TestAutomatonFoldsASCII searches texts in upper case, which need not be folded.
func TestAutomatonFoldsASCII(t *testing.T) {
	a := newAutomaton([]string{"cmd.exe", "\\", "é"})
	got, ascii := found(a, `C:\CMD.exe`)
	if want := []hit{{1, 3}, {0, 10}}; !slices.Equal(got, want) || !ascii {
		t.Errorf("got %v, %t", got, ascii)
	}
	if _, ascii := found(a, "É"); ascii {
		t.Error("É is ASCII")
	}
}

// TestFinderParts finds words by parts of them, wherever those lie.
func TestFinderParts(t *testing.T) {
	counts := newGrams(strings.Repeat(`c:\windows\system32\ invoke- `, 3)).count
	var f finder
	texts := []string{`\windows\evil.exe`, `invoke-mimikatz`, `invoke-`, `ab`, `zzz\windows\`}
	for i, w := range texts {
		f.add(use{pred: int32(i), word: w, op: Contains}, counts)
		f.add(use{pred: int32(i) + 10, word: w, op: StartsWith}, counts)
		f.add(use{pred: int32(i) + 20, word: w, op: EndsWith}, counts)
	}
	for _, text := range append(texts, `C:\Windows\EVIL.exe`, "x invoke-MIMIKATZ y", "", "evil.exe", `invoke-mimikat`, "ABAB") {
		got := map[int32]bool{}
		f.find(text, func(u *use) { got[u.pred] = true })
		folded := vec.FoldString(text)
		for i, w := range texts {
			for op, want := range map[int32]bool{0: strings.Contains(folded, w), 10: strings.HasPrefix(folded, w), 20: strings.HasSuffix(folded, w)} {
				if got[int32(i)+op] != want {
					t.Errorf("%q in %q, %d: got %t", w, text, op, !want)
				}
			}
		}
	}
}

func FuzzAutomaton(f *testing.F) {
	f.Add("a\nab\nbab", "ababab")
	f.Fuzz(func(t *testing.T, words, text string) {
		var list []string
		for _, w := range strings.Split(strings.ToValidUTF8(vec.FoldString(words), ""), "\n") {
			if w != "" && !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
		if len(list) == 0 || len(words)+len(text) > 2000 {
			return
		}
		text = vec.FoldString(text)
		got, _ := found(newAutomaton(list), text)
		if want := sorted(naive(list, text)); !slices.Equal(got, want) {
			t.Fatalf("%q in %q: got %v, want %v", list, text, got, want)
		}
	})
}
