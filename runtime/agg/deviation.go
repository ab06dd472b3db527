package agg

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// deviation is what stddev, variance and stddev_pop have in common: the moments
// they keep. They differ in what they read off.
type deviation struct {
	name, doc string
	kinds     []types.Kind
	ints      func(*IntMoments) float64
	floats    func(*Moments) float64
	examples  []Example
}

func stddevSpec() Spec {
	return deviation{
		name: "stddev",
		doc: "The sample standard deviation (n−1) of a number or a duration. Of fewer than two values it is missing.\n\n" +
			"Moments of integers are exact; those of floats are kept in double-double arithmetic around the first value. " +
			"A variance beyond the range of a float makes it missing.",
		kinds:  amounts,
		ints:   (*IntMoments).Stddev,
		floats: (*Moments).Stddev,
		examples: []Example{
			{Call: "stddev(n)", Args: [][]any{{int64(2), int64(4), int64(4), int64(4), int64(5), int64(5), int64(7), int64(9)}}, Want: 2.138089935299395},
			{Call: "stddev(n)", Args: [][]any{{int64(5), nil}}, Want: nil},
			{Call: "stddev(score)", Args: [][]any{{10000000.2, 10000000.2}}, Want: 0.0},
		},
	}.spec()
}

func varianceSpec() Spec {
	return deviation{
		name:   "variance",
		doc:    "The sample variance (n−1) of a number. Of fewer than two values it is missing.",
		kinds:  numbers,
		ints:   (*IntMoments).Var,
		floats: (*Moments).Var,
		examples: []Example{
			{Call: "variance(n)", Args: [][]any{{int64(1), int64(2), int64(4)}}, Want: 7.0 / 3},
			{Call: "variance(n)", Args: [][]any{{int64(5)}}, Want: nil},
		},
	}.spec()
}

func stddevPopSpec() Spec {
	return deviation{
		name:   "stddev_pop",
		doc:    "The standard deviation of the whole population (n, not n−1) of a number or a duration. Of one value it is 0, of nothing missing.",
		kinds:  amounts,
		ints:   (*IntMoments).StddevPop,
		floats: (*Moments).StddevPop,
		examples: []Example{
			{Call: "stddev_pop(n)", Args: [][]any{{int64(2), int64(4), int64(4), int64(4), int64(5), int64(5), int64(7), int64(9)}}, Want: 2.0},
			{Call: "stddev_pop(score)", Args: [][]any{{5.5}}, Want: 0.0},
			{Call: "stddev_pop(n)", Args: [][]any{{nil}}, Want: nil},
		},
	}.spec()
}

func (d deviation) spec() Spec {
	doc := "int or float"
	if len(d.kinds) == len(amounts) {
		doc = "int, float or duration"
	}
	return Spec{
		Name: d.name,
		Doc:  d.doc,
		Sig:  types.Signature{Params: value(types.TAny, doc), Result: measure(d.kinds)},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, d.kinds); err != nil {
				return nil, err
			}
			if args[0].Kind == types.Float {
				return &deviationFloat{read: d.floats}, nil
			}
			return &deviationInt{kind: args[0].Kind, read: d.ints}, nil
		},
		Examples: d.examples,
	}
}

// deviationInt keeps the exact moments of ints or durations.
type deviationInt struct {
	flat[IntMoments]
	kind types.Kind
	read func(*IntMoments) float64
	in   present[int64]
}

func (s *deviationInt) Add(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].I64, args[0])
	for i, g := range groups {
		s.of[g].Add(vals[i])
	}
}

func (s *deviationInt) Remove(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].I64, args[0])
	for i, g := range groups {
		s.of[g].Sub(vals[i])
	}
}

func (s *deviationInt) Merge(to int32, src State, from int32) {
	s.of[to].Merge(src.(*deviationInt).of[from])
}

func (s *deviationInt) Result(groups []int32) *vec.Vec {
	return measured(s.kind, groups, func(g int32) (float64, bool) { return finite(s.read(&s.of[g])) })
}

func (s *deviationInt) Bytes() int { return s.flat.Bytes() + s.in.bytes() }

// deviationFloat keeps the moments of floats.
type deviationFloat struct {
	flat[Moments]
	read func(*Moments) float64
	in   present[float64]
}

func (s *deviationFloat) Add(groups, rows []int32, args []*vec.Vec) {
	groups, vals := s.in.of(groups, rows, args[0].F64, args[0])
	for i, g := range groups {
		s.of[g].Add(vals[i])
	}
}

func (s *deviationFloat) Merge(to int32, src State, from int32) {
	s.of[to].Merge(src.(*deviationFloat).of[from])
}

func (s *deviationFloat) Result(groups []int32) *vec.Vec {
	return measured(types.Float, groups, func(g int32) (float64, bool) { return finite(s.read(&s.of[g])) })
}

func (s *deviationFloat) Bytes() int { return s.flat.Bytes() + s.in.bytes() }
