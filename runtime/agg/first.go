package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func firstSpec() Spec {
	return endSpec("first", "The first value in the order of event time that is not missing. Of nothing it is missing.",
		func(kind types.Kind) State { return &firstValue{held: newHeld(kind)} },
		[]Example{
			{Call: "first(user)", Args: [][]any{{nil, "ann", "bob"}}, Want: "ann"},
			{Call: "first(mfa)", Args: [][]any{{false, true}}, Want: false},
			{Call: "first(user)", Args: [][]any{{nil}}, Want: nil},
		})
}

func lastSpec() Spec {
	return endSpec("last", "The last value in the order of event time that is not missing. Of nothing it is missing.",
		func(kind types.Kind) State { return &lastValue{held: newHeld(kind)} },
		[]Example{
			{Call: "last(user)", Args: [][]any{{"ann", "bob", nil}}, Want: "bob"},
			{Call: "last(n)", Args: [][]any{{int64(1), int64(2)}}, Want: int64(2)},
			{Call: "last(user)", Args: [][]any{{}}, Want: nil},
		})
}

func endSpec(name, doc string, make func(types.Kind) State, examples []Example) Spec {
	return Spec{
		Name: name,
		Doc:  doc,
		Sig:  types.Signature{Params: value(types.TAny, "any but a list"), Result: same(scalars)},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, scalars); err != nil {
				return nil, err
			}
			return make(args[0].Kind), nil
		},
		Examples: examples,
	}
}

// firstValue keeps what came first.
type firstValue struct{ held }

func (s *firstValue) Add(groups, rows []int32, args []*vec.Vec) {
	eachPresent(groups, rows, args[0], func(g, r int32) {
		if !s.has(g) {
			s.put(g, args[0], r)
		}
	})
}

func (s *firstValue) Merge(to int32, src State, from int32) {
	if o := src.(*firstValue).held; !s.has(to) && o.has(from) {
		s.copy(to, o, from)
	}
}

func (s *firstValue) Result(groups []int32) *vec.Vec { return s.result(groups) }

// lastValue keeps what came last.
type lastValue struct{ held }

func (s *lastValue) Add(groups, rows []int32, args []*vec.Vec) {
	eachPresent(groups, rows, args[0], func(g, r int32) { s.put(g, args[0], r) })
}

func (s *lastValue) Merge(to int32, src State, from int32) {
	if o := src.(*lastValue).held; o.has(from) {
		s.copy(to, o, from)
	}
}

func (s *lastValue) Result(groups []int32) *vec.Vec { return s.result(groups) }
