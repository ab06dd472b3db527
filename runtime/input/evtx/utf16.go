package evtx

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// lone stands for half of a surrogate pair without the other: a byte that is
// never part of UTF-8.
const lone = 0xFF

// appendUTF16 appends little-endian UTF-16 as UTF-8. loose says that it held a
// half of a pair alone. An odd byte at the end is not text.
func appendUTF16(dst, b []byte) (out []byte, loose bool) {
	b = b[:len(b)&^1]
	for i := 0; i < len(b); {
		// Four units at a time, as long as they are ASCII.
		for len(b)-i >= 8 {
			x := binary.LittleEndian.Uint64(b[i:])
			if x&0xFF80_FF80_FF80_FF80 != 0 {
				break
			}
			dst = append(dst, byte(x), byte(x>>16), byte(x>>32), byte(x>>48))
			i += 8
		}
		if i == len(b) {
			break
		}
		r := rune(binary.LittleEndian.Uint16(b[i:]))
		i += 2
		switch {
		case r < utf8.RuneSelf:
			dst = append(dst, byte(r))
		case !utf16.IsSurrogate(r):
			dst = utf8.AppendRune(dst, r)
		default:
			pair := utf8.RuneError
			if len(b)-i >= 2 {
				pair = utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(b[i:])))
			}
			if pair == utf8.RuneError {
				dst, loose = append(dst, lone), true
				continue
			}
			dst = utf8.AppendRune(dst, pair)
			i += 2
		}
	}
	return dst, loose
}
