package op

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/vec"
)

// spec is an aggregate of the language by its name.
func spec(name string) *agg.Spec {
	for _, s := range agg.All() {
		if s.Name == name {
			return &s
		}
	}
	panic(name)
}

// baselineCase is a window with a baseline, as a rule would write it.
type baselineCase struct {
	name    string
	length  time.Duration
	every   time.Duration
	zone    string
	agg     string // of x; count if empty
	clauses map[string][]Arg
}

var figureNames = []string{"n", "mean", "stddev", "min", "max", "median", "mad", "p95", "scale", "rscale"}

// baselineNames are those that a baseline has.
var baselineNames = append(slices.Clone(figureNames), "slope", "expected")

func (c *baselineCase) chain(t testing.TB, need []string) func() []runtime.Operator {
	w := windowArgs(c.length, map[string][]Arg{"every": {konst(c.every)}})
	if c.zone != "" {
		w.Clauses["zone"] = []Arg{konst(c.zone)}
	}
	w.Persist, w.Keep = true, 0
	m := Agg{Name: "m", Spec: spec("count"), Type: types.TInt}
	switch c.agg {
	case "":
	case "avg":
		m = Agg{Name: "m", Spec: spec("avg"), Args: []Arg{col(1, "x", types.TInt)}, Type: types.TFloat}
	default:
		m = Agg{Name: "m", Spec: spec(c.agg), Args: []Arg{col(1, "x", types.TInt)}, Type: types.TInt}
	}
	w.Aggs = []Agg{m}
	row, e := window.Output(keyed, &w)
	if e != nil {
		t.Fatal(e.Message)
	}
	b := Args{Bound: "usual", Head: []Arg{{Name: "usual", Col: -1}}, Need: need, Clauses: map[string][]Arg{
		"of": {col(3, "m", m.Type)}, "min": {konst(int64(2))}, "floor": {konst(0.25)},
	}}
	for k, v := range c.clauses {
		b.Clauses[k] = v
	}
	return func() []runtime.Operator {
		return []runtime.Operator{must(t, window, keyed, w), must(t, baseline, row, b), condition{}}
	}
}

// alerted is the measure from which a window counts as one that alerted. No average of
// a few integers comes near it.
const alerted = 2.9713

// condition stands for one that is true of the rows with that measure.
type condition struct{}

func (condition) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	if b.Window.Fired != nil {
		var fired []int32
		b.Each(func(r int32) {
			if v := b.Cols[3]; !v.Missing(int(r)) && vec.AsFloats(v)[r] >= alerted {
				fired = append(fired, r)
			}
		})
		b.Window.Fired(fired)
	}
	return emit(b)
}

func (condition) Advance(context.Context, int64, runtime.Emit) error { return nil }

// word is an argument that is a word.
func word(s string) []Arg { return []Arg{{Name: s, Col: -1}} }

var baselineCases = []baselineCase{
	{name: "all of the past", length: 10 * time.Second, every: 10 * time.Second},
	{name: "over", length: 10 * time.Second, every: 10 * time.Second, clauses: map[string][]Arg{"over": {konst(40 * time.Second)}}},
	{name: "over, not a multiple", length: 10 * time.Second, every: 10 * time.Second, clauses: map[string][]Arg{"over": {konst(49 * time.Second)}}},
	{name: "skip", length: 10 * time.Second, every: 10 * time.Second, clauses: map[string][]Arg{"fill": word("skip")}},
	{name: "skip, over", length: 10 * time.Second, every: 10 * time.Second, clauses: map[string][]Arg{"fill": word("skip"), "over": {konst(60 * time.Second)}}},
	{name: "hopping", length: 10 * time.Second, every: 5 * time.Second},
	{name: "hopping, uneven", length: 9 * time.Second, every: 4 * time.Second, clauses: map[string][]Arg{"over": {konst(30 * time.Second)}}},
	{name: "hopping, skip", length: 10 * time.Second, every: 2 * time.Second, clauses: map[string][]Arg{"fill": word("skip"), "over": {konst(30 * time.Second)}}},
	{name: "integers that may be missing", length: 10 * time.Second, every: 10 * time.Second, agg: "max"},
	{name: "integers that may be missing, over", length: 10 * time.Second, every: 10 * time.Second, agg: "max", clauses: map[string][]Arg{"over": {konst(40 * time.Second)}}},
	{name: "integers that may be missing, hopping", length: 10 * time.Second, every: 5 * time.Second, agg: "min", clauses: map[string][]Arg{"over": {konst(40 * time.Second)}}},
	{name: "floats", length: 10 * time.Second, every: 10 * time.Second, agg: "avg"},
	{name: "floats, over", length: 10 * time.Second, every: 10 * time.Second, agg: "avg", clauses: map[string][]Arg{"over": {konst(40 * time.Second)}}},
	{name: "but those that alerted", length: 10 * time.Second, every: 10 * time.Second, clauses: map[string][]Arg{"exclude": word("alerted")}},
	{name: "but those that alerted, over, hopping", length: 10 * time.Second, every: 5 * time.Second, clauses: map[string][]Arg{"exclude": word("alerted"), "over": {konst(40 * time.Second)}}},
	{name: "but those that alerted, skip", length: 10 * time.Second, every: 10 * time.Second, clauses: map[string][]Arg{"exclude": word("alerted"), "fill": word("skip"), "over": {konst(60 * time.Second)}}},
	{name: "floats, but those that alerted", length: 10 * time.Second, every: 10 * time.Second, agg: "avg", clauses: map[string][]Arg{"exclude": word("alerted")}},
	{name: "floats, hopping, but those that alerted", length: 10 * time.Second, every: 5 * time.Second, agg: "avg", clauses: map[string][]Arg{"exclude": word("alerted"), "over": {konst(40 * time.Second)}}},
	{name: "floats, hopping, skip", length: 10 * time.Second, every: 5 * time.Second, agg: "avg", clauses: map[string][]Arg{"over": {konst(40 * time.Second)}, "fill": word("skip")}},
}

func TestBaseline(t *testing.T) {
	for _, c := range baselineCases {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				events := drawEvents(rt, 5*second)
				for i := range events {
					switch rapid.IntRange(0, 6).Draw(rt, "value") {
					case 0:
						events[i].vals[1] = nil
					case 1:
						events[i].vals[1] = int64(math.MaxInt64 - i)
					default:
						events[i].vals[1] = rapid.Int64Range(-3, 9).Draw(rt, "x")
					}
				}
				need := baselineNames
				if rapid.Bool().Draw(rt, "moments only") {
					need = []string{"n", "mean", "stddev", "scale"}
				}
				checkBaseline(rt, t, &c, need, events, bounds(events, c.length.Microseconds(), c.every.Microseconds()), nil)
			})
		})
	}
}

// checkBaseline compares with the definition: the sample of a window is written
// out, window by window.
func checkBaseline(rt *rapid.T, t testing.TB, c *baselineCase, need []string, events []event, windows [][2]int64, slot func(start int64) int) {
	var got []row
	seed := rapid.Uint64().Draw(rt, "cuts")
	for cut := range uint64(2) {
		build := c.chain(t, need)
		ch := newChain(t, keyed.Cols, func() []runtime.Operator {
			ops := build()
			if cut > 0 {
				ops[0].(*fixed).part = 1 + int(seed%3) // rows of a window at a time
			}
			return ops
		})
		var rnd *rand.Rand
		if cut > 0 {
			rnd = rand.New(rand.NewPCG(seed, cut))
		}
		out := ch.feed(events, rnd)
		if cut > 0 && lines(out) != lines(got) {
			rt.Fatalf("cut differently\n%s\nnot\n%s", lines(out), lines(got))
		}
		got = out
	}
	over := int64(math.MaxInt64)
	if a := c.clauses["over"]; a != nil {
		over = int64(a[0].Const.(time.Duration)/c.every) * c.every.Microseconds()
	}
	skip := c.clauses["fill"] != nil
	k := 0
	values := refValues(events, windows, c.agg)
	for j, w := range windows {
		for _, key := range values[j].order {
			if k == len(got) {
				rt.Fatalf("only %d rows", k)
			}
			r := got[k]
			k++
			if r.vals[0] != key || r.start != w[0] {
				rt.Fatalf("row %d is %s, want %s at %d", k-1, r, key, w[0])
			}
			var sample, times []float64
			seen, season := false, 0.0
			for i, past := range windows[:j] {
				v, ok := values[i].of[key]
				seen = seen || ok
				if c.clauses["exclude"] != nil && v != nil && *v >= alerted {
					v = nil
				}
				if slot == nil || slot(past[0]) == slot(w[0]) {
					season++
				}
				if past[1] > w[0] || w[0]-past[0] > over || !seen || slot != nil && slot(past[0]) != slot(w[0]) {
					continue
				}
				switch {
				case ok && v != nil:
					sample, times = append(sample, *v), append(times, season)
				case !ok && !skip:
					sample, times = append(sample, 0), append(times, season)
				}
			}
			compareFigures(rt, need, r.vals[4:], sample, 2, 0.25)
			compareTrend(rt, need, r.vals[4:], sample, times, season+1)
		}
	}
	if k != len(got) {
		rt.Fatalf("%d rows too many", len(got)-k)
	}
}

// refWindow is the measure of the keys of one window, nil where it is missing.
type refWindow struct {
	order []string
	of    map[string]*float64
}

func refValues(events []event, windows [][2]int64, agg string) []refWindow {
	out := make([]refWindow, len(windows))
	for i, w := range windows {
		rows := map[string][]any{}
		for _, e := range events {
			if k, ok := e.vals[0].(string); ok && e.t >= w[0] && e.t < w[1] {
				if rows[k] == nil {
					out[i].order = append(out[i].order, k)
				}
				rows[k] = append(rows[k], e.vals[1])
			}
		}
		out[i].of = map[string]*float64{}
		for k, vals := range rows {
			out[i].of[k] = refMeasure(agg, vals)
		}
	}
	return out
}

func refMeasure(agg string, vals []any) *float64 {
	if agg == "" {
		n := float64(len(vals))
		return &n
	}
	var x []float64
	for _, v := range vals {
		if v != nil {
			x = append(x, float64(v.(int64)))
		}
	}
	if len(x) == 0 {
		return nil
	}
	r := 0.0
	switch agg {
	case "max":
		r = slices.Max(x)
	case "min":
		r = slices.Min(x)
	case "avg":
		for _, v := range x {
			r += v / float64(len(x))
		}
	}
	return &r
}

// compareFigures holds the columns of a baseline against a sample.
func compareFigures(t *rapid.T, need []string, got []any, sample []float64, least int, floor float64) {
	sorted := slices.Clone(sample)
	slices.Sort(sorted)
	n := len(sample)
	mean, sd, mad := 0.0, 0.0, 0.0
	for _, x := range sample {
		mean += x / float64(n)
	}
	for _, x := range sample {
		sd += (x - mean) * (x - mean) / float64(n-1)
	}
	sd = math.Sqrt(sd)
	if n > 0 {
		var dist []float64
		for _, x := range sample {
			dist = append(dist, math.Abs(x-middle(sorted)))
		}
		slices.Sort(dist)
		mad = middle(dist)
	}
	size := 1.0
	for _, x := range sample {
		size = max(size, math.Abs(x))
	}
	for i, name := range append(slices.Clone(need), "warm") {
		if name == "slope" || name == "expected" {
			continue // see compareTrend
		}
		if name == "n" || name == "warm" {
			if want := any(n >= least); name == "warm" && got[i] != want || name == "n" && got[i] != int64(n) {
				t.Fatalf("%s is %v of %v", name, got[i], sample)
			}
			continue
		}
		if n < least || n < 2 && (name == "stddev" || name == "scale") {
			if got[i] != nil {
				t.Fatalf("%s is %v of %v, want none", name, got[i], sample)
			}
			continue
		}
		rank := 0.95 * float64(n-1)
		low := int(rank)
		want := map[string]float64{
			"mean": mean, "stddev": sd, "scale": max(sd, floor), "min": sorted[0], "max": sorted[n-1],
			"median": middle(sorted), "mad": mad, "rscale": max(1.4826*mad, floor),
			"p95": sorted[low] + (rank-float64(low))*(sorted[min(low+1, n-1)]-sorted[low]),
		}[name]
		if g, ok := got[i].(float64); !ok || math.Abs(g-want) > 1e-9*size {
			t.Fatalf("%s is %v, want %v of %v", name, got[i], want, sample)
		}
	}
}

// compareTrend compares with the textbook: the mean is taken off first.
func compareTrend(t *rapid.T, need []string, got []any, sample, times []float64, now float64) {
	if !slices.Contains(need, "slope") || len(sample) < 2 {
		return
	}
	n := float64(len(sample))
	mx, my, sxy, sxx, size := 0.0, 0.0, 0.0, 0.0, 1.0
	for i := range sample {
		mx, my, size = mx+times[i]/n, my+sample[i]/n, max(size, math.Abs(sample[i]))
	}
	for i := range sample {
		sxy += (times[i] - mx) * (sample[i] - my)
		sxx += (times[i] - mx) * (times[i] - mx)
	}
	slope := sxy / sxx
	for name, want := range map[string]float64{"slope": slope, "expected": my + slope*(now-mx)} {
		if g, ok := got[slices.Index(need, name)].(float64); !ok || math.Abs(g-want) > 1e-9*size {
			t.Fatalf("%s is %v, want %v of %v at %v, judged at %v", name, g, want, sample, times, now)
		}
	}
}

// The tests below carry the number of the trap that they are about.

// runBaseline feeds one key with a number of events a window, and gives the row of
// the last window.
func runBaseline(t *testing.T, counts []int, need []string, clauses map[string][]Arg) row {
	t.Helper()
	c := baselineCase{length: time.Hour, every: time.Hour, clauses: clauses}
	ch := newChain(t, keyed.Cols, c.chain(t, need))
	var events []event
	for i, n := range counts {
		for range n {
			events = append(events, event{int64(i) * hour, []any{"a", int64(0)}})
		}
	}
	out := ch.feed(events, nil)
	return out[len(out)-1]
}

// Trap 3 and 4: the judged value is not in its own sample, nor is its window there
// as a zero. 29 quiet hours with a burst give the z of the 29 alone.
func TestBaselineLeavesJudgedOut(t *testing.T) {
	counts := []int{2, 3, 2, 1, 2, 3, 2, 1, 2, 2, 40}
	r := runBaseline(t, counts, []string{"n", "mean", "stddev"}, nil)
	if fmt.Sprint(r.vals[3:6]) != "[40 10 2]" || math.Abs(r.vals[6].(float64)-2.0/3) > 1e-15 {
		t.Errorf("got %v", r)
	}
}

// Trap 5 and 6: hours without events are zeros, from the first appearance on. One
// event in twenty hours has mean 0.05 and deviation 0.22, not 1 and 0.
func TestBaselineCountsEmptyWindows(t *testing.T) {
	counts := make([]int, 21)
	counts[0], counts[20] = 1, 1
	r := runBaseline(t, counts, []string{"n", "mean", "stddev"}, nil)
	if r.vals[4] != int64(20) || r.vals[5] != 0.05 || math.Abs(r.vals[6].(float64)-math.Sqrt(0.05)) > 1e-15 {
		t.Errorf("got %v", r)
	}
	r = runBaseline(t, counts, []string{"n", "mean"}, map[string][]Arg{"fill": word("skip"), "min": {konst(int64(1))}})
	if r.vals[4] != int64(1) || r.vals[5] != 1.0 {
		t.Errorf("with skip: got %v", r)
	}
}

// Trap 7: a deviation of zero becomes the floor, so that a score exists.
func TestBaselineFloor(t *testing.T) {
	need := []string{"stddev", "scale", "mad", "rscale"}
	r := runBaseline(t, []int{2, 2, 2, 2, 5}, need, map[string][]Arg{"floor": {konst(1.5)}})
	if fmt.Sprint(r.vals[4:8]) != "[0 1.5 0 1.5]" {
		t.Errorf("got %v", r)
	}
}

// Trap 8: a key without a history still has a row; it says that it is not warm.
func TestBaselineKeepsNewKeys(t *testing.T) {
	r := runBaseline(t, []int{7}, []string{"n", "mean", "stddev", "scale", "p95"}, nil)
	if fmt.Sprint(r.vals[3:]) != "[7 0 <nil> <nil> <nil> <nil> false]" {
		t.Errorf("got %v", r)
	}
}

// Trap 9: the window that ends when the judged one starts is in the sample, and the
// one that starts exactly `over` before it is too; an older one is not.
func TestBaselineBoundaries(t *testing.T) {
	r := runBaseline(t, []int{50, 3, 1, 4, 9}, []string{"n", "mean", "min", "max"}, map[string][]Arg{"over": {konst(3 * time.Hour)}})
	if fmt.Sprint(r.vals[4:8]) != "[3 2.6666666666666665 1 4]" {
		t.Errorf("got %v", r)
	}
}

// Trap 11: the deviation is that of a sample, and one value has none.
func TestBaselineSampleDeviation(t *testing.T) {
	one := map[string][]Arg{"min": {konst(int64(1))}}
	if r := runBaseline(t, []int{2, 4, 1}, []string{"stddev"}, one); r.vals[4] != math.Sqrt2 {
		t.Errorf("got %v", r)
	}
	if r := runBaseline(t, []int{2, 4}, []string{"mean", "stddev", "scale"}, one); fmt.Sprint(r.vals[4:7]) != "[2 <nil> <nil>]" {
		t.Errorf("of one value: got %v", r)
	}
}

// Trap 12: NIST's NumAcc4 (mean 10000000.2, deviation 0.1), with and without values
// leaving the sample; and integers whose squares do not fit in 64 bits.
func TestBaselineDigits(t *testing.T) {
	for _, over := range []string{"", "over"} {
		c := baselineCase{length: time.Hour, every: time.Hour, agg: "avg", clauses: map[string][]Arg{"min": {konst(int64(2))}}}
		if over != "" {
			c.clauses["over"] = []Arg{konst(1001 * time.Hour)}
		}
		ch := newChain(t, keyed.Cols, c.chain(t, []string{"n", "mean", "stddev"}))
		var events []event
		for i := range int64(1003) {
			x := []int64{100000001, 100000003}[i%2] // an average of tenths
			if i == 0 {
				x = 100000002
			}
			for range 1 {
				events = append(events, event{i * hour, []any{"a", x}})
			}
		}
		out := ch.feed(events, nil)
		r := out[1001]
		mean, sd := r.vals[5].(float64)/10, r.vals[6].(float64)/10
		if r.vals[4] != int64(1001) || math.Abs(mean-10000000.2)/10000000.2 > 1e-15 || math.Abs(sd-0.1)/0.1 > 1e-14 {
			t.Errorf("%s: n %v, mean %.17g, deviation %.17g", over, r.vals[4], mean, sd)
		}
	}
	c := baselineCase{length: time.Hour, every: time.Hour, agg: "max"}
	ch := newChain(t, keyed.Cols, c.chain(t, []string{"mean", "stddev"}))
	var events []event
	for i, x := range []int64{1 << 60, 1<<60 + 1, 1<<60 + 2, 0} {
		events = append(events, event{int64(i) * hour, []any{"a", x}})
	}
	out := ch.feed(events, nil)
	if r := out[3]; r.vals[4] != float64(1<<60+1) || r.vals[5] != 1.0 {
		t.Errorf("got %v", r)
	}
}
