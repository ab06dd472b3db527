package state

import (
	"encoding/binary"
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// form is how the keys of a table are laid out as bytes: the columns in order,
// numbers in 8 bytes, addresses in 16, bools in 1, little-endian; a text as it is
// in the last column and after its length (uvarint) before that.
type form struct {
	kinds []types.Kind
	width int // in bytes, where no column is a text
	texts bool
}

func formOf(kinds []types.Kind) form {
	f := form{kinds: kinds}
	for _, k := range kinds {
		if k == types.String {
			f.texts = true
		}
		f.width += widthOf(k)
	}
	return f
}

// widthOf is the bytes that a value of fixed width takes, 0 for others.
func widthOf(k types.Kind) int {
	switch k {
	case types.Bool:
		return 1
	case types.Int, types.Timestamp, types.Duration, types.Float:
		return 8
	case types.IP:
		return 16
	}
	return 0
}

// long reports whether a key lies in the arena, by the upper word of its cell.
func (f *form) long(w1 uint64) bool {
	if f.texts {
		return w1>>56 == isLong
	}
	return f.width > len(cell{})
}

// length is the length of a key that lies in its cell.
func (f *form) length(c *cell) int {
	if f.texts {
		return int(c[15])
	}
	return f.width
}

// words is the cell of a key that is looked up.
func (f *form) words(key string) (w0, w1 uint64) {
	switch {
	case f.texts && len(key) > shortText:
		return nowhere, isLong<<56 | uint64(len(key))
	case f.texts:
		return textWords(key)
	case len(key) > len(cell{}):
		return nowhere, uint64(len(key))
	}
	var c cell
	copy(c[:], key)
	return binary.LittleEndian.Uint64(c[:8]), binary.LittleEndian.Uint64(c[8:])
}

// floatBits are the bits of a key; 0 and -0 have the same.
func floatBits(x float64) uint64 { return math.Float64bits(x + 0) }

// appendValue appends row r of a column to a key; last marks the last column.
func appendValue(b []byte, v *vec.Vec, r int, last bool) []byte {
	switch v.Kind {
	case types.Bool:
		if v.Bits.Get(r) {
			return append(b, 1)
		}
		return append(b, 0)
	case types.Int, types.Timestamp, types.Duration:
		return binary.LittleEndian.AppendUint64(b, uint64(v.I64[r]))
	case types.Float:
		return binary.LittleEndian.AppendUint64(b, floatBits(v.F64[r]))
	case types.IP:
		return append(b, v.IPs[r][:]...)
	}
	s := v.Text(r)
	if !last {
		b = binary.AppendUvarint(b, uint64(len(s)))
	}
	return append(b, s...)
}

// cut splits a key's first value, of column c, from the rest; ok is false where
// the bytes are no key.
func (f *form) cut(c int, key []byte) (value, rest []byte, ok bool) {
	n := widthOf(f.kinds[c])
	switch {
	case n > 0:
	case c == len(f.kinds)-1:
		n = len(key)
	default:
		length, at := binary.Uvarint(key)
		if at <= 0 || length > uint64(len(key)-at) {
			return nil, nil, false
		}
		key, n = key[at:], int(length)
	}
	if n > len(key) {
		return nil, nil, false
	}
	return key[:n], key[n:], true
}

// value is the bytes of column c of a well-formed key.
func (f *form) value(c int, key []byte) []byte {
	for i := range c {
		_, key, _ = f.cut(i, key)
	}
	v, _, _ := f.cut(c, key)
	return v
}

// valid reports whether bytes are a key of this form.
func (f *form) valid(key []byte) bool {
	ok := true
	for c := 0; c < len(f.kinds) && ok; c++ {
		_, key, ok = f.cut(c, key)
	}
	return ok && len(key) == 0
}

// keyed reports whether values of a kind can be keys.
func keyed(k types.Kind) bool { return k == types.String || widthOf(k) > 0 }
