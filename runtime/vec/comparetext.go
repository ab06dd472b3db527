package vec

import (
	"cmp"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/detlang/det/lang/types"
)

// CompareText compares a String column with a constant: by code points, folded
// unless cased.
func CompareText(o Order, c string, cased bool) Test {
	switch {
	case o == Equal && cased:
		return textTest(func(s string) bool { return s == c }, func(v *Vec, n int, want, out Bitmap) {
			packLengths(out, v.Offs[:n+1], int32(len(c)), int32(len(c)))
			out.Intersect(want)
			keepRows(out, func(i int) bool { return v.Text(i) == c })
		})
	case o == Equal:
		w := newWord(c)
		return textTest(w.equal, w.plainEqual)
	case cased:
		return textTest(func(s string) bool { return o.holds(strings.Compare(s, c)) }, nil)
	}
	c = FoldString(c)
	return textTest(func(s string) bool { return o.holds(compareFold(s, c)) }, nil)
}

// CompareTexts compares two String columns, row by row.
func CompareTexts(o Order, cased bool) Test {
	switch {
	case o == Equal && cased:
		return textsTest(func(s, t string) bool { return s == t })
	case o == Equal:
		return textsTest(EqualFold)
	case cased:
		return textsTest(func(s, t string) bool { return o.holds(strings.Compare(s, t)) })
	}
	return textsTest(func(s, t string) bool { return o.holds(compareFold(s, FoldString(t))) })
}

// textsTest lifts a test of two texts to a Test of two String columns.
func textsTest(test func(s, t string) bool) Test {
	return onColumns(func(v, w *Vec, n int, out Bitmap) {
		testRows(out, n, AllValid(v, w), func(i int) bool { return test(v.Text(i), w.Text(i)) })
	}, types.String)
}

// compareFold compares s, folded, with a folded text.
func compareFold(s, folded string) int {
	i := 0
	for ; i < min(len(s), len(folded)) && s[i]|folded[i] < utf8.RuneSelf; i++ {
		if a := foldByte(s[i]); a != folded[i] {
			return cmp.Compare(a, folded[i])
		}
	}
	return strings.Compare(FoldString(s[i:]), folded[i:])
}

// word is a folded text and what can be told at a glance of the texts that fold to
// it. They need not be as long: the Kelvin sign takes three bytes, k one.
type word struct {
	text     string
	min, max int32
	ascii    bool
	tail     uint64 // the last eight bytes of a long ASCII text, blanked
}

// blank gives ASCII bytes that differ in case only the same value, and many others.
const blank = 0x2020202020202020

func newWord(s string) *word {
	w := &word{text: FoldString(s)}
	w.min, w.max = foldedLengths(w.text)
	w.ascii = strings.IndexFunc(w.text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	if n := len(w.text); n >= 8 {
		w.tail = load8(w.text, n-8) | blank
	}
	return w
}

// foldedLengths are the bytes of the shortest and the longest text that fold to
// the folded text s.
func foldedLengths(s string) (shortest, longest int32) {
	for i, r := range s {
		if r < utf8.RuneSelf && r != 'k' && r != 's' { // the Kelvin sign and ſ fold to these
			shortest, longest = shortest+1, longest+1
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		lo, hi := size, size
		for q := unicode.SimpleFold(r); q != r; q = unicode.SimpleFold(q) {
			lo, hi = min(lo, utf8.RuneLen(q)), max(hi, utf8.RuneLen(q))
		}
		shortest, longest = shortest+int32(lo), longest+int32(hi)
	}
	return shortest, longest
}

// equal reports whether s folds to the word.
func (w *word) equal(s string) bool {
	if len(s) < int(w.min) || len(s) > int(w.max) {
		return false
	}
	// A text as short as an ASCII word has nothing in it that is not ASCII.
	if w.ascii && len(s) == len(w.text) && len(s) >= 8 && load8(s, len(s)-8)|blank != w.tail {
		return false
	}
	return EqualFold(s, w.text)
}

// plainEqual is equal over plain text: first the lengths, without a branch, then
// the rows that are left.
func (w *word) plainEqual(v *Vec, n int, want, out Bitmap) {
	packLengths(out, v.Offs[:n+1], w.min, w.max)
	out.Intersect(want)
	keepRows(out, func(i int) bool { return w.equal(v.Text(i)) })
}

// keepRows clears the rows of b that fail a test.
func keepRows(b Bitmap, test func(i int) bool) {
	for w, rest := range b {
		for ; rest != 0; rest &= rest - 1 {
			if i := bits.TrailingZeros64(rest); !test(w<<6 + i) {
				b[w] &^= 1 << i
			}
		}
	}
}

// packLengths marks the texts of lo to hi bytes. offs has one more than there are
// rows.
func packLengths(out Bitmap, offs []int32, lo, hi int32) {
	width := uint64(hi-lo) + 1
	for w := range out {
		at := offs[w<<6 : min(w<<6+65, len(offs))]
		var y uint64
		for i := len(at) - 2; i >= 0; i-- {
			y = carry(y, uint64(uint32(at[i+1]-at[i]-lo)), width)
		}
		out[w] = y
	}
}
