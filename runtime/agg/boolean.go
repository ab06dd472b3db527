package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func anySpec() Spec {
	return Spec{
		Name: "any",
		Doc:  "Whether the condition is true for at least one row. Of nothing it is false.",
		Sig:  condition(),
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, []types.Kind{types.Bool}); err != nil {
				return nil, err
			}
			return &anyTrue{}, nil
		},
		Examples: []Example{
			{Call: "any(failed)", Args: [][]any{{false, nil, true}}, Want: true},
			{Call: "any(failed)", Args: [][]any{{false, nil}}, Want: false},
			{Call: "any(failed)", Args: [][]any{{}}, Want: false},
		},
	}
}

func allSpec() Spec {
	return Spec{
		Name: "all",
		Doc:  "Whether the condition is true for every row in which it is not missing. Of nothing it is missing, so that a rule does not fire on nothing.",
		Sig:  condition(),
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, []types.Kind{types.Bool}); err != nil {
				return nil, err
			}
			return &allTrue{}, nil
		},
		Examples: []Example{
			{Call: "all(failed)", Args: [][]any{{true, nil, true}}, Want: true},
			{Call: "all(failed)", Args: [][]any{{true, false}}, Want: false},
			{Call: "all(failed)", Args: [][]any{{nil}}, Want: nil},
		},
	}
}

func condition() types.Signature {
	return types.Signature{Params: []types.Param{{Name: "condition", Type: types.TBool}}, Fixed: types.TBool}
}

// anyTrue counts the rows for which the condition is true.
type anyTrue struct{ countIf }

func (s *anyTrue) Merge(to int32, src State, from int32) { s.merge(to, &src.(*anyTrue).tally, from) }

func (s *anyTrue) Result(groups []int32) *vec.Vec {
	return vec.Bools(vec.Pack(len(groups), func(i int) bool { return s.get(groups[i]) > 0 }), len(groups))
}

// allTrue counts the rows in which the condition is there, and those in which it
// is false.
type allTrue struct{ flat[verdicts] }

type verdicts struct{ present, untrue int64 }

func (s *allTrue) Add(groups, rows []int32, args []*vec.Vec) { s.tally(groups, rows, args[0], 1) }

func (s *allTrue) Remove(groups, rows []int32, args []*vec.Vec) { s.tally(groups, rows, args[0], -1) }

func (s *allTrue) tally(groups, rows []int32, cond *vec.Vec, by int64) {
	eachPresent(groups, rows, cond, func(g, r int32) {
		s.of[g].present += by
		if !cond.Bits.Get(int(r)) {
			s.of[g].untrue += by
		}
	})
}

func (s *allTrue) Merge(to int32, src State, from int32) {
	o := src.(*allTrue).of[from]
	s.of[to].present += o.present
	s.of[to].untrue += o.untrue
}

func (s *allTrue) Result(groups []int32) *vec.Vec {
	n := len(groups)
	v := vec.Bools(vec.Pack(n, func(i int) bool {
		x := s.of[groups[i]]
		return x.present > 0 && x.untrue == 0
	}), n)
	v.Valid = vec.Pack(n, func(i int) bool { return s.of[groups[i]].present > 0 })
	return v
}
