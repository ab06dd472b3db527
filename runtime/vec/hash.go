package vec

import (
	"encoding/binary"
	"math"

	"github.com/zeebo/xxh3"

	"github.com/detlang/det/lang/types"
)

// Hash is a hash of the value in a row, the same for equal values whatever form
// their columns have, in any run; 0 for a missing one.
func Hash(v *Vec, row int) uint64 {
	if v.Missing(row) {
		return 0
	}
	var b [16]byte
	switch v.Kind {
	case types.String:
		return HashText(v.Text(row))
	case types.IP:
		return xxh3.Hash(v.IPs[row][:])
	case types.Float:
		x := v.F64[row]
		if x == 0 {
			x = 0 // -0 is 0
		}
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(x))
	case types.Bool:
		if v.Bits.Get(row) {
			b[0] = 1
		}
	default:
		if v.I64 == nil {
			return 0
		}
		binary.LittleEndian.PutUint64(b[:], uint64(v.I64[row]))
	}
	return xxh3.Hash(b[:8])
}

// HashText is the hash of a text.
func HashText(s string) uint64 { return xxh3.HashString(s) }
