package det_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
)

// hostileState keeps state of every kind over numbers and keys that nobody would send
// with good intentions.
const hostileState = `
schema s {
  time timestamp
  key string
  n int
  x float
}

rule sums {
  from s
  window 1m by key {
    events = count(), n_sum = sum(n), n_avg = avg(n), n_max = max(n), n_min = min(n), n_dev = stddev(n),
    x_sum = sum(x), x_max = max(x), x_min = min(x), x_dev = stddev(x), x_mid = percentile(x, 50), kinds = count_distinct(x)
  }
  when events > 0
}

rule slides {
  from s
  window 90s sliding by key { n_sum = sum(n), x_sum = sum(x), x_max = max(x), n_min = min(n), events = count() }
  when events > 0
}

rule usual {
  from s
  window 1m by key { n_max = max(n) }
  baseline b of n_max over 1h min 2
  when b.n >= 0 and not (n_max > b.mean and n_max < b.mean)
}

rule floats {
  from s
  window 1m by key { x_max = max(x) }
  baseline b of x_max min 2
  when b.n >= 0 and not (x_max > b.mean and x_max < b.mean)
}

rule faded {
  from s
  window 1m by key { x_max = max(x) }
  baseline b of x_max decay 1h min 2
  when b.n >= 0.0 and not (x_max > b.mean and x_max < b.mean)
}

rule new {
  from s
  first_seen of x, n by key over 10m after 0s
}

rule steps {
  from s
  sequence by key within 5m {
    not none = n == 0
    low = n < 0
    high = n > 0
  }
}
`

// hostileEvents are numbers at the ends of their types, keys of a megabyte and keys
// that differ in their last byte alone, several of each at one time.
func hostileEvents() (out []hostileEvent) {
	long := strings.Repeat("k", 1<<20)
	keys := []string{"a", "", long, long + "2", "a\x00", "\xff"}
	ints := []int64{math.MaxInt64, math.MaxInt64, math.MinInt64, 0, -1, math.MinInt64, 1, math.MaxInt64}
	floats := []float64{math.NaN(), math.Inf(1), math.Copysign(0, -1), 0, math.Inf(-1), math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1}
	at := int64(1709251200_000000)
	for i := range 240 {
		if i%3 == 0 {
			at += int64(i%7) * 10_000_000
		}
		out = append(out, hostileEvent{at, keys[i*i%len(keys)], ints[i%len(ints)], floats[i*7%len(floats)]})
	}
	return out
}

type hostileEvent struct {
	at  int64
	key string
	n   int64
	x   float64
}

func hostileRecord(events []hostileEvent) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_us},
		{Name: "key", Type: arrow.BinaryTypes.String},
		{Name: "n", Type: arrow.PrimitiveTypes.Int64},
		{Name: "x", Type: arrow.PrimitiveTypes.Float64},
	}, nil))
	defer b.Release()
	for _, e := range events {
		b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(e.at))
		b.Field(1).(*array.StringBuilder).Append(e.key)
		b.Field(2).(*array.Int64Builder).Append(e.n)
		b.Field(3).(*array.Float64Builder).Append(e.x)
	}
	return b.NewRecord()
}

// TestHostileState gives such events whole, one by one, with empty batches between and a
// restart after each few: the alerts are the same, with all of their values.
func TestHostileState(t *testing.T) {
	set, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: hostileState})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	events := hostileEvents()
	run := func(size, restart int) []string {
		var got []string
		options := det.EngineOptions{Each: func(a *runtime.Alert) error {
			line := fmt.Sprint(a.Rule, a.ID, a.Time)
			for _, v := range a.Values {
				line += fmt.Sprint(" ", v.Name, "=", v.Value)
			}
			got = append(got, line)
			return nil
		}}
		e, err := set.NewEngine(options)
		if err != nil {
			t.Fatal(err)
		}
		for i, pushes := 0, 0; i < len(events); i, pushes = i+size, pushes+1 {
			for _, part := range [][]hostileEvent{events[i:min(i+size, len(events))], nil} {
				rec := hostileRecord(part)
				err := e.Push("s", rec)
				rec.Release()
				if err != nil {
					t.Fatal(err)
				}
			}
			if restart > 0 && pushes%restart == 0 {
				var b bytes.Buffer
				if err := e.Save(&b); err != nil {
					t.Fatal(err)
				}
				e.Close()
				if e, err = set.NewEngine(options); err != nil {
					t.Fatal(err)
				}
				if notes, err := e.Load(&b); err != nil {
					t.Fatal(notes, err)
				}
			}
		}
		if err := e.Flush(); err != nil {
			t.Fatal(err)
		}
		e.Close()
		slices.Sort(got)
		return got
	}
	want := run(len(events), 0)
	if len(want) < 100 {
		t.Errorf("only %d alerts", len(want))
	}
	for _, c := range [][2]int{{1, 0}, {7, 3}, {40, 1}} {
		if diff := cmp.Diff(want, run(c[0], c[1])); diff != "" {
			t.Errorf("batches of %d, a restart after each %d (-whole +cut)\n%s", c[0], c[1], diff)
		}
	}
}

// TestInfinitePushed pushes NaN and infinities: as in files they are missing, so that
// neither extremes nor histories know of them, and they are counted.
func TestInfinitePushed(t *testing.T) {
	set, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: hostileState + `
rule history {
  from s
  window 1m by key { low = min(x), high = max(x), total = sum(x), values = count(not is_missing(x)) }
  baseline b of high min 2
  when high > 2 * b.mean
}
`})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	var got []string
	e, err := set.NewEngine(det.EngineOptions{Each: func(a *runtime.Alert) error {
		if a.Rule == "history" {
			line := runtime.FormatTime(a.WindowStart)
			for _, v := range a.Values {
				line += fmt.Sprint(" ", v.Name, "=", v.Value)
			}
			got = append(got, line)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	nan, inf := math.NaN(), math.Inf(1)
	var events []hostileEvent
	for minute, values := range [][]float64{
		{nan, 1, inf},    // highest 1
		{3, -inf},        // highest 3
		{nan, inf, -inf}, // no value, which is no part of the history
		{5, nan},         // held against 1 and 3, of mean 2 and deviation √2
	} {
		for _, x := range values {
			events = append(events, hostileEvent{1709251200_000000 + int64(minute)*60_000_000, "a", 0, x})
		}
	}
	rec := hostileRecord(events)
	defer rec.Release()
	if err := e.Push("s", rec); err != nil {
		t.Fatal(err)
	}
	if err := e.Flush(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2024-03-01T00:03:00Z low=5 high=5 total=5 values=1 b.mean=2 b.n=2 b.stddev=1.4142135623730951"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]engine.BadValues{{Field: "x", Values: 7}}, e.Stats().Streams[0].Bad); diff != "" {
		t.Errorf("counted (-want +got)\n%s", diff)
	}
}
