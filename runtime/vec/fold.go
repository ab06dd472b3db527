package vec

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// Text is compared without case by Unicode simple folding: every code point that
// differs from another only in case becomes one and the same code point, its
// lower case. Simple folding maps one code point to one code point, so it never
// changes how long a text is: ß stays ß, İ stays İ, while the Kelvin sign becomes
// k and ſ becomes s. Bytes that are not UTF-8 stay as they are.
//
// Everything here agrees with FoldString: ContainsFold(a, FoldString(b)) is
// strings.Contains(FoldString(a), FoldString(b)), and so on.

// Eight bytes at a time: the word holds ASCII if no byte has its high bit set,
// and a byte is in 'A'..'Z' if adding highA sets its high bit and adding highZ
// does not.
const (
	highBits = 0x8080808080808080
	highA    = 0x3f3f3f3f3f3f3f3f // 0x80 - 'A'
	highZ    = 0x2525252525252525 // 0x80 - 'Z' - 1
)

// upper8 has the high bit of each byte that is in 'A'..'Z', given ASCII.
func upper8(x uint64) uint64 { return ((x + highA) ^ (x + highZ)) & highBits }

// load8 reads eight bytes of s from i on; there must be as many.
func load8(s string, i int) uint64 {
	return binary.LittleEndian.Uint64(unsafe.Slice((*byte)(unsafe.StringData(s[i:i+8])), 8))
}

// foldByte is the folding of an ASCII byte.
func foldByte(c byte) byte {
	if c-'A' < 26 {
		c += 'a' - 'A'
	}
	return c
}

// FoldRune is the simple case folding of a code point.
func FoldRune(r rune) rune {
	switch { // the common scripts, then those without case, then the tables
	case r < utf8.RuneSelf:
		return rune(foldByte(byte(r)))
	case 0x0430 <= r && r <= 0x045f: // Cyrillic
		return r
	case 0x0410 <= r && r <= 0x042f:
		return r + 0x20
	case 0x2e80 <= r && r < 0xa640, 0xac00 <= r && r < 0xfb00, 0x1f000 <= r: // CJK, Hangul, emoji
		return r
	}
	if unicode.SimpleFold(r) == r {
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r))
}

// foldedPrefix is how many bytes at the start of s are folded already.
func foldedPrefix(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := load8(s, i)
		if x&highBits != 0 || upper8(x) != 0 {
			break
		}
	}
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if c != foldByte(c) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if FoldRune(r) != r {
			return i
		}
		i += size
	}
	return i
}

// FoldString is s folded. It does not allocate when s is folded already.
func FoldString(s string) string {
	i := foldedPrefix(s)
	if i == len(s) {
		return s
	}
	out := make([]byte, 0, len(s)+4)
	out = append(out, s[:i]...)
	return unsafeString(AppendFold(out, s[i:]))
}

// AppendFold appends s, folded, to dst.
func AppendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		for i+8 <= len(s) {
			x := load8(s, i)
			if x&highBits != 0 {
				break
			}
			dst = binary.LittleEndian.AppendUint64(dst, x|upper8(x)>>2)
			i += 8
		}
		for end := min(i+8, len(s)); i < end; {
			if c := s[i]; c < utf8.RuneSelf {
				dst = append(dst, foldByte(c))
				i++
				continue
			}
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[i])
			} else {
				dst = utf8.AppendRune(dst, FoldRune(r))
			}
			i += size
		}
	}
	return dst
}

// EqualFold reports whether a and b fold to the same text. Unlike
// strings.EqualFold it tells bytes that are not UTF-8 apart.
func EqualFold(a, b string) bool {
	i := 0
	if len(a) == len(b) {
		for ; i+8 <= len(a); i += 8 {
			x, y := load8(a, i), load8(b, i)
			if x == y {
				continue
			}
			if (x|y)&highBits != 0 {
				break
			}
			if x|upper8(x)>>2 != y|upper8(y)>>2 {
				return false
			}
		}
		// The last equal words may have ended inside a code point.
		for i > 0 && i < len(a) && !(utf8.RuneStart(a[i]) && utf8.RuneStart(b[i])) {
			i--
		}
	}
	rest, ok := cutFolds(a[i:], b[i:])
	return ok && rest == ""
}

// cutFolds cuts from s what folds to the same text as t, if s begins so.
func cutFolds(s, t string) (rest string, ok bool) {
	for t != "" {
		if s == "" {
			return s, false
		}
		if s[0] < utf8.RuneSelf && t[0] < utf8.RuneSelf {
			if foldByte(s[0]) != foldByte(t[0]) {
				return s, false
			}
			s, t = s[1:], t[1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		q, m := utf8.DecodeRuneInString(t)
		if (r == utf8.RuneError && n == 1) || (q == utf8.RuneError && m == 1) {
			if s[0] != t[0] || n != m {
				return s, false
			}
		} else if r != q && FoldRune(r) != FoldRune(q) {
			return s, false
		}
		s, t = s[n:], t[m:]
	}
	return s, true
}

// HasPrefixFold reports whether s, folded, begins with a folded text, which must
// be whole code points.
func HasPrefixFold(s, folded string) bool {
	_, ok := cutFolds(s, folded)
	return ok
}

// HasSuffixFold reports whether s, folded, ends in a folded text, which must be
// whole code points.
func HasSuffixFold(s, folded string) bool {
	for folded != "" {
		if s == "" {
			return false
		}
		c, d := s[len(s)-1], folded[len(folded)-1]
		if c < utf8.RuneSelf && d < utf8.RuneSelf {
			if foldByte(c) != d {
				return false
			}
			s, folded = s[:len(s)-1], folded[:len(folded)-1]
			continue
		}
		r, n := utf8.DecodeLastRuneInString(s)
		q, m := utf8.DecodeLastRuneInString(folded)
		if (r == utf8.RuneError && n == 1) || (q == utf8.RuneError && m == 1) {
			if c != d || n != m {
				return false
			}
		} else if r != q && FoldRune(r) != q {
			return false
		}
		s, folded = s[:len(s)-n], folded[:len(folded)-m]
	}
	return true
}

// runeCut is the last place in s, at or before byte n, that is not inside a code
// point.
func runeCut(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for back := range min(n, utf8.UTFMax) {
		if utf8.RuneStart(s[n-back]) {
			return n - back
		}
	}
	return n // not UTF-8
}

// foldBuffer is the size of the piece of text that ContainsFold folds at a time,
// on the stack.
const foldBuffer = 512

// ContainsFold reports whether s, folded, contains a folded text. It folds s
// piece by piece and leaves the search to strings.Index, which is linear and
// vectorised; that is faster than any search that folds as it compares.
func ContainsFold(s, folded string) bool {
	if len(folded) > foldBuffer/4 {
		return strings.Contains(FoldString(s), folded)
	}
	if i := foldedPrefix(s); i == len(s) {
		return strings.Contains(s, folded)
	}
	var piece [foldBuffer]byte
	kept := 0 // bytes of the last piece that a match may have begun in
	for {
		// A code point grows by at most half when it folds (two bytes to three).
		cut := runeCut(s, (foldBuffer-kept)/3*2)
		text := AppendFold(piece[:kept], s[:cut])
		if strings.Contains(unsafeString(text), folded) {
			return true
		}
		if s = s[cut:]; s == "" {
			return false
		}
		kept = min(len(text), max(len(folded)-1, 0))
		copy(piece[:], text[len(text)-kept:])
	}
}

// ASCII reports whether a text has nothing beyond ASCII.
func ASCII(s string) bool {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if load8(s, i)&highBits != 0 {
			return false
		}
	}
	for ; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
