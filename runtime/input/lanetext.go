package input

import (
	"encoding/hex"
	"unicode/utf8"
)

// castText copies text and mends what is not UTF-8.
func castText(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	if begin, end := src.offs[0], src.offs[n]; ascii(src.text[begin:end]) {
		return dst.copyFrom(at, src, 0, n)
	}
	var scratch []byte
	for i := range n {
		t := src.textAt(i)
		out, ok := mend(scratch, t)
		if !ok {
			scratch = out
			odd(i, mended, value{form: loose, text: t})
		}
		if err := dst.addText(at+i, out); err != nil {
			return err
		}
	}
	return nil
}

// allText reports whether all n texts of a lane are UTF-8.
func (l *lane) allText(from, n int) bool {
	if ascii(l.text[l.offs[from]:l.offs[from+n]]) {
		return true
	}
	for i := from; i < from+n; i++ {
		if !utf8.Valid(l.textAt(i)) {
			return false
		}
	}
	return true
}

func castAddress(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i := range n {
		t := src.textAt(i)
		if a, ok := dottedQuad(t); ok {
			dst.ips[at+i] = a
			continue
		}
		v := value{form: loose, text: t}
		a, o := toIP(v)
		if dst.ips[at+i] = a; o != fits {
			odd(i, o, v)
		}
	}
	return nil
}

// dottedQuad reads the common form of an address. Like net/netip it takes no
// leading zeros.
func dottedQuad(t []byte) (a [16]byte, ok bool) {
	a[10], a[11] = 0xff, 0xff
	part, digits, n := uint32(0), 0, 0
	for _, c := range t {
		if c == '.' {
			if digits == 0 || n == 3 {
				return a, false
			}
			a[12+n] = byte(part)
			n++
			part, digits = 0, 0
			continue
		}
		if c -= '0'; c > 9 || digits > 0 && part == 0 {
			return a, false
		}
		digits++
		if part = part*10 + uint32(c); part > 255 {
			return a, false
		}
	}
	a[15] = byte(part)
	return a, n == 3 && digits > 0
}

// castBytesAddress reads addresses that are stored as their 4 or 16 bytes.
func castBytesAddress(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i := range n {
		switch t := src.textAt(i); len(t) {
		case 4:
			dst.ips[at+i] = [16]byte{10: 0xff, 11: 0xff, 12: t[0], 13: t[1], 14: t[2], 15: t[3]}
		case 16:
			copy(dst.ips[at+i][:], t)
		default:
			odd(i, unfit, value{form: loose, text: t})
		}
	}
	return nil
}

func appendUUID(b, t []byte) []byte {
	if len(t) != 16 {
		return b
	}
	for i, part := range [...][]byte{t[:4], t[4:6], t[6:8], t[8:10], t[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}
