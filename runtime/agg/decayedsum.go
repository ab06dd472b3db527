package agg

import (
	"errors"
	"math"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func decayedSumSpec() Spec {
	return Spec{
		Name: "decayed_sum",
		Doc: "The sum of a number in which each value weighs half as much after every half-life, counted from its own time to that of the newest row: " +
			"a score that fades. Rows in which the number or the time is missing are skipped. Of nothing it is 0.",
		Sig: types.Signature{
			Params: []types.Param{
				{Name: "x", Type: types.TNumber, Doc: "int or float"},
				{Name: "half_life", Type: types.TDuration, Const: true, Doc: "the time in which a value loses half of its weight"},
				{Name: "at", Type: types.TTimestamp, Doc: "the time of the value"},
			},
			Result: func(args []types.Type) types.Type {
				if len(args) < 3 || !takes(args[0], numbers) {
					return types.TInvalid
				}
				return types.TFloat
			},
		},
		New: newDecayedSum,
		Examples: []Example{
			{
				Call: "decayed_sum(score, half_life: 1h, at: time)",
				Args: [][]any{{int64(40), int64(40), nil, int64(10)}, {time.Hour}, {int64(0), int64(3600e6), int64(3600e6), int64(7200e6)}},
				Want: 40.0,
			},
			{Call: "decayed_sum(score, half_life: 1h, at: time)", Args: [][]any{{0.5, 1.0}, {time.Hour}, {nil, int64(0)}}, Want: 1.0},
			{Call: "decayed_sum(score, half_life: 1h, at: time)", Args: [][]any{{nil}, {time.Hour}, {int64(0)}}, Want: 0.0},
		},
	}
}

func newDecayedSum(args []types.Type, consts []any) (State, error) {
	if err := check(args, numbers); err != nil {
		return nil, err
	}
	if len(args) != 3 || !takes(args[2], []types.Kind{types.Timestamp}) {
		return nil, errors.New("takes a number, a constant half-life, and a time")
	}
	half, ok := consts[1].(time.Duration)
	if !ok || half < time.Microsecond {
		return nil, errors.New("the half-life must be a duration that is known beforehand")
	}
	return &decayedSum{half: float64(half.Microseconds())}, nil
}

// decayedSum keeps the sum as it stood at the newest row.
type decayedSum struct {
	flat[faded]
	half float64 // microseconds
}

// faded is a sum as of a time; n is how many values there are.
type faded struct {
	sum dd
	at  int64
	n   int64
}

// weight is what is left of a value from one time to a later one.
func (s *decayedSum) weight(from, to int64) float64 {
	return math.Exp2((float64(from) - float64(to)) / s.half)
}

func (s *decayedSum) Add(groups, rows []int32, args []*vec.Vec) {
	if args[2].Kind == types.Null {
		return
	}
	x, at := vec.AsFloats(args[0]), args[2]
	eachPresent(groups, rows, args[0], func(g, r int32) {
		if !at.Missing(int(r)) {
			s.plus(&s.of[g], faded{dd{hi: x[r]}, at.I64[r], 1})
		}
	})
}

// plus adds one sum to another, as of the later of their times.
func (s *decayedSum) plus(to *faded, from faded) {
	switch {
	case from.n == 0:
		return
	case to.n == 0:
		*to = from
		return
	case to.at < from.at:
		to.sum, to.at = to.sum.mulFloat(s.weight(to.at, from.at)), from.at
	case from.at < to.at:
		from.sum = from.sum.mulFloat(s.weight(from.at, to.at))
	}
	to.sum, to.n = to.sum.add(from.sum), to.n+from.n
}

func (s *decayedSum) Merge(to int32, src State, from int32) {
	s.plus(&s.of[to], src.(*decayedSum).of[from])
}

func (s *decayedSum) Result(groups []int32) *vec.Vec {
	return vec.Floats(results(groups, func(g int32) (float64, bool) { return finite(s.of[g].sum.float()) }))
}
