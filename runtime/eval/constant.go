package eval

import (
	"net/netip"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// MaxListColumn is the longest constant list that a column can repeat in each of
// its rows, for a function that takes lists. Operators are bound to their lists and
// know no such limit.
const MaxListColumn = 1024

// constant is a value that expressions share, and the columns that it made.
type constant struct {
	kind  types.Kind
	value any
	long  *vec.Vec // the longest so far
	last  *vec.Vec // the one for the last batch, which shares its memory
}

// column is n rows of the constant. A network, a list of networks, and a list
// longer than MaxListColumn have no column: every row is missing.
func (c *constant) column(n int) *vec.Vec {
	if c.last == nil || c.last.N != n {
		if c.long == nil || c.long.N < n {
			c.long = repeat(c.kind, c.value, n)
		}
		c.last = head(c.long, n)
	}
	return c.last
}

// repeat is n rows of a constant.
func repeat(kind types.Kind, value any, n int) *vec.Vec {
	row := one(kind, value)
	if row.Missing(0) {
		return vec.Nulls(n)
	}
	var g vec.Gatherer
	col := g.Gather([]*vec.Vec{row}, n, nil, func(int) (int, int) { return 0, 0 })
	col.Valid = nil
	return col
}

// head is the first n rows of a column that repeats one value.
func head(v *vec.Vec, n int) *vec.Vec {
	h := *v
	h.N = n
	switch {
	case v.Kind == types.Null:
		return vec.Nulls(n)
	case v.Kind == types.Bool:
		h.Bits = vec.NewBitmap(n)
		if v.Bits.Any() {
			h.Bits.Fill(n)
		}
	case v.Kind == types.Float:
		h.F64 = v.F64[:n]
	case v.Kind == types.String:
		h.Codes = v.Codes[:n]
	case v.Kind == types.IP:
		h.IPs = v.IPs[:n]
	case v.Kind == types.List:
		h.Offs = v.Offs[:n+1]
	default:
		h.I64 = v.I64[:n]
	}
	return &h
}

// one is a column of one row of a constant as the language has it.
func one(kind types.Kind, value any) *vec.Vec {
	switch x := value.(type) {
	case nil, netip.Prefix:
		return vec.Nulls(1)
	case time.Time, time.Duration:
		value = microseconds(x)
	case int64:
		if kind == types.Float { // an int fits a float
			value = float64(x)
		}
	case []any:
		elem, ok := elements(x)
		if !ok || len(x) > MaxListColumn {
			return vec.Nulls(1)
		}
		rows := make([]any, len(x))
		for i, e := range x {
			if rows[i] = microseconds(e); elem == types.Float {
				if n, ok := e.(int64); ok {
					rows[i] = float64(n)
				}
			}
		}
		col := vec.Of(types.List, []any{})
		col.Offs[1], col.Child = int32(len(x)), vec.Of(elem, rows...)
		return col
	}
	return vec.Of(kind, value)
}

// elements is the kind of a constant list's elements; ok is false when no column
// can hold them.
func elements(list []any) (elem types.Kind, ok bool) {
	elem = types.Null
	for _, x := range list {
		var k types.Kind
		switch x.(type) {
		case nil:
			continue
		case bool:
			k = types.Bool
		case int64:
			k = types.Int
		case float64:
			k = types.Float
		case string:
			k = types.String
		case time.Time:
			k = types.Timestamp
		case time.Duration:
			k = types.Duration
		case netip.Addr:
			k = types.IP
		default:
			return types.Invalid, false
		}
		switch {
		case elem == types.Null || elem == types.Int && k == types.Float:
			elem = k
		case elem != k && !(elem == types.Float && k == types.Int):
			return types.Invalid, false
		}
	}
	return elem, true
}

// Fold is what a kernel gives for constants of the given types, as the language
// has values: bool, int64, float64, string, time.Duration, time.Time, netip.Addr,
// []any, or nil for null. The kernel was made for the same constants.
func Fold(k vec.Kernel, args []types.Type, consts []any) any {
	cols := make([]*vec.Vec, len(args))
	for i, t := range args {
		cols[i] = one(t.Kind, consts[i])
	}
	return valueOf(k(cols, 1, nil), 0)
}

// valueOf is a row of a column as the language has it, nil when it is missing or a
// duration that the language cannot write (over 292 years; columns go on to 292
// thousand).
func valueOf(v *vec.Vec, i int) any {
	x := v.Value(i)
	if x == nil {
		return nil
	}
	switch v.Kind {
	case types.Timestamp:
		return time.UnixMicro(x.(int64)).UTC()
	case types.Duration:
		d := time.Duration(x.(int64)) * time.Microsecond
		if d.Microseconds() != x {
			return nil
		}
		return d
	case types.List:
		var list = []any{}
		for j, end := v.Elems(i); j < end; j++ {
			list = append(list, valueOf(v.Child, j))
		}
		return list
	}
	return x
}
