package op

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// column is a column under construction: rows are copied to its end, and texts are
// laid out plainly, so that it shares no memory with where they came from. It may
// be read at any time.
type column struct{ vec.Vec }

func newColumn(kind types.Kind) *column {
	c := &column{vec.Vec{Kind: kind}}
	switch kind {
	case types.String:
		c.Offs = []int32{0}
	case types.List:
		c.Offs, c.Child = []int32{0}, vec.Nulls(0)
	}
	return c
}

// append copies rows of v, which may be of no kind: then they are missing.
func (c *column) append(v *vec.Vec, rows []int32) {
	from := c.N
	c.N += len(rows)
	c.mark(from, v, rows)
	if v.Kind != c.Kind {
		c.skip(len(rows))
		return
	}
	switch c.Kind {
	case types.Bool:
		for len(c.Bits)*64 < c.N {
			c.Bits = append(c.Bits, 0)
		}
		for i, r := range rows {
			if v.Bits.Get(int(r)) {
				c.Bits.Set(from + i)
			}
		}
	case types.Int, types.Timestamp, types.Duration:
		for _, r := range rows {
			c.I64 = append(c.I64, v.I64[r])
		}
	case types.Float:
		for _, r := range rows {
			c.F64 = append(c.F64, v.F64[r])
		}
	case types.IP:
		for _, r := range rows {
			c.IPs = append(c.IPs, v.IPs[r])
		}
	case types.String:
		for i, r := range rows {
			if c.Valid == nil || c.Valid.Get(from+i) {
				c.Bytes = append(c.Bytes, v.Text(int(r))...)
			}
			c.Offs = append(c.Offs, int32(len(c.Bytes)))
		}
	case types.List:
		c.appendLists(v, rows)
	}
}

func (c *column) appendLists(v *vec.Vec, rows []int32) {
	var inner []int32
	end := c.Offs[len(c.Offs)-1]
	for _, r := range rows {
		if !v.Missing(int(r)) {
			for j := v.Offs[r]; j < v.Offs[r+1]; j++ {
				inner = append(inner, j)
			}
		}
		c.Offs = append(c.Offs, end+int32(len(inner)))
	}
	if len(inner) == 0 {
		return
	}
	el := newColumn(v.Child.Kind)
	if c.Child.Kind != types.Null {
		el = newColumn(c.Child.Kind)
	}
	el.append(c.Child, upTo(c.Child.N))
	el.append(v.Child, inner)
	c.Child = &el.Vec
}

// mark notes which rows are present, from the first one that is missing on.
func (c *column) mark(from int, v *vec.Vec, rows []int32) {
	if c.Valid == nil && v.Kind == c.Kind && v.Valid == nil {
		return
	}
	for i, r := range rows {
		there := v.Kind == c.Kind && !v.Missing(int(r))
		if c.Valid == nil {
			if there {
				continue
			}
			c.Valid = vec.Ones(from + i)
		}
		for len(c.Valid)*64 <= from+i {
			c.Valid = append(c.Valid, 0)
		}
		if there {
			c.Valid.Set(from + i)
		}
	}
}

// skip lays out n missing rows.
func (c *column) skip(n int) {
	switch c.Kind {
	case types.Bool:
		for len(c.Bits)*64 < c.N {
			c.Bits = append(c.Bits, 0)
		}
	case types.Int, types.Timestamp, types.Duration:
		c.I64 = append(c.I64, make([]int64, n)...)
	case types.Float:
		c.F64 = append(c.F64, make([]float64, n)...)
	case types.IP:
		c.IPs = append(c.IPs, make([][16]byte, n)...)
	case types.String, types.List:
		for range n {
			c.Offs = append(c.Offs, c.Offs[len(c.Offs)-1])
		}
	}
}

// bytesOf is the memory that a column holds.
func bytesOf(v *vec.Vec) int {
	n := 8*(cap(v.Valid)+cap(v.Bits)+cap(v.I64)+cap(v.F64)) + 4*(cap(v.Codes)+cap(v.Offs)) + cap(v.Bytes) + 16*cap(v.IPs)
	if v.Child != nil {
		n += bytesOf(v.Child)
	}
	return n
}
