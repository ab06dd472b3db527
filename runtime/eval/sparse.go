package eval

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// sparseShare: where fewer than one row in so many is wanted, those rows are laid out
// close together, computed and put back, since an operator goes through all of its rows.
const sparseShare = 16

// sparse computes an operator for the rows of todo alone. It does nothing, and says so,
// if those are not few or the columns not numbers.
func (f *Frame) sparse(nd *node, s *slot, todo vec.Bitmap) bool {
	if todo == nil || s.lent && s.col != nil {
		return false
	}
	k := todo.Count()
	if k*sparseShare > f.n {
		return false
	}
	args := f.args(nd, s, todo)
	if slices.ContainsFunc(args, func(v *vec.Vec) bool { return !numeric(v.Kind) }) {
		return false
	}
	rows := todo.Rows(make([]int32, 0, k))
	for i, v := range args {
		args[i] = pick(v, rows)
	}
	var out vec.Vec
	if nd.fill(args, k, &out); !numeric(out.Kind) || s.col != nil && s.col.Kind != out.Kind {
		return false
	}
	if s.col == nil {
		if s.own == nil || s.lent {
			s.own, s.lent = &vec.Vec{}, false
		}
		s.own.Kind, s.own.N = out.Kind, f.n
		s.own.I64, s.own.F64 = wide(s.own.I64, out.I64, f.n), wide(s.own.F64, out.F64, f.n)
		s.own.Valid = slices.Grow(s.own.Valid[:0], len(todo))[:len(todo)]
		s.own.Valid.Fill(f.n)
	}
	own := s.own
	if own.Valid == nil {
		own.Valid = vec.Ones(f.n)
	}
	for i, r := range rows {
		if out.I64 != nil {
			own.I64[r] = out.I64[i]
		} else {
			own.F64[r] = out.F64[i]
		}
		if out.Missing(i) {
			own.Valid.Clear(int(r))
		} else {
			own.Valid.Set(int(r))
		}
	}
	s.know(todo)
	s.col = own
	return true
}

// numeric reports whether values of a kind lie as numbers of 64 bits.
func numeric(k types.Kind) bool {
	return k == types.Int || k == types.Float || k == types.Timestamp || k == types.Duration
}

// pick is a column of some rows of another one.
func pick(v *vec.Vec, rows []int32) *vec.Vec {
	out := &vec.Vec{Kind: v.Kind, N: len(rows)}
	if v.Kind == types.Float {
		out.F64 = make([]float64, len(rows))
		for i, r := range rows {
			out.F64[i] = v.F64[r]
		}
	} else {
		out.I64 = make([]int64, len(rows))
		for i, r := range rows {
			out.I64[i] = v.I64[r]
		}
	}
	if v.Valid != nil {
		out.Valid = vec.Pack(len(rows), func(i int) bool { return v.Valid.Get(int(rows[i])) })
	}
	return out
}

// wide makes room for n values, if there are some.
func wide[T any](x, some []T, n int) []T {
	if some == nil {
		return nil
	}
	return slices.Grow(x[:0], n)[:n]
}
