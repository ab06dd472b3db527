package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// valuesLimit is how many distinct values a group keeps.
const valuesLimit = 100

func valuesSpec() Spec {
	return Spec{
		Name: "values",
		Doc:  "The distinct values in the order of their first appearance, at most the first 100. Of nothing it is the empty list.",
		Sig: types.Signature{
			Params: value(types.TAny, "any but a list"),
			Result: func(args []types.Type) types.Type {
				t := same(scalars)(args)
				if t == types.TInvalid {
					return t
				}
				return types.ListOf(wholeKind(t.Kind))
			},
		},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, scalars); err != nil {
				return nil, err
			}
			return &distinctValues{newMembers(args[0].Kind)}, nil
		},
		Examples: []Example{
			{Call: "values(user)", Args: [][]any{{"bob", "ann", nil, "bob"}}, Want: []any{"bob", "ann"}},
			{Call: "values(port)", Args: [][]any{{int64(443), int64(80)}}, Want: []any{int64(443), int64(80)}},
			{Call: "values(user)", Args: [][]any{{nil}}, Want: []any{}},
		},
	}
}

// distinctValues lists the members of each group.
type distinctValues struct{ *members }

func (s *distinctValues) Add(groups, rows []int32, args []*vec.Vec) {
	s.add(groups, rows, args[0], valuesLimit, nil)
}

func (s *distinctValues) Merge(to int32, src State, from int32) {
	s.merge(to, src.(*distinctValues).members, from, valuesLimit, nil)
}

func (s *distinctValues) Result(groups []int32) *vec.Vec {
	v := &vec.Vec{Kind: types.List, N: len(groups), Offs: make([]int32, len(groups)+1)}
	var list []int32
	for i, g := range groups {
		list = s.chain(g, list)
		v.Offs[i+1] = int32(len(list))
	}
	v.Child = s.column(list)
	return v
}

// column is the values of members.
func (m *members) column(list []int32) *vec.Vec {
	codes := make([]int32, len(list))
	for i, e := range list {
		codes[i] = -1
		if e != 0 {
			codes[i] = m.list[e].code
		}
	}
	return m.keys.Column(0, codes)
}
