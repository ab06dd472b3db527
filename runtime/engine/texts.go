package engine

import (
	"encoding/binary"
	"math/bits"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// texts keeps copies of texts that alerts showed, so that the alerts of all rules that
// hit one row, and of rows that are alike, share them. It is a table in which a text
// has one place: the next with that place takes it over.
type texts []shared

// shared is a text, and the same as a value.
type shared struct {
	text  string
	value any
}

const (
	sharedBits = 12      // of a place
	maxShared  = 1 << 10 // bytes of a text that is kept
)

// value is row i of a column, as Value gives it.
func (t *texts) value(v *vec.Vec, i int) any {
	if v.Kind != types.String || v.Missing(i) {
		return v.Value(i)
	}
	text := v.Text(i)
	if len(text) > maxShared {
		return v.Value(i)
	}
	if *t == nil {
		*t = make(texts, 1<<sharedBits)
	}
	at := &(*t)[placeOf(text)]
	if at.value == nil || at.text != text {
		at.value = v.Value(i)
		at.text, _ = at.value.(string)
	}
	return at.value
}

// placeOf is the place of a text in texts, by its length and the ends of it.
func placeOf(s string) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(len(s))
	if len(s) >= 8 {
		var ends [16]byte
		copy(ends[:8], s)
		copy(ends[8:], s[len(s)-8:])
		h ^= binary.LittleEndian.Uint64(ends[:]) * odd
		h = bits.RotateLeft64(h, 32) ^ binary.LittleEndian.Uint64(ends[8:])
	} else {
		for i := range len(s) {
			h = h<<8 ^ uint64(s[i])
		}
	}
	return h * odd >> (64 - sharedBits)
}
