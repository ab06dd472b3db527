package agg

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// TestPercentilesOfNumpy holds exact percentiles against numpy 2.4.6, bit by bit:
// np.percentile(x, [0, 1, 5, 25, 33.3, 50, 66.6, 90, 95, 99.9, 100]).
func TestPercentilesOfNumpy(t *testing.T) {
	ps := []float64{0, 1, 5, 25, 33.3, 50, 66.6, 90, 95, 99.9, 100}
	long := make([]float64, 1000)
	x := uint64(12345)
	for i := range long {
		x = x*6364136223846793005 + 1442695040888963407
		long[i] = float64(x>>40) / 1000
	}
	tests := []struct{ x, want []float64 }{
		{[]float64{15, 20, 35, 40, 50}, []float64{15.0, 15.2, 16.0, 20.0, 24.979999999999997, 35.0, 38.32, 46.0, 48.0, 49.96000000000001, 50.0}},
		{[]float64{3.7, -1.25, 0.1, 88.5, 2.2, 2.2, -7.75}, []float64{-7.75, -7.36, -5.8, -0.5750000000000001, 0.0972999999999997, 2.2, 2.2, 37.62000000000003, 63.059999999999945, 87.99120000000005, 88.5}},
		{[]float64{1e-3, 1e9}, []float64{0.001, 10000000.00099, 50000000.00095, 250000000.00074998, 333000000.0006669, 500000000.0005, 666000000.000334, 900000000.0001, 950000000.00005, 999000000.0000011, 1000000000.0}},
		{[]float64{42.5}, []float64{42.5, 42.5, 42.5, 42.5, 42.5, 42.5, 42.5, 42.5, 42.5, 42.5, 42.5}},
		{long, []float64{15.481, 211.56381, 967.2289500000002, 4448.40375, 5582.890911, 8500.991, 11267.673938, 15429.4315, 16079.5802, 16761.787701, 16771.479}},
	}
	for _, tt := range tests {
		for i, p := range ps {
			u := use{spec: percentileSpec(), args: []types.Type{types.TFloat, types.TFloat}, consts: []any{nil, p}}
			s := u.state(t, 1)
			s.Add(make([]int32, len(tt.x)), nil, []*vec.Vec{vec.Floats(tt.x, nil), nil})
			if got := s.Result([]int32{0}).Value(0); got != tt.want[i] {
				t.Errorf("percentile %v of %d values is %v, want %v", p, len(tt.x), got, tt.want[i])
			}
		}
	}
}

func TestPercentileRefusals(t *testing.T) {
	for _, p := range []any{nil, -1.0, 100.5, int64(101), "95", math.NaN()} {
		if _, err := percentileSpec().New([]types.Type{types.TInt, types.TFloat}, []any{nil, p}); err == nil {
			t.Errorf("percentile takes %v", p)
		}
	}
}

// many is rows for two groups, the first far beyond what is kept exactly, the
// second at its limit.
func many(r *rand.Rand, limit int) (groups []int32, x []float64) {
	for range 20_000 {
		groups = append(groups, 0)
		x = append(x, math.Exp(r.NormFloat64()*3)*float64(1-2*r.IntN(2)))
	}
	for range limit {
		groups = append(groups, 1)
		x = append(x, r.Float64())
	}
	r.Shuffle(len(x), func(i, j int) { x[i], x[j], groups[i], groups[j] = x[j], x[i], groups[j], groups[i] })
	return groups, x
}

// TestLargeGroups is past the limits of what is kept exactly: results stay within
// the stated error, and are the same however the rows were split and merged, and
// after saving and loading in between.
func TestLargeGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	groups, x := many(r, exactMost)
	args := []*vec.Vec{vec.Floats(x, nil), nil}
	rows := span(len(x))
	for _, u := range []use{
		{spec: percentileSpec(), args: []types.Type{types.TFloat, types.TFloat}, consts: []any{nil, 90.0}},
		{spec: percentileSpec(), args: []types.Type{types.TFloat, types.TFloat}, consts: []any{nil, 3.0}},
		{spec: medianSpec(), args: []types.Type{types.TFloat}, consts: []any{nil}},
		{spec: approxCountDistinctSpec(), args: []types.Type{types.TFloat}, consts: []any{nil}},
	} {
		whole, parts := u.state(t, 2), u.state(t, 2)
		whole.Add(groups, nil, args)
		for from := 0; from < len(x); {
			to := min(len(x), from+1+r.IntN(3000))
			part := u.state(t, 2)
			part.Add(groups[from:to], rows[from:to], args)
			parts.Merge(0, part, 0)
			parts.Merge(1, part, 1)
			from = to
			saved := save(t, parts)
			parts = u.state(t, 0)
			if err := parts.Load(newReader(saved)); err != nil {
				t.Fatal(err)
			}
		}
		got, want := parts.Result(span(2)), whole.Result(span(2))
		for g := range 2 {
			if got.Value(g) != want.Value(g) {
				t.Errorf("%s: group %d is %v merged, %v whole", u, g, got.Value(g), want.Value(g))
			}
		}
		for g := range int32(2) {
			var vals []float64
			for i, x := range x {
				if groups[i] == g {
					vals = append(vals, x)
				}
			}
			slices.Sort(vals)
			if u.spec.Name == "approx_count_distinct" {
				n := float64(got.I64[g])
				if e := math.Abs(n-float64(len(vals))) / float64(len(vals)); e > 0.025 || g == 1 && e > 0 {
					t.Errorf("%v distinct values of %d", n, len(vals))
				}
				continue
			}
			q := 0.5
			if u.consts[len(u.consts)-1] != nil {
				q = u.consts[1].(float64) / 100
			}
			at := vals[int(q*float64(len(vals)-1))]
			if g == 1 {
				at = interpolate(vals, q)
			}
			if e := math.Abs(got.F64[g]-at) / math.Abs(at); e > sketchError*1.001 || g == 1 && e > 0 {
				t.Errorf("%s: group %d is %v, want %v within 0.5 %%", u, g, got.F64[g], at)
			}
		}
		if n := whole.Bytes(); n > 400_000 {
			t.Errorf("%s holds %d bytes", u, n)
		}
		whole.Reset(0)
		whole.Add(make([]int32, 3), []int32{0, 1, 2}, args)
		fresh := u.state(t, 1)
		fresh.Add(make([]int32, 3), []int32{0, 1, 2}, args)
		sameResults(t, u.String()+" emptied", whole.Result([]int32{0}), fresh.Result([]int32{0}))
	}
}

// TestSketchRange takes values that a logarithm cannot tell from 0 or infinity.
func TestSketchRange(t *testing.T) {
	k := newQuantileSketch()
	for range 100 {
		for _, x := range []float64{-math.MaxFloat64, math.MaxFloat64, 5e-324, -5e-324, 0} {
			k.add(x)
		}
	}
	if lo, mid, hi := k.quantile(0), k.quantile(0.5), k.quantile(1); lo > -1e308 || mid != 0 || hi < 1e308 {
		t.Errorf("quantiles are %v, %v and %v", lo, mid, hi)
	}
}

// FuzzLoad feeds damaged states to every aggregate: they are refused, or can be
// worked with.
func FuzzLoad(f *testing.F) {
	list := uses()
	r := rand.New(rand.NewPCG(9, 1))
	for i, u := range list {
		s := u.state(f, 3)
		groups, args := u.batch(r, 40, 3)
		s.Add(groups, nil, args)
		f.Add(i, save(f, s))
	}
	for _, spec := range []Spec{medianSpec(), approxCountDistinctSpec()} {
		i := slices.IndexFunc(list, func(u use) bool {
			return u.spec.Name == spec.Name && u.args[0].Kind == types.Float
		})
		s := list[i].state(f, 2)
		groups, x := many(r, exactMost)
		s.Add(groups, nil, []*vec.Vec{vec.Floats(x, nil)})
		f.Add(i, save(f, s))
	}
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		u := list[((i%len(list))+len(list))%len(list)]
		s := u.state(t, 0)
		if s.Load(newReader(data)) != nil {
			return
		}
		s.Grow(3)
		r := rand.New(rand.NewPCG(10, 1))
		groups, args := u.batch(r, 40, 3)
		s.Add(groups, nil, args)
		s.Merge(0, s, 1)
		s.Result(span(3))
		s.Reset(2)
		save(t, s)
	})
}

func newReader(b []byte) *state.Reader { return state.NewReader(bytes.NewReader(b), int64(len(b))) }

// Of an even number of values that lie apart, the rank below the middle is that of
// the lower half, whatever their sign.
func TestSketchRanksDown(t *testing.T) {
	for _, halves := range [][2]float64{{-2, -0.02}, {-2, 0}, {-2, 3}, {0, 3}, {1, 3}} {
		k := newQuantileSketch()
		k.addN(halves[0], 513)
		k.addN(halves[1], 513)
		if got := k.quantile(0.5); math.Abs(got-halves[0]) > sketchError*math.Abs(halves[0]) {
			t.Errorf("of %v the middle is %v", halves, got)
		}
		if got := k.quantile(1); math.Abs(got-halves[1]) > sketchError*math.Abs(halves[1]) {
			t.Errorf("of %v the greatest is %v", halves, got)
		}
	}
}
