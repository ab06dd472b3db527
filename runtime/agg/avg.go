package agg

import (
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func avgSpec() Spec {
	return Spec{
		Name: "avg",
		Doc: "The arithmetic mean of a number or a duration. Of nothing it is missing.\n\n" +
			"The sum of integers is exact and the mean is rounded once; the mean of durations is " +
			"rounded to the microsecond.",
		Sig: types.Signature{Params: value(types.TAny, "int, float or duration"), Result: measure(amounts)},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, amounts); err != nil {
				return nil, err
			}
			if args[0].Kind == types.Float {
				return &avgFloat{}, nil
			}
			return &avgInt{kind: args[0].Kind}, nil
		},
		Examples: []Example{
			{Call: "avg(bytes)", Args: [][]any{{int64(1), nil, int64(2)}}, Want: 1.5},
			{Call: "avg(bytes)", Args: [][]any{{int64(math.MaxInt64), int64(math.MaxInt64)}}, Want: 0x1p63},
			{Call: "avg(score)", Args: [][]any{{0.1, 0.2, 0.3}}, Want: 0.2},
			{Call: "avg(bytes)", Args: [][]any{{nil}}, Want: nil},
		},
	}
}

// avgInt is the exact mean of ints or durations.
type avgInt struct {
	flat[intMean]
	kind types.Kind
	in   present[int64]
}

type intMean struct {
	n   int64
	sum int128
}

func (s *avgInt) Add(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].I64, args[0])
	for i, g := range groups {
		m := &s.of[g]
		m.n++
		m.sum.add(vals[i])
	}
}

func (s *avgInt) Remove(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].I64, args[0])
	for i, g := range groups {
		m := &s.of[g]
		m.n--
		m.sum.sub(vals[i])
	}
}

func (s *avgInt) Merge(to int32, src State, from int32) {
	m, o := &s.of[to], src.(*avgInt).of[from]
	m.n += o.n
	m.sum.plus(o.sum)
}

func (s *avgInt) Result(groups []int32) *vec.Vec {
	return measured(s.kind, groups, func(g int32) (float64, bool) {
		m := &s.of[g]
		if m.n <= 0 {
			return 0, false
		}
		return m.sum.over(uint64(m.n)), true
	})
}

func (s *avgInt) Bytes() int { return s.flat.Bytes() + s.in.bytes() }

// measured makes a column of floats, or of durations rounded to the microsecond
// where the argument is one.
func measured(kind types.Kind, groups []int32, of func(g int32) (float64, bool)) *vec.Vec {
	if kind != types.Duration {
		return vec.Floats(results(groups, of))
	}
	vals, valid := results(groups, func(g int32) (int64, bool) {
		x, ok := of(g)
		return int64(math.RoundToEven(x)), ok && math.Abs(x) < 1<<63
	})
	return &vec.Vec{Kind: types.Duration, N: len(groups), I64: vals, Valid: valid}
}

// avgFloat is the mean of floats, in double-double arithmetic.
type avgFloat struct {
	flat[floatMean]
	in present[float64]
}

type floatMean struct {
	n   int64
	sum dd
}

func (s *avgFloat) Add(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].F64, args[0])
	for i, g := range groups {
		m := &s.of[g]
		m.n++
		m.sum = m.sum.addFloat(vals[i])
	}
}

func (s *avgFloat) Merge(to int32, src State, from int32) {
	m, o := &s.of[to], src.(*avgFloat).of[from]
	m.n += o.n
	m.sum = m.sum.add(o.sum)
}

func (s *avgFloat) Result(groups []int32) *vec.Vec {
	return measured(types.Float, groups, func(g int32) (float64, bool) {
		m := &s.of[g]
		if m.n == 0 {
			return 0, false
		}
		return finite(m.sum.divFloat(float64(m.n)).float())
	})
}

func (s *avgFloat) Bytes() int { return s.flat.Bytes() + s.in.bytes() }
