//go:build unix

package op

import (
	"context"
	"math/rand/v2"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

const (
	benchRows  = 10_000_000
	benchBatch = 16_384
)

// authentications are events of 90 days of a number of keys in dictionary form, in
// batches, evenly spread in time. Skewed keys follow u², as addresses do.
func authentications(keys int, skewed bool) []*runtime.Batch {
	names := make([]string, keys)
	for i := range names {
		names[i] = "device-" + strconv.Itoa(i)
	}
	dict := vec.NewDict(names...)
	rnd := rand.New(rand.NewPCG(1, 2))
	step := 90 * day / benchRows
	var out []*runtime.Batch
	for from := 0; from < benchRows; from += benchBatch {
		n := min(benchBatch, benchRows-from)
		b := &runtime.Batch{N: n, Time: make([]int64, n)}
		codes, x := make([]int32, n), make([]int64, n)
		for i := range n {
			u := rnd.Float64()
			if skewed {
				u *= u
			}
			codes[i] = int32(u * float64(keys))
			x[i] = rnd.Int64N(65536)
			b.Time[i] = int64(from+i) * step
		}
		b.Cols = []*vec.Vec{vec.Coded(codes, dict, nil), vec.Ints(x, nil)}
		out = append(out, b)
	}
	return out
}

// drive pushes all batches through a chain of operators. It reports millions of
// rows a second of processor time: over all, and for the second half, when the keys
// are known ("steady"). As a measure of the machine in that minute it also says how
// many times as long the second half takes as counting its keys into an array.
func drive(b *testing.B, batches []*runtime.Batch, build func() []runtime.Operator) {
	b.ReportAllocs()
	var all, steady time.Duration
	half := len(batches) / 2
	for b.Loop() {
		ops := build()
		out := 0
		var emit func(i int) runtime.Emit
		emit = func(i int) runtime.Emit {
			if i == len(ops) {
				return func(b *runtime.Batch) error { out += b.Rows(); return nil }
			}
			next := emit(i + 1)
			return func(b *runtime.Batch) error { return ops[i].Push(context.Background(), b, next) }
		}
		first := emit(0)
		from, middle := cpuTime(), cpuTime()
		for i, batch := range batches {
			if i == half {
				middle = cpuTime()
			}
			if err := first(batch); err != nil {
				b.Fatal(err)
			}
		}
		all += cpuTime() - from
		steady += cpuTime() - middle
		bytes := 0
		for _, op := range ops {
			if m, ok := op.(runtime.Meter); ok {
				bytes += m.Meter().Bytes
			}
		}
		b.ReportMetric(float64(bytes)/1e6, "MB")
		b.ReportMetric(float64(out)/1e6, "Mrow-out")
	}
	plain := cpuTime()
	count(batches[half:])
	plain = cpuTime() - plain
	n := float64(b.N)
	b.ReportMetric(float64(rows(batches))*n/all.Seconds()/1e6, "Mrow/cpu-s")
	b.ReportMetric(float64(rows(batches[half:]))*n/steady.Seconds()/1e6, "steady-Mrow/cpu-s")
	b.ReportMetric(steady.Seconds()/n/plain.Seconds(), "x-array")
}

func rows(batches []*runtime.Batch) int {
	n := 0
	for _, b := range batches {
		n += b.N
	}
	return n
}

// count counts keys by their code.
func count(batches []*runtime.Batch) {
	n := make([]int64, batches[0].Cols[0].Dict.Len())
	for _, b := range batches {
		for _, c := range b.Cols[0].Codes {
			n[c]++
		}
	}
}

// cpuTime is the processor time that the process has taken.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchWindow(length time.Duration, clauses map[string][]Arg, aggs ...Agg) Args {
	a := windowArgs(length, clauses)
	a.Aggs, a.Keep = aggs, 0
	if len(aggs) == 0 {
		a.Aggs = []Agg{{Name: "n", Spec: spec("count"), Type: types.TInt}}
	}
	return a
}

func aggOf(name string, t types.Type) Agg {
	return Agg{Name: name, Spec: spec(name), Args: []Arg{col(1, "x", types.TInt)}, Type: t}
}

func one(b *testing.B, a Args) func() []runtime.Operator {
	return func() []runtime.Operator { return []runtime.Operator{must(b, window, keyed, a)} }
}

// go test -run=- -bench=. -benchtime=1x ./runtime/op
//
// Millions of events a second through the operator, one core of an AMD EPYC with 1
// MiB of L2, 10M events of 90 days:

func BenchmarkTumblingDay1M(b *testing.B) {
	drive(b, authentications(1_000_000, false), one(b, benchWindow(24*time.Hour, nil)))
}

func BenchmarkTumblingDay1MEvidence(b *testing.B) {
	a := benchWindow(24*time.Hour, nil)
	a.Keep = 5
	drive(b, authentications(1_000_000, false), one(b, a))
}

func BenchmarkTumblingHalfHour200k(b *testing.B) {
	drive(b, authentications(200_000, true), one(b, benchWindow(30*time.Minute, nil)))
}

func BenchmarkHoppingDayHour200k(b *testing.B) {
	drive(b, authentications(200_000, true), one(b, benchWindow(24*time.Hour, map[string][]Arg{"every": {konst(time.Hour)}})))
}

func BenchmarkSlidingHalfHour200k(b *testing.B) {
	drive(b, authentications(200_000, true), one(b, benchWindow(30*time.Minute, map[string][]Arg{"sliding": nil})))
}

func BenchmarkSlidingSum200k(b *testing.B) {
	drive(b, authentications(200_000, true), one(b, benchWindow(30*time.Minute, map[string][]Arg{"sliding": nil}, aggOf("sum", types.TInt))))
}

func BenchmarkSlidingMax200k(b *testing.B) {
	drive(b, authentications(200_000, true), one(b, benchWindow(30*time.Minute, map[string][]Arg{"sliding": nil}, aggOf("max", types.TInt))))
}

func BenchmarkSlidingSumOneKey(b *testing.B) {
	a := benchWindow(time.Minute, map[string][]Arg{"sliding": nil}, aggOf("sum", types.TInt))
	delete(a.Clauses, "by")
	drive(b, authentications(1, false), one(b, a))
}

func BenchmarkSession200k(b *testing.B) {
	drive(b, authentications(200_000, true), one(b, benchWindow(30*time.Minute, map[string][]Arg{"session": nil})))
}

func BenchmarkEarlyDay200k(b *testing.B) {
	drive(b, authentications(200_000, true), one(b, benchWindow(24*time.Hour, map[string][]Arg{"early": nil})))
}

// daily is a daily count with a baseline and its score, a bool column.
func daily(b *testing.B, clauses map[string][]Arg, need ...string) func() []runtime.Operator {
	w := benchWindow(24*time.Hour, nil)
	w.Persist = true
	row, e := window.Output(keyed, &w)
	if e != nil {
		b.Fatal(e)
	}
	a := Args{Bound: "usual", Head: []Arg{{Name: "usual", Col: -1}}, Need: need, Clauses: map[string][]Arg{"of": {col(3, "n", types.TInt)}}}
	for k, v := range clauses {
		a.Clauses[k] = v
	}
	return func() []runtime.Operator {
		return []runtime.Operator{must(b, window, keyed, w), must(b, baseline, row, a)}
	}
}

func BenchmarkBaselineAll1M(b *testing.B) {
	drive(b, authentications(1_000_000, false), daily(b, nil, "n", "mean", "scale"))
}

func BenchmarkBaseline90d1M(b *testing.B) {
	drive(b, authentications(1_000_000, false), daily(b, map[string][]Arg{"over": {konst(90 * 24 * time.Hour)}}, "n", "mean", "scale"))
}

func BenchmarkBaselineWeekday1M(b *testing.B) {
	drive(b, authentications(1_000_000, false), daily(b, map[string][]Arg{"at": word("day_of_week")}, "n", "mean", "scale"))
}

func BenchmarkBaselineRobust1M(b *testing.B) {
	drive(b, authentications(1_000_000, false), daily(b, map[string][]Arg{"over": {konst(90 * 24 * time.Hour)}}, "n", "median", "rscale"))
}

func BenchmarkPeers100k(b *testing.B) {
	n := 100_000
	x, who := make([]int64, n), make([]int32, n)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range x {
		x[i], who[i] = rnd.Int64N(1000), int32(rnd.IntN(50))
	}
	names := make([]string, 50)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	where := vec.Coded(who, vec.NewDict(names...), nil)
	batch := &runtime.Batch{N: n, Time: make([]int64, n), Cols: []*vec.Vec{where, where, vec.Ints(x, nil)}, Window: &runtime.Window{Start: make([]int64, n), End: make([]int64, n)}}
	drive(b, []*runtime.Batch{batch}, func() []runtime.Operator {
		return []runtime.Operator{must(b, peers, crowdRow(types.TInt), crowdArgs(types.TInt, []string{"n", "mean", "scale", "median", "rscale"}))}
	})
}

// BenchmarkSequence follows five refusals and a success of a key within an hour: one
// event in five is a refusal, one in twenty a success.
func BenchmarkSequence(b *testing.B) {
	for _, keys := range []int{10_000, 1_000_000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			batches := authentications(keys, true)
			for _, x := range batches {
				refused, ok := vec.NewBitmap(x.N), vec.NewBitmap(x.N)
				for i, v := range x.Cols[1].I64 {
					switch {
					case v < 65536/5:
						refused.Set(i)
					case v > 65536*19/20:
						ok.Set(i)
					}
				}
				x.Cols = append(x.Cols, vec.Bools(refused, x.N), vec.Bools(ok, x.N))
			}
			by := []Arg{col(0, "key", types.TString)}
			in := Row{Cols: append(keyed.Cols[:2:2], runtime.Column{Name: "refused", Type: types.TBool}, runtime.Column{Name: "ok", Type: types.TBool})}
			a := Args{Clauses: map[string][]Arg{"by": by, "within": {konst(time.Hour)}}, Keep: 5, Shown: []int{0}, Steps: []Step{
				{Name: "refused", Cond: col(2, "refused", types.TBool), Repeat: 5, By: by},
				{Name: "ok", Cond: col(3, "ok", types.TBool), Repeat: 1, By: by},
			}}
			drive(b, batches, func() []runtime.Operator { return []runtime.Operator{must(b, sequence, in, a)} })
		})
	}
}

// BenchmarkFirstSeen looks for values of keys that were not seen for 30 days.
func BenchmarkFirstSeen(b *testing.B) {
	for _, keys := range []int{10_000, 1_000_000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			batches := authentications(keys, true)
			for _, x := range batches {
				few := make([]int64, x.N)
				for i, v := range x.Cols[1].I64 {
					few[i] = v % 4
				}
				x.Cols[1] = vec.Ints(few, nil)
			}
			a := Args{Clauses: map[string][]Arg{"by": {col(0, "key", types.TString)}, "of": {col(1, "n", types.TInt)}, "over": {konst(30 * 24 * time.Hour)}}}
			drive(b, batches, func() []runtime.Operator { return []runtime.Operator{must(b, firstSeen, keyed, a)} })
		})
	}
}
