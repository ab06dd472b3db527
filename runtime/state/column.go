package state

import (
	"encoding/binary"
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Column is the values of key column c for the listed ids, missing where an id is
// negative.
func (k *Keys) Column(c int, ids []int32) *vec.Vec {
	n := len(ids)
	v := &vec.Vec{Kind: k.kinds[c], N: n}
	switch v.Kind {
	case types.Bool:
		v.Bits = vec.NewBitmap(n)
	case types.Int, types.Timestamp, types.Duration:
		v.I64 = make([]int64, n)
	case types.Float:
		v.F64 = make([]float64, n)
	case types.IP:
		v.IPs = make([][16]byte, n)
	case types.String:
		v.Offs = make([]int32, 1, n+1)
	default:
		return vec.Nulls(n)
	}
	var none, scratch cell
	for i, id := range ids {
		var x []byte
		if id < 0 {
			if v.Valid == nil {
				v.Valid = vec.Ones(n)
			}
			v.Valid.Clear(i)
			x = none[:widthOf(v.Kind)]
		} else {
			x = k.form.value(c, k.key(id, &scratch))
		}
		switch v.Kind {
		case types.Bool:
			if x[0] != 0 {
				v.Bits.Set(i)
			}
		case types.Float:
			v.F64[i] = math.Float64frombits(binary.LittleEndian.Uint64(x))
		case types.IP:
			v.IPs[i] = cell(x)
		case types.String:
			v.Bytes = append(v.Bytes, x...)
			v.Offs = append(v.Offs, int32(len(v.Bytes)))
		default:
			v.I64[i] = int64(binary.LittleEndian.Uint64(x))
		}
	}
	return v
}
