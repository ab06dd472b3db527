// Package vec holds the columns that the engine computes with: plain slices over
// the buffers of Arrow arrays, a bitmap of present rows, and the kernels that
// turn columns into columns.
//
// A generic Value(i) call in a loop costs seven times what a slice costs, so
// arrays are widened once at the door (FromArrow) to a handful of forms and every
// loop after that runs over slices. Text is kept as codes into a dictionary where
// it can be, so that a text predicate runs once for each distinct value.
package vec

import (
	"net/netip"
	"unsafe"

	"github.com/detlang/det/lang/types"
)

// Vec is one column of N rows. Exactly the slices of its kind are set:
//
//	Bool                      Bits
//	Int, Timestamp, Duration  I64 (timestamps and durations in microseconds)
//	Float                     F64
//	String                    Codes and Dict, or Offs and Bytes
//	IP                        IPs (16 bytes, v4 mapped into v6)
//	List                      Offs and Child
//	Null                      nothing: every row is missing
//
// Valid has a bit for each row that is present; nil means that all are. What the
// slices hold in a missing row is unspecified, but reading it is safe, and the
// Bits of a Bool are zero in missing rows. A Vec is not changed once it is made.
type Vec struct {
	Kind  types.Kind
	N     int
	Valid Bitmap
	Bits  Bitmap
	I64   []int64
	F64   []float64
	Codes []int32
	Dict  *Dict
	Offs  []int32
	Bytes []byte
	IPs   [][16]byte
	Child *Vec

	// Load, where set, stands for all of the above: it makes the column, right for
	// the rows of mask (nil: all). It is for columns of which mostly few rows are
	// read, and whoever reads the slices calls Loaded first.
	Load func(mask Bitmap) *Vec
}

// Loaded is the column itself, or what Load makes for the rows of mask.
func (v *Vec) Loaded(mask Bitmap) *Vec {
	if v.Load != nil {
		return v.Load(mask)
	}
	return v
}

// Missing reports whether row i is missing.
func (v *Vec) Missing(i int) bool {
	return v.Kind == types.Null || v.Valid != nil && !v.Valid.Get(i)
}

// Text is the text of row i of a String column. It shares the column's memory.
func (v *Vec) Text(i int) string {
	if v.Dict != nil {
		return v.Dict.Value(v.Codes[i])
	}
	return unsafeString(v.Bytes[v.Offs[i]:v.Offs[i+1]])
}

func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Value is row i as a Go value: bool, int64 (also for timestamps and durations,
// in microseconds), float64, string, netip.Addr, []any, or nil when missing. It
// is for the edges (alerts, tests), never for a loop over rows. Text is copied.
func (v *Vec) Value(i int) any {
	if v.Missing(i) {
		return nil
	}
	switch v.Kind {
	case types.Bool:
		return v.Bits.Get(i)
	case types.Int, types.Timestamp, types.Duration:
		return v.I64[i]
	case types.Float:
		return v.F64[i]
	case types.String:
		return string([]byte(v.Text(i)))
	case types.IP:
		return netip.AddrFrom16(v.IPs[i]).Unmap()
	case types.List:
		out := []any{}
		for j := v.Offs[i]; j < v.Offs[i+1]; j++ {
			out = append(out, v.Child.Value(int(j)))
		}
		return out
	}
	return nil
}

// Nulls is a column of n missing rows.
func Nulls(n int) *Vec { return &Vec{Kind: types.Null, N: n, Valid: NewBitmap(n)} }

// Bools is a Bool column without missing rows.
func Bools(bits Bitmap, n int) *Vec { return &Vec{Kind: types.Bool, N: n, Bits: bits} }

// Ints is an Int column.
func Ints(x []int64, valid Bitmap) *Vec {
	return &Vec{Kind: types.Int, N: len(x), I64: x, Valid: valid}
}

// Floats is a Float column.
func Floats(x []float64, valid Bitmap) *Vec {
	return &Vec{Kind: types.Float, N: len(x), F64: x, Valid: valid}
}

// Coded is a String column in dictionary form.
func Coded(codes []int32, d *Dict, valid Bitmap) *Vec {
	return &Vec{Kind: types.String, N: len(codes), Codes: codes, Dict: d, Valid: valid}
}

// Of makes a column from Go values as Value gives them (nil is missing); for
// constants, literals in tests and the edges. kind is the kind of the column.
func Of(kind types.Kind, values ...any) *Vec {
	n := len(values)
	v := &Vec{Kind: kind, N: n}
	for i, x := range values {
		if x == nil {
			if v.Valid == nil {
				v.Valid = Ones(n)
			}
			v.Valid.Clear(i)
		}
	}
	switch kind {
	case types.Bool:
		v.Bits = NewBitmap(n)
		for i, x := range values {
			if x == true {
				v.Bits.Set(i)
			}
		}
	case types.Int, types.Timestamp, types.Duration:
		v.I64 = make([]int64, n)
		for i, x := range values {
			v.I64[i], _ = x.(int64)
		}
	case types.Float:
		v.F64 = make([]float64, n)
		for i, x := range values {
			v.F64[i], _ = x.(float64)
		}
	case types.String:
		in := NewInterner()
		v.Codes = make([]int32, n)
		for i, x := range values {
			s, _ := x.(string)
			v.Codes[i] = in.Code(s)
		}
		v.Dict = in.Dict()
	case types.IP:
		v.IPs = make([][16]byte, n)
		for i, x := range values {
			if a, ok := x.(netip.Addr); ok {
				v.IPs[i] = a.As16()
			}
		}
	case types.List:
		v.Offs = make([]int32, n+1)
		var flat []any
		elem := types.String
		for i, x := range values {
			l, _ := x.([]any)
			flat = append(flat, l...)
			v.Offs[i+1] = int32(len(flat))
		}
		for _, x := range flat {
			switch x.(type) {
			case int64:
				elem = types.Int
			case float64:
				elem = types.Float
			case netip.Addr:
				elem = types.IP
			case bool:
				elem = types.Bool
			}
		}
		v.Child = Of(elem, flat...)
	default:
		v.Kind, v.Valid = types.Null, NewBitmap(n)
	}
	return v
}
