package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

func rangeSpec() Spec {
	spans := []types.Kind{types.Int, types.Float, types.Duration, types.Timestamp}
	return Spec{
		Name: "range",
		Doc:  "The greatest value less the smallest: a duration for timestamps. Of nothing it is missing, as is a difference that the type cannot hold.",
		Sig: types.Signature{
			Params: value(types.TAny, "int, float, duration or timestamp"),
			Result: func(args []types.Type) types.Type {
				t := same(spans)(args)
				if t.Kind == types.Timestamp {
					t.Kind = types.Duration
				}
				return t
			},
		},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, spans); err != nil {
				return nil, err
			}
			k := args[0].Kind
			return &spread{min: &extreme{held: newHeld(k), sign: -1}, max: &extreme{held: newHeld(k), sign: 1}}, nil
		},
		Examples: []Example{
			{Call: "range(n)", Args: [][]any{{int64(3), nil, int64(-7)}}, Want: int64(10)},
			{Call: "range(score)", Args: [][]any{{2.5, 1.5}}, Want: 1.0},
			{Call: "range(n)", Args: [][]any{{int64(5)}}, Want: int64(0)},
			{Call: "range(n)", Args: [][]any{{nil}}, Want: nil},
		},
	}
}

// spread is a smallest and a greatest value.
type spread struct{ min, max *extreme }

func (s *spread) Grow(n int)        { s.min.Grow(n); s.max.Grow(n) }
func (s *spread) Reset(group int32) { s.min.Reset(group); s.max.Reset(group) }
func (s *spread) Bytes() int        { return s.min.Bytes() + s.max.Bytes() }

func (s *spread) Add(groups, rows []int32, args []*vec.Vec) {
	s.min.Add(groups, rows, args)
	s.max.Add(groups, rows, args)
}

func (s *spread) Merge(to int32, src State, from int32) {
	s.min.Merge(to, src.(*spread).min, from)
	s.max.Merge(to, src.(*spread).max, from)
}

func (s *spread) Save(w *state.Writer) { s.min.Save(w); s.max.Save(w) }

func (s *spread) Load(r *state.Reader) error {
	if err := s.min.Load(r); err != nil {
		return err
	}
	return s.max.Load(r)
}

func (s *spread) Result(groups []int32) *vec.Vec {
	lo, hi := s.min.Result(groups), s.max.Result(groups)
	every := span(len(groups))
	if lo.Kind == types.Float {
		return vec.Floats(results(every, func(i int32) (float64, bool) {
			x, ok := finite(hi.F64[i] - lo.F64[i])
			return x, ok && !lo.Missing(int(i))
		}))
	}
	vals, valid := results(every, func(i int32) (int64, bool) {
		d := hi.I64[i] - lo.I64[i]
		return d, d >= 0 && !lo.Missing(int(i))
	})
	kind := lo.Kind
	if kind == types.Timestamp {
		kind = types.Duration
	}
	return &vec.Vec{Kind: kind, N: len(groups), I64: vals, Valid: valid}
}
