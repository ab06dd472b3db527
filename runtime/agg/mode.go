package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func modeSpec() Spec {
	return Spec{
		Name: "mode",
		Doc:  "The most frequent value; of several, the smallest (false before true, otherwise as min has it). Of nothing it is missing.",
		Sig:  types.Signature{Params: value(types.TAny, "any but a list"), Result: same(scalars)},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, scalars); err != nil {
				return nil, err
			}
			return &mode{newMembers(args[0].Kind)}, nil
		},
		Examples: []Example{
			{Call: "mode(user)", Args: [][]any{{"bob", "ann", nil, "bob"}}, Want: "bob"},
			{Call: "mode(port)", Args: [][]any{{int64(443), int64(80), int64(80), int64(443)}}, Want: int64(80)},
			{Call: "mode(user)", Args: [][]any{{nil}}, Want: nil},
		},
	}
}

// mode finds the member with the highest count.
type mode struct{ *members }

func (s *mode) Add(groups, rows []int32, args []*vec.Vec) { s.add(groups, rows, args[0], 0, nil) }

func (s *mode) Remove(groups, rows []int32, args []*vec.Vec) { s.remove(groups, rows, args[0]) }

func (s *mode) Merge(to int32, src State, from int32) {
	s.merge(to, src.(*mode).members, from, 0, nil)
}

func (s *mode) Result(groups []int32) *vec.Vec {
	best := make([]int32, len(groups))
	for i, g := range groups {
		best[i] = s.top(g)
	}
	return s.column(best)
}

// top is the member of a group that its mode is, 0 if it is empty.
func (s *mode) top(g int32) int32 {
	var tied []int32
	most := int64(0)
	for e := s.of[g].first; e != 0; e = s.list[e].next {
		switch n := s.list[e].count; {
		case n > most:
			tied, most = append(tied[:0], e), n
		case n == most:
			tied = append(tied, e)
		}
	}
	if len(tied) == 0 {
		return 0
	}
	if len(tied) == 1 {
		return tied[0]
	}
	v := s.column(tied)
	least := newHeld(v.Kind)
	least.Grow(1)
	best := 0
	for i := range tied {
		if !least.has(0) || least.compare(0, v, int32(i)) > 0 {
			least.put(0, v, int32(i))
			best = i
		}
	}
	return tied[best]
}
