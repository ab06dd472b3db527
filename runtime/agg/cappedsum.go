package agg

import (
	"errors"
	"math"
	"unsafe"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

func cappedSumSpec() Spec {
	return Spec{
		Name: "capped_sum",
		Doc: "The sum of a number in which each distinct value of per contributes at most cap: so no single rule, however often it fires, makes an entity's risk. " +
			"Rows in which either is missing are skipped. Of nothing it is 0.\n\n" +
			"Ints are added exactly, as sum does; the cap of ints is cut to a whole number.",
		Sig: types.Signature{
			Params: []types.Param{
				{Name: "x", Type: types.TNumber, Doc: "int or float"},
				{Name: "cap", Type: types.TNumber, Const: true, Doc: "the most that one value of per contributes"},
				{Name: "per", Type: types.TAny, Doc: "any but a list"},
			},
			Result: func(args []types.Type) types.Type {
				if len(args) < 3 || !takes(args[2], scalars) {
					return types.TInvalid
				}
				return same(numbers)(args)
			},
		},
		PerWindow: true,
		New:       newCappedSum,
		Examples: []Example{
			{
				Call: "capped_sum(score, cap: 60, per: rule)",
				Args: [][]any{{int64(40), int64(40), int64(10), nil}, {int64(60)}, {"a", "a", "b", "b"}},
				Want: int64(70),
			},
			{
				Call: "capped_sum(score, cap: 1.5, per: rule)",
				Args: [][]any{{1.0, 1.0, 0.25, 9.0}, {1.5}, {"a", "a", "b", nil}},
				Want: 1.75,
			},
			{Call: "capped_sum(score, cap: 60, per: rule)", Args: [][]any{{nil}, {int64(60)}, {"a"}}, Want: int64(0)},
		},
	}
}

func newCappedSum(args []types.Type, consts []any) (State, error) {
	if err := check(args, numbers); err != nil {
		return nil, err
	}
	if len(args) != 3 || !takes(args[2], scalars) {
		return nil, errors.New("takes a number, a constant cap, and a field that is no list")
	}
	limit, ok := number(consts[1])
	if !ok {
		return nil, errors.New("the cap must be a number that is known beforehand")
	}
	m := newMembers(args[2].Kind)
	if args[0].Kind == types.Float {
		return &cappedSum[dd]{
			members: m,
			take:    func(sum *dd, x *vec.Vec, row int32) { *sum = sum.addFloat(x.F64[row]) },
			plus:    func(sum *dd, o dd) { *sum = sum.add(o) },
			total:   func(sums [][]dd) *vec.Vec { return cappedFloats(sums, limit) },
		}, nil
	}
	whole := int64(math.Trunc(max(-0x1p62, min(limit, 0x1p62))))
	return &cappedSum[int128]{
		members: m,
		take:    func(sum *int128, x *vec.Vec, row int32) { sum.add(x.I64[row]) },
		plus:    (*int128).plus,
		total:   func(sums [][]int128) *vec.Vec { return cappedInts(sums, whole) },
	}, nil
}

// number is a constant as a float.
func number(c any) (float64, bool) {
	switch x := c.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

// cappedInts is one row a group, from the sums of its members.
func cappedInts(groups [][]int128, limit int64) *vec.Vec {
	return vec.Ints(results(span(len(groups)), func(g int32) (int64, bool) {
		var total int128
		for _, sum := range groups[g] {
			x, fits := sum.int64()
			switch {
			case fits:
				total.add(min(x, limit))
			case sum.hi < 0:
				total.plus(sum)
			default:
				total.add(limit)
			}
		}
		return total.int64()
	}))
}

// cappedFloats is one row a group, from the sums of its members.
func cappedFloats(groups [][]dd, limit float64) *vec.Vec {
	return vec.Floats(results(span(len(groups)), func(g int32) (float64, bool) {
		var total dd
		for _, sum := range groups[g] {
			if sum.float() > limit {
				sum = dd{hi: limit}
			}
			total = total.add(sum)
		}
		return finite(total.float())
	}))
}

// span is 0..n-1.
func span(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// cappedSum sums by member of a group, in T.
type cappedSum[T any] struct {
	*members
	sums []T // by member; zero where a member is not in use

	take  func(sum *T, x *vec.Vec, row int32)
	plus  func(sum *T, o T)
	total func(sums [][]T) *vec.Vec
}

func (s *cappedSum[T]) Add(groups, rows []int32, args []*vec.Vec) {
	x := args[0]
	var g, r []int32
	eachPresent(groups, rows, x, func(group, row int32) {
		g, r = append(g, group), append(r, row)
	})
	s.add(g, r, args[2], 0, func(e, row int32) { s.take(s.sum(e), x, row) })
}

// sum is the sum of a member.
func (s *cappedSum[T]) sum(e int32) *T {
	if int(e) >= len(s.sums) {
		s.sums = grow(s.sums, len(s.list))
	}
	return &s.sums[e]
}

func (s *cappedSum[T]) Merge(to int32, src State, from int32) {
	o := src.(*cappedSum[T])
	s.merge(to, o.members, from, 0, func(e, of int32) { s.plus(s.sum(e), o.sums[of]) })
}

// Reset empties a group.
func (s *cappedSum[T]) Reset(g int32) {
	var zero T
	for _, e := range s.chain(g, nil) {
		s.sums[e] = zero
	}
	s.members.Reset(g)
}

func (s *cappedSum[T]) Result(groups []int32) *vec.Vec {
	sums := make([][]T, len(groups))
	for i, g := range groups {
		sums[i] = s.sumsOf(s.chain(g, nil))
	}
	return s.total(sums)
}

func (s *cappedSum[T]) sumsOf(list []int32) []T {
	out := make([]T, len(list))
	for i, e := range list {
		out[i] = s.sums[e]
	}
	return out
}

func (s *cappedSum[T]) Bytes() int {
	var zero T
	return s.members.Bytes() + cap(s.sums)*int(unsafe.Sizeof(zero))
}

// Save writes the sums in the order in which members writes its members.
func (s *cappedSum[T]) Save(w *state.Writer) {
	s.members.Save(w)
	var list []int32
	for g := range s.of {
		list = s.chain(int32(g), list)
	}
	state.Structs(w, s.sumsOf(list))
}

// Load reads what Save wrote.
func (s *cappedSum[T]) Load(r *state.Reader) error {
	if err := s.members.Load(r); err != nil {
		return err
	}
	s.sums = append(make([]T, 1), state.ReadStructs[T](r)...)
	if len(s.sums) != len(s.list) {
		r.Fail("the members of groups and their sums differ in number")
	}
	return r.Err()
}
