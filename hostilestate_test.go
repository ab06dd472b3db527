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
