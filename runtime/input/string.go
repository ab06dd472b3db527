package input

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special has the high bit of the first byte of x set, and of none before it,
// that is a quote, a backslash, a control character or not ASCII; 0 means that x
// has none. The bits of bytes behind the first may be wrong.
func special(x uint64) uint64 {
	quote, back := x^'"'*ones, x^'\\'*ones
	return ((quote-ones)&^quote | (back-ones)&^back | (x-' '*ones)&^x | x) & highs
}

// text reads to the quote that ends a string, eight bytes at a time; b[i] is the
// first byte behind the opening quote.
func (s *scanner) text(i int) (next int) {
	b := s.b
	for {
		stop := special(binary.LittleEndian.Uint64(b[i:]))
		if stop == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(stop) >> 3
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c == '\\' && shortEscapes[b[i+1]] != 0:
			i += 2
		case c == '\\':
			if i = s.unicodeEscape(i); i < 0 {
				return i
			}
		case c >= utf8.RuneSelf:
			for b[i] >= utf8.RuneSelf {
				i++
			}
		default:
			return s.fail(i, notClosed)
		}
	}
}

const notClosed = "a string is not closed, or holds a control character"

// plainText reads as text does, but only as far as the string stands for itself:
// closed says that it ends there, else b[next] is the first byte that does not.
func (s *scanner) plainText(i int) (next int, closed bool) {
	for {
		stop := special(binary.LittleEndian.Uint64(s.b[i:]))
		if stop != 0 {
			i += bits.TrailingZeros64(stop) >> 3
			return i, s.b[i] == '"'
		}
		i += 8
	}
}

// decode reads as text does, and appends what the string means to dst. wide says
// that it has bytes that are not ASCII, or an escape \u.
func (s *scanner) decode(dst []byte, i int) (out []byte, next int, wide bool) {
	b := s.b
	for {
		// Eight bytes are copied, and those that stand for themselves kept.
		n := len(dst)
		if cap(dst)-n < 8 {
			dst = slices.Grow(dst, 256)
		}
		x := binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(dst[n:n+8], x)
		keep := bits.TrailingZeros64(special(x)) >> 3 // 8 if nothing is special
		i += keep
		dst = dst[:n+keep]
		if keep == 8 {
			continue
		}
		switch c := b[i]; {
		case c == '"':
			return dst, i + 1, wide
		case c == '\\' && shortEscapes[b[i+1]] != 0:
			dst = append(dst, shortEscapes[b[i+1]])
			i += 2
		case c == '\\':
			if s.unicodeEscape(i) < 0 {
				return dst, -1, true
			}
			r, size := codePoint(b[i:])
			if r < 0 {
				dst = append(dst, lone)
			} else {
				dst = utf8.AppendRune(dst, r)
			}
			i += size
			wide = true
		case c >= utf8.RuneSelf:
			for ; b[i] >= utf8.RuneSelf; i++ {
				dst = append(dst, b[i])
			}
			wide = true
		default:
			return dst, s.fail(i, notClosed), true
		}
	}
}

// decoded is what a field name means whose body begins at i and has been read.
func (s *scanner) decoded(i int) []byte {
	name, _, _ := s.decode(nil, i)
	return name
}

// shortEscapes are the bytes that the escapes of two characters mean, by the
// second character.
var shortEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// unicodeEscape reads an escape that is not one of shortEscapes; b[i] is its
// backslash.
func (s *scanner) unicodeEscape(i int) int {
	if s.b[i+1] != 'u' {
		return s.fail(i+1, "an unknown escape in a string")
	}
	for j := i + 2; j < i+6; j++ {
		if hexDigit(s.b[j]) < 0 {
			return s.fail(j, "an escape \\u needs four hexadecimal digits")
		}
	}
	return i + 6
}

func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// lone stands for a surrogate without its other half: a byte that is never part
// of UTF-8, so that mend counts it and writes U+FFFD.
const lone = 0xFF

// codePoint is what one escape \u means, or two that are a surrogate pair, and
// their length. Half a pair is -1.
func codePoint(b []byte) (r rune, size int) {
	r = unit(b[2:])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if b[6] == '\\' && b[7] == 'u' {
		if pair := utf16.DecodeRune(r, unit(b[8:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return -1, 6
}

// unit is the UTF-16 code unit that four hexadecimal digits mean; of other bytes
// it is none that is half of a pair.
func unit(b []byte) rune {
	return hexDigit(b[0])<<12 | hexDigit(b[1])<<8 | hexDigit(b[2])<<4 | hexDigit(b[3])
}
