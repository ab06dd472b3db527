package agg

import (
	"math"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

func sumSpec() Spec {
	return Spec{
		Name: "sum",
		Doc: "The sum of a number or a duration. Of nothing it is 0.\n\n" +
			"Sums of integers and durations are exact: a sum that does not fit 64 bits is missing, " +
			"one that only passed such a value on its way is not. Floats are added in double-double " +
			"arithmetic and rounded once; a sum beyond the range of a float is missing.",
		Sig:       types.Signature{Params: value(types.TAny, "int, float or duration"), Result: same(amounts)},
		PerWindow: true,
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, amounts); err != nil {
				return nil, err
			}
			if args[0].Kind == types.Float {
				return &sumFloat{}, nil
			}
			return &sumInt{kind: args[0].Kind}, nil
		},
		Examples: []Example{
			{Call: "sum(bytes)", Args: [][]any{{int64(1), nil, int64(41)}}, Want: int64(42)},
			{Call: "sum(bytes)", Args: [][]any{{int64(math.MaxInt64), int64(1), int64(-1)}}, Want: int64(math.MaxInt64)},
			{Call: "sum(bytes)", Args: [][]any{{int64(math.MaxInt64), int64(1)}}, Want: nil},
			{Call: "sum(score)", Args: [][]any{{1e100, 1.0, -1e100}}, Want: 1.0},
			{Call: "sum(bytes)", Args: [][]any{{nil}}, Want: int64(0)},
		},
	}
}

// sumInt is exact in 128 bits.
type sumInt struct {
	flat[int128]
	kind types.Kind
	in   present[int64]
}

func (s *sumInt) Add(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].I64, args[0])
	for i, g := range groups {
		s.of[g].add(vals[i])
	}
}

func (s *sumInt) Remove(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].I64, args[0])
	for i, g := range groups {
		s.of[g].sub(vals[i])
	}
}

func (s *sumInt) Merge(to int32, src State, from int32) { s.of[to].plus(src.(*sumInt).of[from]) }

func (s *sumInt) Result(groups []int32) *vec.Vec {
	vals, valid := results(groups, func(g int32) (int64, bool) { return s.of[g].int64() })
	return &vec.Vec{Kind: wholeKind(s.kind), N: len(groups), I64: vals, Valid: valid}
}

func (s *sumInt) Bytes() int { return s.flat.Bytes() + s.in.bytes() }

// wholeKind is the kind of a result that is made of values of a whole kind; a
// column of nothing gives ints.
func wholeKind(k types.Kind) types.Kind {
	if k == types.Null {
		return types.Int
	}
	return k
}

// sumFloat is in double-double arithmetic. As long as no sum had to be rounded, as
// none is of a few whole numbers, what rounding leaves takes no room.
type sumFloat struct {
	hi, lo []float64 // lo is nil while it is zero for all groups
	in     present[float64]
}

func (s *sumFloat) get(g int32) dd {
	if s.lo == nil {
		return dd{hi: s.hi[g]}
	}
	return dd{s.hi[g], s.lo[g]}
}

func (s *sumFloat) set(g int32, x dd) {
	s.hi[g] = x.hi
	if s.lo == nil {
		if x.lo == 0 {
			return
		}
		s.lo = make([]float64, len(s.hi), cap(s.hi))
	}
	s.lo[g] = x.lo
}

func (s *sumFloat) Add(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].F64, args[0])
	for i, g := range groups {
		s.set(g, s.get(g).addFloat(vals[i]))
	}
}

func (s *sumFloat) Merge(to int32, src State, from int32) {
	s.set(to, s.get(to).add(src.(*sumFloat).get(from)))
}

func (s *sumFloat) Result(groups []int32) *vec.Vec {
	return vec.Floats(results(groups, func(g int32) (float64, bool) { return finite(s.get(g).float()) }))
}

// Grow makes groups 0..n-1 exist.
func (s *sumFloat) Grow(n int) {
	s.hi = grow(s.hi, n)
	if s.lo != nil {
		s.lo = grow(s.lo, n)
	}
}

// Reset empties a group.
func (s *sumFloat) Reset(g int32) { s.set(g, dd{}) }

// Bytes is the memory held.
func (s *sumFloat) Bytes() int { return 8*(cap(s.hi)+cap(s.lo)) + s.in.bytes() }

// Save writes the groups.
func (s *sumFloat) Save(w *state.Writer) {
	state.Slice(w, s.hi)
	state.Slice(w, s.lo)
}

// Load reads what Save wrote.
func (s *sumFloat) Load(r *state.Reader) error {
	s.hi, s.lo = state.ReadSlice[float64](r), state.ReadSlice[float64](r)
	if len(s.lo) == 0 {
		s.lo = nil
	} else if len(s.lo) != len(s.hi) {
		r.Fail("the parts of a sum differ in number")
	}
	return r.Err()
}

// finite is x, and whether it is a number that the language has.
func finite(x float64) (float64, bool) { return x, !math.IsNaN(x) && !math.IsInf(x, 0) }
