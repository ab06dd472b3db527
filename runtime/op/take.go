package op

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// take is the listed rows of a column, in that order, in new memory but for a
// dictionary, which is shared. A negative row is missing.
func take(v *vec.Vec, rows []int32) *vec.Vec {
	n := len(rows)
	out := &vec.Vec{Kind: v.Kind, N: n, Valid: takeValid(v, rows)}
	switch v.Kind {
	case types.Bool:
		out.Bits = vec.NewBitmap(n)
		for i, r := range rows {
			if r >= 0 && v.Bits.Get(int(r)) {
				out.Bits.Set(i)
			}
		}
	case types.Int, types.Timestamp, types.Duration:
		out.I64 = pick(v.I64, rows)
	case types.Float:
		out.F64 = pick(v.F64, rows)
	case types.IP:
		out.IPs = pick(v.IPs, rows)
	case types.String:
		if v.Dict != nil {
			if v.Dict.Len() == 0 {
				return vec.Nulls(n)
			}
			out.Codes, out.Dict = pick(v.Codes, rows), v.Dict
			break
		}
		out.Offs = make([]int32, 1, n+1)
		for _, r := range rows {
			if r >= 0 {
				out.Bytes = append(out.Bytes, v.Text(int(r))...)
			}
			out.Offs = append(out.Offs, int32(len(out.Bytes)))
		}
	case types.List:
		var inner []int32
		out.Offs = make([]int32, 1, n+1)
		for _, r := range rows {
			if r >= 0 {
				for j := v.Offs[r]; j < v.Offs[r+1]; j++ {
					inner = append(inner, j)
				}
			}
			out.Offs = append(out.Offs, int32(len(inner)))
		}
		out.Child = take(v.Child, inner)
	default:
		return vec.Nulls(n)
	}
	return out
}

func takeValid(v *vec.Vec, rows []int32) vec.Bitmap {
	var valid vec.Bitmap
	for i, r := range rows {
		if r >= 0 && (v.Valid == nil || v.Valid.Get(int(r))) {
			continue
		}
		if valid == nil {
			valid = vec.Ones(len(rows))
		}
		valid.Clear(i)
	}
	return valid
}

// pick is x at the listed places; at a negative one, zero.
func pick[T any](x []T, at []int32) []T {
	out := make([]T, len(at))
	for i, r := range at {
		if r >= 0 {
			out[i] = x[r]
		}
	}
	return out
}
