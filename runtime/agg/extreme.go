package agg

import (
	"net/netip"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func minSpec() Spec {
	return extremeSpec("min", -1, "The smallest value. Texts are compared by their bytes, addresses as numbers (IPv4 as IPv6-mapped). Of nothing it is missing.",
		[]Example{
			{Call: "min(n)", Args: [][]any{{int64(3), nil, int64(-7)}}, Want: int64(-7)},
			{Call: "min(score)", Args: [][]any{{2.5, 1.5}}, Want: 1.5},
			{Call: "min(user)", Args: [][]any{{"b", "B", "ba"}}, Want: "B"},
			{Call: "min(n)", Args: [][]any{{nil}}, Want: nil},
		})
}

func maxSpec() Spec {
	return extremeSpec("max", 1, "The greatest value; see min.",
		[]Example{
			{Call: "max(n)", Args: [][]any{{int64(3), nil, int64(-7)}}, Want: int64(3)},
			{Call: "max(user)", Args: [][]any{{"b", "", "ba"}}, Want: "ba"},
			{Call: "max(src_ip)", Args: [][]any{{addr("10.0.0.9"), addr("10.0.0.10")}}, Want: addr("10.0.0.10")},
			{Call: "max(score)", Args: [][]any{{}}, Want: nil},
		})
}

// addr is an address in an example.
func addr(s string) any { return netip.MustParseAddr(s) }

func extremeSpec(name string, sign int, doc string, examples []Example) Spec {
	return Spec{
		Name: name,
		Doc:  doc,
		Sig:  types.Signature{Params: value(types.TAny, "int, float, timestamp, duration, ip or string"), Result: same(ordered)},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, ordered); err != nil {
				return nil, err
			}
			return &extreme{held: newHeld(args[0].Kind), sign: sign}, nil
		},
		Examples: examples,
	}
}

// extreme keeps the value that is furthest in the direction of sign.
type extreme struct {
	held
	sign   int
	ints   present[int64]
	floats present[float64]
}

func (s *extreme) Add(groups, rows []int32, args []*vec.Vec) {
	v := args[0]
	switch h := s.held.(type) {
	case *scalar[int64]:
		groups, vals := s.ints.of(groups, rows, v.I64, v)
		extend(h, groups, vals, s.sign)
	case *scalar[float64]:
		groups, vals := s.floats.of(groups, rows, v.F64, v)
		extend(h, groups, vals, s.sign)
	default:
		eachPresent(groups, rows, v, func(g, r int32) {
			if !h.has(g) || h.compare(g, v, r)*s.sign < 0 {
				h.put(g, v, r)
			}
		})
	}
}

// extend is the loop over numbers.
func extend[T int64 | float64](h *scalar[T], groups []int32, vals []T, sign int) {
	for i, g := range groups {
		x := vals[i]
		if best := h.of[g]; (sign > 0 && x > best || sign < 0 && x < best) || !h.seen.Get(int(g)) {
			h.set(g, x)
		}
	}
}

func (s *extreme) Merge(to int32, src State, from int32) {
	o := src.(*extreme).held
	if o.has(from) && (!s.has(to) || s.order(to, o, from)*s.sign < 0) {
		s.copy(to, o, from)
	}
}

func (s *extreme) Result(groups []int32) *vec.Vec { return s.result(groups) }

func (s *extreme) Bytes() int { return s.held.Bytes() + s.ints.bytes() + s.floats.bytes() }
