package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// present takes the rows apart whose argument is there, so that the loops over
// them need not ask. It keeps the memory for the next batch.
type present[T any] struct {
	groups []int32
	vals   []T
}

// of gives the groups and the values, side by side: the arguments themselves where
// every row of the batch is there, copies elsewhere. vals is nil in a column that
// has no values at all.
func (p *present[T]) of(groups, rows []int32, vals []T, v *vec.Vec) ([]int32, []T) {
	if v.Kind == types.Null {
		return nil, nil
	}
	if rows == nil && v.Valid == nil {
		return groups, vals[:len(groups)]
	}
	p.groups, p.vals = p.groups[:0], p.vals[:0]
	for i, g := range groups {
		r := int32(i)
		if rows != nil {
			r = rows[i]
		}
		if v.Valid == nil || v.Valid.Get(int(r)) {
			p.groups = append(p.groups, g)
			p.vals = append(p.vals, vals[r])
		}
	}
	return p.groups, p.vals
}

// bytes is the memory held.
func (p *present[T]) bytes() int { return 12 * cap(p.groups) }

// eachPresent calls f for the rows whose argument is there.
func eachPresent(groups, rows []int32, v *vec.Vec, f func(group, row int32)) {
	if v.Kind == types.Null {
		return
	}
	for i, g := range groups {
		r := int32(i)
		if rows != nil {
			r = rows[i]
		}
		if v.Valid == nil || v.Valid.Get(int(r)) {
			f(g, r)
		}
	}
}
