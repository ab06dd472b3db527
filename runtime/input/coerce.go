package input

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/detlang/det/lang/types"
)

// The readings of a value as each type, shared by all text formats. Common to
// all but text: an absent value and empty text are missing, and spaces around
// text do not count.
//
//	bool       true, false; text true/false, yes/no (any case); 1, 0
//	int        any integer that an int64 holds, exactly: 4625, 4e3, 4625.0, "4625", "0x10"
//	float      any number; never NaN or infinite
//	string     text; a number or a nested value as it was written; true, false
//	timestamp  see timestamp.go
//	duration   1h30m as the language writes it, or a number of seconds
//	ip         an address, without port or brackets; a zone (%eth0) is dropped

func toBool(v value) (bool, outcome) {
	switch v.form {
	case absent:
		return false, missing
	case yes:
		return true, fits
	case no:
		return false, fits
	case plain, loose, number:
		t := bytes.TrimSpace(v.text)
		if len(t) == 0 {
			return false, missing
		}
		if len(t) <= len("false") {
			switch strings.ToLower(string(t)) {
			case "true", "yes", "1":
				return true, fits
			case "false", "no", "0":
				return false, fits
			}
		}
	}
	return false, unfit
}

func toInt(v value) (int64, outcome) {
	t := v.text
	switch v.form {
	case absent:
		return 0, missing
	case number:
	case plain, loose:
		if t = bytes.TrimSpace(t); len(t) == 0 {
			return 0, missing
		}
		if n, ok, is := hexadecimal(t); is {
			return n, fitsIf(ok)
		}
	default:
		return 0, unfit
	}
	if n, ok := shortInt(t); ok {
		return n, fits
	}
	d, ok := parseDecimal(t)
	if !ok {
		return 0, unfit
	}
	n, exact, ok := d.scaled(0)
	return n, fitsIf(ok && exact)
}

// shortInt reads up to 18 digits, the common case.
func shortInt(t []byte) (int64, bool) {
	neg := len(t) > 0 && t[0] == '-'
	if neg {
		t = t[1:]
	}
	if len(t) == 0 || len(t) > 18 {
		return 0, false
	}
	n := int64(0)
	for _, c := range t {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	if neg {
		n = -n
	}
	return n, true
}

// hexadecimal reads 0x10 and -0x10; is tells whether t is meant as such.
func hexadecimal(t []byte) (n int64, ok, is bool) {
	digits := bytes.TrimPrefix(t, []byte("-"))
	if len(digits) < 2 || digits[0] != '0' || digits[1]|0x20 != 'x' {
		return 0, false, false
	}
	u, err := strconv.ParseUint(string(digits[2:]), 16, 63)
	if n = int64(u); len(digits) < len(t) {
		n = -n
	}
	return n, err == nil, true
}

func toFloat(v value) (float64, outcome) {
	t := v.text
	switch v.form {
	case absent:
		return 0, missing
	case number:
	case plain, loose:
		if t = bytes.TrimSpace(t); len(t) == 0 {
			return 0, missing
		}
		if n, ok, is := hexadecimal(t); is {
			return float64(n), fitsIf(ok)
		}
		// ParseFloat also reads words, hexadecimal fractions and underscores.
		if _, ok := parseDecimal(t); !ok {
			return 0, unfit
		}
	default:
		return 0, unfit
	}
	f, err := strconv.ParseFloat(view(t), 64)
	return f, fitsIf(err == nil && f-f == 0) // neither infinite nor NaN, as a half may be
}

// toText gives text in v's memory or in scratch, which grows as needed.
func toText(v value, scratch *[]byte) ([]byte, outcome) {
	switch v.form {
	case absent:
		return nil, missing
	case yes:
		return []byte("true"), fits
	case no:
		return []byte("false"), fits
	case loose:
		out, ok := mend(*scratch, v.text)
		if ok {
			return out, fits
		}
		*scratch = out
		return out, mended
	case nested:
		*scratch = compact((*scratch)[:0], v.text)
		out, ok := mend(nil, *scratch)
		if ok {
			return out, fits
		}
		return out, mended
	}
	return v.text, fits
}

// compact appends JSON text without the spaces between its tokens; what stands
// in them is not changed.
func compact(dst, text []byte) []byte {
	inText := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			inText = !inText
		case inText && c == '\\' && i+1 < len(text):
			dst = append(dst, c)
			i++
			c = text[i]
		case !inText && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

func toIP(v value) ([16]byte, outcome) {
	switch v.form {
	case absent:
		return [16]byte{}, missing
	case plain, loose:
	default:
		return [16]byte{}, unfit
	}
	t := bytes.TrimSpace(v.text)
	if len(t) == 0 {
		return [16]byte{}, missing
	}
	a, err := netip.ParseAddr(view(t))
	if err != nil {
		return [16]byte{}, unfit
	}
	return a.As16(), fits
}

// toDuration gives microseconds, rounded down.
func toDuration(v value) (int64, outcome) {
	t := v.text
	switch v.form {
	case absent:
		return 0, missing
	case number:
	case plain, loose:
		if t = bytes.TrimSpace(t); len(t) == 0 {
			return 0, missing
		}
	default:
		return 0, unfit
	}
	if d, ok := parseDecimal(t); ok {
		n, _, ok := d.scaled(6)
		return n, fitsIf(ok)
	}
	d, err := types.ParseDuration(string(t))
	if err != nil {
		return 0, unfit
	}
	us := d / time.Microsecond
	if d%time.Microsecond < 0 {
		us--
	}
	return int64(us), fits
}

func fitsIf(ok bool) outcome {
	if ok {
		return fits
	}
	return unfit
}

// view is b as a string that shares its memory: for calls that do not keep it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
