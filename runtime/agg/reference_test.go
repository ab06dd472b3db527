package agg

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// naive computes an aggregate from the present values of its first argument in
// order, the plainest way there is.
var naive = map[string]func(values []any) any{
	"count": func(v []any) any {
		n := int64(0)
		for _, x := range v {
			if x == true {
				n++
			}
		}
		return n
	},
	"sum":                   naiveSum,
	"avg":                   func(v []any) any { return over(v, 0, func(m, _ *big.Float) *big.Float { return m }) },
	"min":                   func(v []any) any { return least(v, -1) },
	"max":                   func(v []any) any { return least(v, 1) },
	"stddev":                func(v []any) any { return over(v, 1, root) },
	"variance":              func(v []any) any { return over(v, 1, func(_, s *big.Float) *big.Float { return s }) },
	"stddev_pop":            func(v []any) any { return over(v, 0, root) },
	"range":                 naiveRange,
	"percentile":            func(v []any) any { return naiveQuantile(v, 0.25) },
	"median":                func(v []any) any { return naiveQuantile(v, 0.5) },
	"count_distinct":        func(v []any) any { return int64(len(distinct(v))) },
	"approx_count_distinct": func(v []any) any { return int64(len(distinct(v))) },
	"values":                func(v []any) any { return distinct(v)[:min(100, len(distinct(v)))] },
	"mode":                  naiveMode,
	"first":                 func(v []any) any { return end(v, 0) },
	"last":                  func(v []any) any { return end(v, len(v)-1) },
	"any":                   func(v []any) any { return slices.Contains(v, any(true)) },
	"all": func(v []any) any {
		if len(v) == 0 {
			return nil
		}
		return !slices.Contains(v, any(false))
	},
}

func toBig(x any) *big.Float {
	f := new(big.Float).SetPrec(400)
	switch x := x.(type) {
	case int64:
		f.SetInt64(x)
	case float64:
		f.SetFloat64(x)
	}
	return f
}

func naiveSum(v []any) any {
	sum := toBig(nil)
	float := false
	for _, x := range v {
		_, float = x.(float64)
		sum.Add(sum, toBig(x))
	}
	if float {
		f, _ := sum.Float64()
		return f
	}
	if n, acc := sum.Int64(); acc == big.Exact {
		return n
	}
	return nil
}

// over gives a function of mean and Σ(x−mean)²/(n−less), or nil where there is
// none.
func over(v []any, less int, f func(mean, spread *big.Float) *big.Float) any {
	if len(v) <= less {
		return nil
	}
	n, mean, ss := toBig(int64(len(v))), toBig(nil), toBig(nil)
	for _, x := range v {
		mean.Add(mean, toBig(x))
	}
	mean.Quo(mean, n)
	for _, x := range v {
		d := toBig(x)
		d.Sub(d, mean)
		ss.Add(ss, d.Mul(d, d))
	}
	out, _ := f(mean, ss.Quo(ss, toBig(int64(len(v)-less)))).Float64()
	return out
}

func root(_, s *big.Float) *big.Float { return s.Sqrt(s) }

func least(v []any, sign int) any {
	var best any
	for _, x := range v {
		if best == nil || compare(x, best)*sign > 0 {
			best = x
		}
	}
	return best
}

// compare orders two values of one kind by way of a column.
func compare(x, y any) int {
	k := kindOf([]any{x})
	h := newHeld(k)
	h.Grow(1)
	h.put(0, vec.Of(k, x), 0)
	return h.compare(0, vec.Of(k, y), 0)
}

func naiveRange(v []any) any {
	if len(v) == 0 {
		return nil
	}
	switch lo := least(v, -1).(type) {
	case float64:
		return least(v, 1).(float64) - lo
	case int64:
		d := new(big.Int).Sub(big.NewInt(least(v, 1).(int64)), big.NewInt(lo))
		if d.IsInt64() {
			return d.Int64()
		}
	}
	return nil
}

func naiveQuantile(v []any, q float64) any {
	if len(v) == 0 {
		return nil
	}
	x := make([]float64, len(v))
	for i := range v {
		x[i], _ = toBig(v[i]).Float64()
	}
	slices.Sort(x)
	h := q * float64(len(x)-1)
	i := int(h)
	if i+1 == len(x) {
		return x[i]
	}
	return x[i] + (x[i+1]-x[i])*(h-float64(i))
}

func distinct(v []any) []any {
	out := []any{}
	for _, x := range v {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

func naiveMode(v []any) any {
	var best any
	most := 0
	for _, x := range distinct(v) {
		n := 0
		for _, y := range v {
			if x == y {
				n++
			}
		}
		if n > most || n == most && compare(x, best) < 0 {
			best, most = x, n
		}
	}
	return best
}

func end(v []any, i int) any {
	if len(v) == 0 {
		return nil
	}
	return v[i]
}

// TestAgainstNaive holds every aggregate against its plainest form, over batches
// of all rows and of selected ones.
func TestAgainstNaive(t *testing.T) {
	for _, u := range uses() {
		plain, ok := naive[u.spec.Name]
		if len(u.args) == 0 || u.spec.Name == "capped_sum" || u.spec.Name == "decayed_sum" || u.args[0].Kind == types.Null {
			continue
		}
		if !ok {
			t.Errorf("%s has no plain form to compare with", u.spec.Name)
			continue
		}
		r := rand.New(rand.NewPCG(6, 1))
		for range 20 {
			s := u.state(t, groupsInTest)
			want := make([][]any, groupsInTest)
			for range 3 {
				n := r.IntN(120)
				groups, args := u.batch(r, n, groupsInTest)
				rows := span(n)
				if r.IntN(2) == 0 {
					rows = slices.DeleteFunc(rows, func(int32) bool { return r.IntN(3) == 0 })
				}
				picked := make([]int32, len(rows))
				for i, row := range rows {
					picked[i] = groups[row]
					if x := args[0].Value(int(row)); x != nil {
						want[groups[row]] = append(want[groups[row]], x)
					}
				}
				if len(rows) == n {
					rows = nil
				}
				s.Add(picked, rows, args)
			}
			got := s.Result(span(groupsInTest))
			for g := range groupsInTest {
				w := plain(want[g])
				if f, ok := w.(float64); ok && got.Kind == types.Duration {
					w = int64(math.RoundToEven(f))
					if math.Abs(f) >= 1<<63 {
						w = nil
					}
				}
				x := got.Value(g)
				if a, ok := x.(int64); ok && got.Kind == types.Duration && math.Abs(float64(a)) > 1<<53 {
					x, _ = toBig(x).Float64() // a float's last digit is more than a microsecond
					w, _ = toBig(w).Float64()
				}
				if !near(x, w) {
					t.Fatalf("%s of %v is %v, want %v", u, want[g], x, w)
				}
			}
		}
	}
}

// TestValuesLimit keeps the first hundred.
func TestValuesLimit(t *testing.T) {
	u := use{spec: valuesSpec(), args: []types.Type{types.TInt}}
	s, other := u.state(t, 2), u.state(t, 1)
	x := make([]any, 150)
	for i := range x {
		x[i] = int64(i * 7 % 150)
	}
	col := vec.Of(types.Int, x...)
	s.Add(make([]int32, 150), nil, []*vec.Vec{col})
	other.Add(make([]int32, 80), nil, []*vec.Vec{vec.Of(types.Int, x[70:]...)})
	s.Merge(1, other, 0)
	s.Merge(1, s, 0)
	if got := s.Result([]int32{0}).Value(0); fmt.Sprint(got) != fmt.Sprint(x[:100]) {
		t.Errorf("got %v", got)
	}
	if got, want := s.Result([]int32{1}).Value(0), append(slices.Clone(x[70:]), x[:20]...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("merged: %v, want %v", got, want)
	}
}

// TestDurations gives durations where it takes them.
func TestDurations(t *testing.T) {
	col := vec.Of(types.Duration, int64(1_000_000), int64(2_000_001), nil)
	for name, want := range map[string]int64{
		"sum": 3_000_001, "avg": 1_500_000, "min": 1_000_000, "max": 2_000_001,
		"stddev": 707_107, "median": 1_500_000, "range": 1_000_001,
	} {
		for _, spec := range All() {
			if spec.Name != name {
				continue
			}
			s := use{spec: spec, args: []types.Type{types.TDuration}}.state(t, 1)
			s.Add(make([]int32, 3), nil, []*vec.Vec{col})
			v := s.Result([]int32{0})
			if v.Kind != types.Duration || v.Value(0) != want {
				t.Errorf("%s = %v (%s), want %d", name, v.Value(0), v.Kind, want)
			}
		}
	}
}

// TestCappedSum follows members through merging, saving and the reuse of groups.
// TestDecayedSum compares with the definition, over parts that are merged.
func TestDecayedSum(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	u := use{spec: decayedSumSpec(), args: []types.Type{types.TInt, types.TDuration, types.TTimestamp}, consts: []any{nil, 90 * time.Second, nil}}
	for range 50 {
		s, later := u.state(t, 1), u.state(t, 1)
		var x, at []float64
		now := int64(1e15)
		for _, to := range []State{s, s, later} {
			score, when := make([]any, r.IntN(20)), []any(nil)
			for i := range score {
				now += r.Int64N(40e6)
				n := r.Int64N(100) - 20
				score[i], when = n, append(when, now)
				x, at = append(x, float64(n)), append(at, float64(now))
			}
			to.Add(make([]int32, len(score)), nil, []*vec.Vec{vec.Of(types.Int, score...), nil, vec.Of(types.Timestamp, when...)})
		}
		s.Merge(0, later, 0)
		want := 0.0
		for i := range x {
			want += x[i] * math.Pow(0.5, (at[len(at)-1]-at[i])/90e6)
		}
		if got := s.Result([]int32{0}).F64[0]; math.Abs(got-want) > 1e-9 {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestCappedSum(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	spec := cappedSumSpec()
	for _, kind := range []types.Type{types.TInt, types.TFloat} {
		u := use{spec: spec, args: []types.Type{kind, types.TFloat, types.TString}, consts: []any{nil, 25.0, nil}}
		for range 20 {
			s, part := u.state(t, groupsInTest), u.state(t, groupsInTest)
			want := make([]map[any]float64, groupsInTest)
			for g := range want {
				want[g] = map[any]float64{}
			}
			for i := range 4 {
				x := make([]any, 100)
				per := make([]any, 100)
				groups := make([]int32, 100)
				for j := range x {
					groups[j] = int32(r.IntN(groupsInTest))
					n := r.IntN(12) - 2
					if x[j] = any(int64(n)); kind == types.TFloat {
						x[j] = float64(n) / 4
					}
					per[j] = fmt.Sprint("rule ", r.IntN(9))
					switch r.IntN(9) {
					case 0:
						x[j] = nil
					case 1:
						per[j] = nil
					default:
						f, _ := toBig(x[j]).Float64()
						want[groups[j]][per[j]] += f
					}
				}
				to := s
				if i%2 == 1 {
					to = part
				}
				to.Add(groups, nil, []*vec.Vec{vec.Of(kind.Kind, x...), nil, vec.Of(types.String, per...)})
			}
			for g := range int32(groupsInTest) {
				s.Merge(g, part, g)
			}
			got := s.Result(span(groupsInTest))
			for g := range groupsInTest {
				total := 0.0
				for _, sum := range want[g] {
					total += min(sum, 25)
				}
				if f, _ := toBig(got.Value(g)).Float64(); f != total {
					t.Fatalf("group %d is %v, want %v", g, f, total)
				}
			}
		}
	}
}
