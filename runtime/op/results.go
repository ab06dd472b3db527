package op

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// results gathers columns that come in parts, each for some rows of a batch.
type results struct {
	parts [][]*vec.Vec // by column
	rows  [][]int32    // by part
}

// add takes a part of every column, for the listed rows. It copies the list.
func (r *results) add(rows []int32, cols []*vec.Vec) {
	if r.parts == nil {
		r.parts = make([][]*vec.Vec, len(cols))
	}
	r.rows = append(r.rows, append([]int32(nil), rows...))
	for c, v := range cols {
		r.parts[c] = append(r.parts[c], v)
	}
}

// columns are the columns over n rows; rows that no part had are missing.
func (r *results) columns(n int) []*vec.Vec {
	var out []*vec.Vec
	for _, parts := range r.parts {
		out = append(out, r.column(parts, n))
	}
	return out
}

func (r *results) column(parts []*vec.Vec, n int) *vec.Vec {
	kind := types.Null
	for _, p := range parts {
		if p.Kind != types.Null {
			kind = p.Kind
		}
	}
	out := &vec.Vec{Kind: kind, N: n, Valid: vec.NewBitmap(n)}
	switch kind {
	case types.Int, types.Timestamp, types.Duration:
		out.I64 = make([]int64, n)
	case types.Float:
		out.F64 = make([]float64, n)
	case types.Null:
		return vec.Nulls(n)
	default:
		return r.gather(newColumn(kind), parts, n)
	}
	for k, p := range parts {
		for i, row := range r.rows[k] {
			if p.Missing(i) {
				continue
			}
			out.Valid.Set(int(row))
			if out.I64 != nil {
				out.I64[row] = p.I64[i]
			} else {
				out.F64[row] = p.F64[i]
			}
		}
	}
	return out
}

// gather lays the parts one after another and then takes the rows in order.
func (r *results) gather(all *column, parts []*vec.Vec, n int) *vec.Vec {
	at := repeated(int32(-1), n)
	for k, p := range parts {
		for i, row := range r.rows[k] {
			at[row] = int32(all.N + i)
		}
		all.append(p, upTo(p.N))
	}
	return take(&all.Vec, at)
}
