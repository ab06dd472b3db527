package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func countSpec() Spec {
	return Spec{
		Name: "count",
		Doc:  "The number of rows, or of rows for which a condition is true. Of nothing it is 0.",
		Sig: types.Signature{
			Params: []types.Param{{Name: "condition", Type: types.TBool, Optional: true, Doc: "counts only rows where it is true"}},
			Fixed:  types.TInt,
		},
		PerWindow: true,
		New: func(args []types.Type, _ []any) (State, error) {
			if len(args) == 0 {
				return &count{}, nil
			}
			if err := check(args, []types.Kind{types.Bool}); err != nil {
				return nil, err
			}
			return &countIf{}, nil
		},
		Examples: []Example{
			{Call: "count(failed)", Args: [][]any{{true, false, true, nil}}, Want: int64(2)},
			{Call: "count(failed)", Args: [][]any{{}}, Want: int64(0)},
		},
	}
}

// count counts rows.
type count struct{ tally }

func (s *count) Add(groups, _ []int32, _ []*vec.Vec) {
	n := s.of
	for _, g := range groups {
		if n[g]++; n[g] == 0 {
			s.carry(g, 1)
		}
	}
}

func (s *count) Remove(groups, _ []int32, _ []*vec.Vec) {
	for _, g := range groups {
		s.dec(g, 1)
	}
}

func (s *count) Merge(to int32, src State, from int32) { s.merge(to, &src.(*count).tally, from) }

func (s *count) Result(groups []int32) *vec.Vec { return s.result(groups) }

// result is the counts of groups as a column.
func (t *tally) result(groups []int32) *vec.Vec {
	out := make([]int64, len(groups))
	if t.over == nil {
		for i, g := range groups {
			out[i] = int64(t.of[g])
		}
		return vec.Ints(out, nil)
	}
	for i, g := range groups {
		out[i] = t.get(g)
	}
	return vec.Ints(out, nil)
}

// countIf counts rows for which a condition is true.
type countIf struct{ tally }

func (s *countIf) Add(groups, rows []int32, args []*vec.Vec) {
	if cond := args[0]; cond.Kind == types.Bool {
		for i, g := range groups {
			s.inc(g, bitAt(cond.Bits, i, rows))
		}
	}
}

func (s *countIf) Remove(groups, rows []int32, args []*vec.Vec) {
	if cond := args[0]; cond.Kind == types.Bool {
		for i, g := range groups {
			s.dec(g, bitAt(cond.Bits, i, rows))
		}
	}
}

// bitAt is the bit of the i-th of some rows, nil being all.
func bitAt(bits vec.Bitmap, i int, rows []int32) uint32 {
	if rows != nil {
		i = int(rows[i])
	}
	return uint32(bits[i>>6] >> (i & 63) & 1)
}

func (s *countIf) Merge(to int32, src State, from int32) { s.merge(to, &src.(*countIf).tally, from) }

func (s *countIf) Result(groups []int32) *vec.Vec { return s.result(groups) }
