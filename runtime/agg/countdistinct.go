package agg

import (
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func countDistinctSpec() Spec {
	return Spec{
		Name: "count_distinct",
		Doc: "The number of distinct values, exactly. Texts are distinct by their bytes; write count_distinct(lower(x)) to fold case. Of nothing it is 0.\n\n" +
			"It keeps every distinct value of every group: about 60 bytes for a short text that one group has, 30 for each further group; approx_count_distinct is bounded.",
		Sig:       types.Signature{Params: value(types.TAny, "any but a list"), Result: always(types.TInt, scalars)},
		PerWindow: true,
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, scalars); err != nil {
				return nil, err
			}
			return &countDistinct{newMembers(args[0].Kind)}, nil
		},
		Examples: []Example{
			{Call: "count_distinct(user)", Args: [][]any{{"ann", "bob", nil, "ann", "", "Ann"}}, Want: int64(4)},
			{Call: "count_distinct(src_ip)", Args: [][]any{{addr("10.0.0.1"), addr("::ffff:10.0.0.1")}}, Want: int64(1)},
			{Call: "count_distinct(score)", Args: [][]any{{0.0, math.Copysign(0, -1), 1.0}}, Want: int64(2)},
			{Call: "count_distinct(user)", Args: [][]any{{nil}}, Want: int64(0)},
		},
	}
}

// countDistinct counts the members of each group.
type countDistinct struct{ *members }

func (s *countDistinct) Add(groups, rows []int32, args []*vec.Vec) {
	s.add(groups, rows, args[0], 0, nil)
}

func (s *countDistinct) Remove(groups, rows []int32, args []*vec.Vec) {
	s.remove(groups, rows, args[0])
}

func (s *countDistinct) Merge(to int32, src State, from int32) {
	s.merge(to, src.(*countDistinct).members, from, 0, nil)
}

func (s *countDistinct) Result(groups []int32) *vec.Vec {
	out := make([]int64, len(groups))
	for i, g := range groups {
		out[i] = int64(s.of[g].size)
	}
	return vec.Ints(out, nil)
}
