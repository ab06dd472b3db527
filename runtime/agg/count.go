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
type count struct{ flat[int64] }

func (s *count) Add(groups, _ []int32, _ []*vec.Vec) {
	n := s.of
	for _, g := range groups {
		n[g]++
	}
}

func (s *count) Remove(groups, _ []int32, _ []*vec.Vec) {
	n := s.of
	for _, g := range groups {
		n[g]--
	}
}

func (s *count) Merge(to int32, src State, from int32) { s.of[to] += src.(*count).of[from] }

func (s *count) Result(groups []int32) *vec.Vec { return counts(s.of, groups) }

func counts(n []int64, groups []int32) *vec.Vec {
	out := make([]int64, len(groups))
	for i, g := range groups {
		out[i] = n[g]
	}
	return vec.Ints(out, nil)
}

// countIf counts rows for which a condition is true.
type countIf struct{ flat[int64] }

func (s *countIf) Add(groups, rows []int32, args []*vec.Vec) { s.tally(groups, rows, args[0], 1) }

func (s *countIf) Remove(groups, rows []int32, args []*vec.Vec) { s.tally(groups, rows, args[0], -1) }

func (s *countIf) tally(groups, rows []int32, cond *vec.Vec, by int64) {
	if cond.Kind != types.Bool {
		return
	}
	if rows == nil {
		for i, g := range groups {
			s.of[g] += by * int64(cond.Bits[i>>6]>>(i&63)&1)
		}
		return
	}
	for i, g := range groups {
		r := rows[i]
		s.of[g] += by * int64(cond.Bits[r>>6]>>(r&63)&1)
	}
}

func (s *countIf) Merge(to int32, src State, from int32) { s.of[to] += src.(*countIf).of[from] }

func (s *countIf) Result(groups []int32) *vec.Vec { return counts(s.of, groups) }
