package evtx

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// The types of values that the code speaks of; typeArray is added to that of the
// elements.
const (
	typeNull   byte = 0x00
	typeString byte = 0x01
	typeANSI   byte = 0x02
	typeSID    byte = 0x13
	typeXML    byte = 0x21 // binary
	typeText   byte = 0x23
	typeArray  byte = 0x80
)

// kinds are the types of values, with their length in bytes and their
// text, which is that of Windows.
var kinds = [...]struct {
	name   string
	size   int                        // or anySize, addressSize, sidSize
	append func(dst, b []byte) []byte // nil: UTF-16
}{
	0x00: {name: "null", append: func(dst, _ []byte) []byte { return dst }},
	0x01: {name: "string"},
	0x02: {name: "ANSI string", append: appendANSI},
	0x03: {"int8", 1, func(dst, b []byte) []byte { return strconv.AppendInt(dst, int64(int8(b[0])), 10) }},
	0x04: {"uint8", 1, func(dst, b []byte) []byte { return strconv.AppendInt(dst, int64(b[0]), 10) }},
	0x05: {"int16", 2, func(dst, b []byte) []byte {
		return strconv.AppendInt(dst, int64(int16(binary.LittleEndian.Uint16(b))), 10)
	}},
	0x06: {"uint16", 2, func(dst, b []byte) []byte { return strconv.AppendInt(dst, int64(binary.LittleEndian.Uint16(b)), 10) }},
	0x07: {"int32", 4, func(dst, b []byte) []byte {
		return strconv.AppendInt(dst, int64(int32(binary.LittleEndian.Uint32(b))), 10)
	}},
	0x08: {"uint32", 4, func(dst, b []byte) []byte { return strconv.AppendInt(dst, int64(binary.LittleEndian.Uint32(b)), 10) }},
	0x09: {"int64", 8, func(dst, b []byte) []byte { return strconv.AppendInt(dst, int64(binary.LittleEndian.Uint64(b)), 10) }},
	0x0A: {"uint64", 8, func(dst, b []byte) []byte { return strconv.AppendUint(dst, binary.LittleEndian.Uint64(b), 10) }},
	0x0B: {"float", 4, func(dst, b []byte) []byte {
		return strconv.AppendFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 'g', -1, 32)
	}},
	0x0C: {"double", 8, func(dst, b []byte) []byte {
		return strconv.AppendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(b)), 'g', -1, 64)
	}},
	0x0D: {"boolean", 4, func(dst, b []byte) []byte { return strconv.AppendBool(dst, binary.LittleEndian.Uint32(b) != 0) }},
	0x0E: {name: "binary", append: appendHex},
	0x0F: {"GUID", 16, appendGUID},
	0x10: {"size", addressSize, appendAddress},
	0x11: {"FILETIME", 8, appendFileTime},
	0x12: {"SYSTEMTIME", 16, appendSystemTime},
	0x13: {"SID", sidSize, appendSID},
	0x14: {"HexInt32", 4, appendAddress},
	0x15: {"HexInt64", 8, appendAddress},
	0x20: {name: "handle", append: appendHex},
	0x21: {name: "binary XML", append: func(dst, _ []byte) []byte { return dst }},
	0x23: {name: "XML"},
}

// appendValue appends the text of a value. odd says that it has none, for it has
// not the length of its type, or its type is not known; loose is as in Item.
//
// Numbers are decimal, but HexInt32 and HexInt64 and sizes 0x1f; booleans true and
// false; binary data is hexadecimal, in capitals, as are GUIDs, in braces; times
// are RFC 3339 in UTC with all their digits: 2024-03-01T10:00:00.1234567Z.
func appendValue(dst []byte, v value) (out []byte, loose, odd bool) {
	kind := v.kind &^ typeArray
	if int(kind) >= len(kinds) || kinds[kind].name == "" {
		return dst, false, true
	}
	k := &kinds[kind]
	switch {
	case k.append == nil:
		out, loose = appendUTF16(dst, trimmed(v.data))
		return out, loose, false
	case !fits(k.size, v.data):
		return dst, false, true
	}
	return k.append(dst, v.data), false, false
}

// The sizes that are not a number of bytes.
const (
	anySize     = 0
	addressSize = -1 // 4 or 8
	sidSize     = -2 // as it says itself
)

func fits(size int, b []byte) bool {
	switch size {
	case anySize:
		return true
	case addressSize:
		return len(b) == 4 || len(b) == 8
	case sidSize:
		return len(b) >= sidHead && len(b) >= sidHead+4*int(b[1])
	}
	return len(b) == size
}

// element takes the first element off an array. Texts end with a zero; of other
// types whose elements have no fixed length there are no arrays, but of SIDs,
// which know their own.
func element(kind byte, array []byte) (first value, rest []byte) {
	n := len(array)
	switch {
	case kind == typeString || kind == typeText:
		for i := 0; i+1 < n; i += 2 {
			if array[i] == 0 && array[i+1] == 0 {
				return value{kind: kind, data: array[:i]}, array[i+2:]
			}
		}
	case kind == typeANSI:
		if i := bytes.IndexByte(array, 0); i >= 0 {
			return value{kind: kind, data: array[:i]}, array[i+1:]
		}
	case kind == typeSID && n >= sidHead:
		n = min(n, sidHead+4*int(array[1]))
	case int(kind) < len(kinds) && kinds[kind].size > 0:
		n = min(n, kinds[kind].size)
	}
	return value{kind: kind, data: array[:n]}, array[n:]
}

// trimmed is UTF-16 without zeros at its end, which some writers count as part of
// a text.
func trimmed(b []byte) []byte {
	for n := len(b); n >= 2 && b[n-1] == 0 && b[n-2] == 0; n = len(b) {
		b = b[:n-2]
	}
	return b
}

// appendANSI reads text in the code page of Western Europe: a file does not say
// which it is in.
func appendANSI(dst, b []byte) []byte {
	for _, c := range bytes.TrimRight(b, "\x00") {
		if c < 0x80 {
			dst = append(dst, c)
		} else {
			dst = append(dst, string(charmap.Windows1252.DecodeByte(c))...)
		}
	}
	return dst
}

func appendHex(dst, b []byte) []byte {
	n := len(dst)
	dst = hex.AppendEncode(dst, b)
	copy(dst[n:], bytes.ToUpper(dst[n:]))
	return dst
}

func appendAddress(dst, b []byte) []byte {
	n := uint64(binary.LittleEndian.Uint32(b))
	if len(b) == 8 {
		n = binary.LittleEndian.Uint64(b)
	}
	return strconv.AppendUint(append(dst, "0x"...), n, 16)
}

// appendGUID writes the first three of its parts as numbers, lowest byte first.
func appendGUID(dst, b []byte) []byte {
	const order = "\x03\x02\x01\x00-\x05\x04-\x07\x06-\x08\x09-\x0a\x0b\x0c\x0d\x0e\x0f"
	const digits = "0123456789ABCDEF"
	dst = append(dst, '{')
	for _, i := range []byte(order) {
		if i == '-' {
			dst = append(dst, '-')
		} else {
			dst = append(dst, digits[b[i]>>4], digits[b[i]&15])
		}
	}
	return append(dst, '}')
}

// appendFileTime reads 100 ns since 1601.
func appendFileTime(dst, b []byte) []byte {
	const perSecond, to1970 = 10_000_000, 11_644_473_600
	n := binary.LittleEndian.Uint64(b)
	t := time.Unix(int64(n/perSecond)-to1970, int64(n%perSecond)*100).UTC()
	return t.AppendFormat(dst, "2006-01-02T15:04:05.0000000Z")
}

// appendSystemTime reads year, month, day of the week, day, hour, minute, second
// and millisecond, 16 bits each.
func appendSystemTime(dst, b []byte) []byte {
	at := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	t := time.Date(at(0), time.Month(at(1)), at(3), at(4), at(5), at(6), at(7)*1e6, time.UTC)
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

// sidHead is the length of a SID before its parts.
const sidHead = 8

// appendSID reads revision, the number of parts behind the authority, the
// authority (48 bits, highest byte first; hexadecimal from 32 bits on) and the
// parts (32 bits).
func appendSID(dst, b []byte) []byte {
	dst = strconv.AppendUint(append(dst, "S-"...), uint64(b[0]), 10)
	authority := uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
	if authority < 1<<32 {
		dst = strconv.AppendUint(append(dst, '-'), authority, 10)
	} else {
		dst = strconv.AppendUint(append(dst, "-0x"...), authority, 16)
	}
	for i := range int(b[1]) {
		dst = strconv.AppendUint(append(dst, '-'), uint64(binary.LittleEndian.Uint32(b[sidHead+4*i:])), 10)
	}
	return dst
}
