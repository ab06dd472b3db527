package vec

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf8"
)

// finder looks for a literal in a whole column of plain text at once. The texts of
// a column stand one after the other, so one search runs over all of them and each
// hit is mapped back to its row; what is rare is then found at the speed at which
// memory is read, and a row that has nothing in it costs nothing.
//
// Without case the search is for the byte of the literal that is rarest in the
// column, in both cases, which the library does many bytes at a time; the rest is
// compared where that byte stands.
type finder struct {
	text  string // folded unless cased
	cased bool
	odd   []string // what folds to one of its letters and is not ASCII
	tuned bool     // the pivot has been chosen
	pivot int      // the rarest byte of text
	both  [2]byte  // that byte in lower and in upper case
}

// finderBlock is how many bytes are searched at a time, for both cases: they stay in
// the nearest cache.
const finderBlock = 16 << 10

// newFinder is nil for a literal that it cannot look for: the empty one, and one
// beyond ASCII without case.
func newFinder(text string, cased bool) *finder {
	f := &finder{text: text, cased: cased}
	if !cased {
		f.text = FoldString(text)
		// What folds to k and s beside their capitals is found by a slower search.
		for _, odd := range []struct{ letter, texts string }{{"k", "\u212a"}, {"s", "\u017f"}} {
			if strings.Contains(f.text, odd.letter) {
				f.odd = append(f.odd, odd.texts)
			}
		}
		for i := range len(f.text) {
			if f.text[i] >= utf8.RuneSelf {
				return nil
			}
		}
	}
	if text == "" {
		return nil
	}
	return f
}

// tune chooses the pivot by the bytes of a column.
func (f *finder) tune(text []byte) {
	var count [256]int
	for _, c := range text[:min(len(text), finderBlock)] {
		count[c]++
	}
	least := math.MaxInt
	for i := range len(f.text) {
		lower, upper := f.text[i], f.text[i]
		sum := count[lower]
		if 'a' <= lower && lower <= 'z' && !f.cased {
			upper = lower - 'a' + 'A'
			sum += count[upper]
		}
		if sum < least {
			least, f.pivot, f.both = sum, i, [2]byte{lower, upper}
		}
	}
	f.tuned = true
}

// in reports whether one text holds the literal.
func (f *finder) in(s string) bool {
	if f.cased {
		return strings.Contains(s, f.text)
	}
	return ContainsFold(s, f.text)
}

// mark writes to out the rows of want (nil: all) of a column of plain text that hold
// the literal.
func (f *finder) mark(v *Vec, n int, want, out Bitmap) {
	if want != nil && want.Count()*4 < n {
		testRows(out, n, want, func(i int) bool { return f.in(v.Text(i)) })
		return
	}
	if !f.tuned {
		f.tune(v.Bytes)
	}
	clear(out)
	for from := 0; from < n; {
		to := from + 1
		for to < n && v.Offs[to+1]-v.Offs[from] <= finderBlock {
			to++
		}
		f.markBlock(v, from, to, out)
		from = to
	}
	out.Intersect(want)
}

// markBlock sets in out the rows from..to that hold the literal.
func (f *finder) markBlock(v *Vec, from, to int, out Bitmap) {
	base := v.Offs[from]
	text := v.Bytes[base:v.Offs[to]]
	for _, odd := range f.odd {
		if bytes.Contains(text, []byte(odd)) {
			for i := from; i < to; i++ {
				if f.in(v.Text(i)) {
					out.Set(i)
				}
			}
			return
		}
	}
	row, lower, upper := from, -1, len(text)
	if f.both[0] != f.both[1] {
		upper = -1
	}
	for at := 0; ; { // lower and upper are where the pivot stands next from there on
		if lower < at {
			lower = indexFrom(text, f.both[0], at)
		}
		if upper < at {
			upper = indexFrom(text, f.both[1], at)
		}
		place := min(lower, upper)
		if place == len(text) {
			return
		}
		for int(v.Offs[row+1]-base) <= place {
			row++
		}
		at = place + 1
		start, end := place-f.pivot, place-f.pivot+len(f.text)
		if start >= int(v.Offs[row]-base) && end <= int(v.Offs[row+1]-base) && f.is(text[start:end]) {
			out.Set(row)
			at = int(v.Offs[row+1] - base)
		}
	}
}

// indexFrom is where c stands next in text from a place on, len(text) if nowhere.
func indexFrom(text []byte, c byte, from int) int {
	if from < len(text) {
		if i := bytes.IndexByte(text[from:], c); i >= 0 {
			return from + i
		}
	}
	return len(text)
}

// is reports whether a text as long as the literal is the literal.
func (f *finder) is(text []byte) bool {
	if f.cased {
		return string(text) == f.text
	}
	for i, c := range text {
		if foldByte(c) != f.text[i] {
			return false
		}
	}
	return true
}
