package state

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// SaveVec writes a column without a dictionary.
func SaveVec(w *Writer, v *vec.Vec) {
	w.Int(int64(v.Kind))
	w.Int(int64(v.N))
	Slice(w, v.Valid)
	Slice(w, v.Bits)
	Slice(w, v.I64)
	Slice(w, v.F64)
	Slice(w, v.Offs)
	Slice(w, v.Bytes)
	Slice(w, v.IPs)
	if v.Kind == types.List {
		SaveVec(w, v.Child)
	}
}

// LoadVec reads what SaveVec wrote: a column of the given kind whose slices
// fit together.
func LoadVec(r *Reader, kind types.Kind) *vec.Vec {
	v := &vec.Vec{Kind: types.Kind(r.Int()), N: int(r.Int())}
	v.Valid = none(ReadSlice[uint64](r))
	v.Bits = none(ReadSlice[uint64](r))
	v.I64 = none(ReadSlice[int64](r))
	v.F64 = none(ReadSlice[float64](r))
	v.Offs = none(ReadSlice[int32](r))
	v.Bytes = none(ReadSlice[byte](r))
	v.IPs = none(ReadSlice[[16]byte](r))
	limit := int32(len(v.Bytes))
	if v.Kind == types.List && r.Err() == nil {
		if kind != types.List {
			r.Fail("a saved column is a list inside a list")
			return vec.Nulls(0)
		}
		v.Child = LoadVec(r, types.Any)
		limit = int32(v.Child.N)
	}
	if r.Err() == nil && !(v.Kind == kind || v.Kind == types.Null || kind == types.Any && v.Kind != types.List) || !sound(v, limit) {
		r.Fail("a saved column is damaged")
	}
	if r.Err() != nil {
		return vec.Nulls(0)
	}
	return v
}

// none is nil for an empty slice: kernels tell by what is there how a column lies.
func none[T any](x []T) []T {
	if len(x) == 0 {
		return nil
	}
	return x
}

// sound reports whether the slices of a column fit its number of rows, and its
// offsets what they point into.
func sound(v *vec.Vec, limit int32) bool {
	n, words := v.N, (v.N+63)/64
	if n < 0 || v.Valid != nil && len(v.Valid) != words {
		return false
	}
	switch v.Kind {
	case types.Bool:
		return len(v.Bits) == words
	case types.Int, types.Timestamp, types.Duration:
		return len(v.I64) == n
	case types.Float:
		return len(v.F64) == n
	case types.IP:
		return len(v.IPs) == n
	case types.String, types.List:
		if len(v.Offs) != n+1 || v.Offs[0] < 0 || v.Offs[n] > limit {
			return false
		}
		for i := range n {
			if v.Offs[i] > v.Offs[i+1] {
				return false
			}
		}
		return true
	case types.Null:
		return true
	}
	return false
}
