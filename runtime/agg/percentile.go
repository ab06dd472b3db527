package agg

import (
	"errors"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

const percentileDoc = "Linear interpolation between the closest ranks, as numpy's and spreadsheets' default has it (definition 7 of Hyndman and Fan, 1996). Of nothing it is missing.\n\n" +
	"Up to 1,024 values of a group it is exact. From the 1,025th on, the group's values are kept in a DDSketch, and the result is a value within 0.5 % of the one at the rank below, not interpolated. " +
	"A group then takes a few KiB, however many values it sees. Ints beyond 2^53 are rounded to floats."

func percentileSpec() Spec {
	return Spec{
		Name: "percentile",
		Doc:  "The value below which p per cent of the values lie, p from 0 to 100.\n\n" + percentileDoc,
		Sig: types.Signature{
			Params: []types.Param{
				{Name: "x", Type: types.TAny, Doc: "int, float or duration"},
				{Name: "p", Type: types.TNumber, Const: true, Doc: "0 to 100"},
			},
			Result: measure(amounts),
		},
		New: func(args []types.Type, consts []any) (State, error) {
			if err := check(args, amounts); err != nil {
				return nil, err
			}
			if len(consts) < 2 {
				return nil, errors.New("takes a field and a number from 0 to 100, such as percentile(x, 95)")
			}
			p, ok := number(consts[1])
			if !ok || !(p >= 0 && p <= 100) {
				return nil, errors.New("the second argument must be a number from 0 to 100 that is known beforehand")
			}
			return newQuantile(args[0].Kind, p/100), nil
		},
		Examples: []Example{
			{Call: "percentile(n, 50)", Args: [][]any{{int64(1), int64(2), nil, int64(3), int64(4)}, {int64(50)}}, Want: 2.5},
			{Call: "percentile(score, 95)", Args: [][]any{{15.0, 20.0, 35.0, 40.0, 50.0}, {int64(95)}}, Want: 48.0},
			{Call: "percentile(score, 40)", Args: [][]any{{15.0, 20.0, 35.0, 40.0, 50.0}, {int64(40)}}, Want: 29.0},
			{Call: "percentile(score, 95)", Args: [][]any{{nil}, {int64(95)}}, Want: nil},
		},
	}
}

func medianSpec() Spec {
	return Spec{
		Name: "median",
		Doc:  "The middle value, or the mean of the two in the middle: percentile(x, 50).",
		Sig:  types.Signature{Params: value(types.TAny, "int, float or duration"), Result: measure(amounts)},
		New: func(args []types.Type, _ []any) (State, error) {
			if err := check(args, amounts); err != nil {
				return nil, err
			}
			return newQuantile(args[0].Kind, 0.5), nil
		},
		Examples: []Example{
			{Call: "median(n)", Args: [][]any{{int64(9), int64(1), int64(2)}}, Want: 2.0},
			{Call: "median(n)", Args: [][]any{{int64(9), int64(1), int64(2), nil, int64(3)}}, Want: 2.5},
			{Call: "median(n)", Args: [][]any{{nil}}, Want: nil},
		},
	}
}

// exactMost is how many values a group keeps before it becomes a sketch. Which it
// is depends on their number alone, so neither their order nor how they were
// merged changes a result.
const exactMost = 1024

// quantile keeps the values of each group, or a sketch of them.
type quantile struct {
	kind types.Kind
	q    float64 // 0 to 1
	exact
	sketches map[int32]*sketch
	ints     present[int64]
	floats   present[float64]
}

func newQuantile(k types.Kind, q float64) *quantile {
	return &quantile{kind: k, q: q, exact: exact{blocks: make([]valueBlock, 1)}, sketches: map[int32]*sketch{}}
}

func (s *quantile) Add(groups, rows []int32, args []*vec.Vec) {
	v := args[0]
	if s.kind == types.Float {
		groups, vals := s.floats.of(groups, rows, v.F64, v)
		for i, g := range groups {
			s.add(g, vals[i])
		}
		return
	}
	groups, vals := s.ints.of(groups, rows, v.I64, v)
	for i, g := range groups {
		s.add(g, float64(vals[i]))
	}
}

func (s *quantile) add(g int32, x float64) {
	switch n := s.of[g].n; {
	case n < exactMost:
		s.push(g, x)
	case n == exactMost:
		s.toSketch(g).add(x)
	default:
		s.sketches[g].add(x)
	}
}

// sketched marks a group that is a sketch.
const sketched = exactMost + 1

// toSketch makes a sketch of a group.
func (s *quantile) toSketch(g int32) *sketch {
	k := newQuantileSketch()
	for _, x := range s.values(g, nil) {
		k.add(x)
	}
	s.clear(g)
	s.of[g].n = sketched
	s.sketches[g] = k
	return k
}

func (s *quantile) Merge(to int32, src State, from int32) {
	o := src.(*quantile)
	if o.of[from].n != sketched {
		for _, x := range o.values(from, nil) {
			s.add(to, x)
		}
		return
	}
	if s.of[to].n != sketched {
		s.toSketch(to)
	}
	s.sketches[to].merge(o.sketches[from])
}

// Reset empties a group.
func (s *quantile) Reset(g int32) {
	s.clear(g)
	delete(s.sketches, g)
}

func (s *quantile) Result(groups []int32) *vec.Vec {
	var scratch []float64
	return measured(s.kind, groups, func(g int32) (float64, bool) {
		switch s.of[g].n {
		case 0:
			return 0, false
		case sketched:
			return finite(s.sketches[g].quantile(s.q))
		}
		scratch = s.values(g, scratch[:0])
		slices.Sort(scratch)
		return finite(interpolate(scratch, s.q))
	})
}

// interpolate is the quantile of sorted values, with numpy's arithmetic, which
// approaches the upper value from above in its upper half.
func interpolate(x []float64, q float64) float64 {
	h := float64(len(x)-1) * q
	i := min(int(h), len(x)-1)
	a, b := x[i], x[min(i+1, len(x)-1)]
	t := h - float64(i)
	if t >= 0.5 {
		return b - float64((b-a)*(1-t))
	}
	return a + float64((b-a)*t)
}

func (s *quantile) Bytes() int {
	n := s.exact.Bytes() + s.ints.bytes() + s.floats.bytes()
	for _, k := range s.sketches {
		n += k.bytes() + 48
	}
	return n
}

func (s *quantile) Save(w *state.Writer) {
	w.Int(int64(len(s.of)))
	var values []float64
	for g := range s.of {
		w.Int(int64(s.of[g].n))
		if s.of[g].n == sketched {
			s.sketches[int32(g)].save(w)
			continue
		}
		values = s.values(int32(g), values[:0])
		state.Slice(w, values)
	}
}

// Load reads what Save wrote.
func (s *quantile) Load(r *state.Reader) error {
	n := r.Len(16)
	*s = *newQuantile(s.kind, s.q)
	s.Grow(n)
	for g := range int32(n) {
		if r.Int() == sketched {
			s.toSketch(g).load(r)
		} else {
			for _, x := range state.ReadSlice[float64](r) {
				s.add(g, x)
			}
		}
		if r.Err() != nil {
			break
		}
	}
	return r.Err()
}
