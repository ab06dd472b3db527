package det

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
)

// Footprint is about how much memory a rule takes for each grouping key, by stage,
// where every key has one event in each window. A formula beside each stage would
// drift from what the stage does, so it is measured: the rule, without its
// conditions, is run over made-up events of 4,096 keys through 24 windows, or through
// as much of the history as a baseline looks at, up to 2,500 windows, then of fewer
// keys: 2^18 events are enough, and few keys would bear what a stage holds for all.
// Its stages are asked for what they hold then; a longer history is reckoned from
// how it grew. A sequence keeps nothing here, since nothing fits its steps.
type Footprint struct {
	Rule   string
	Stages []StageFootprint // those that keep something
}

// StageFootprint is the bytes a key of one stage. Windows is how many windows of
// history they hold, 0 for a stage without history; Window is the bytes that each
// further one takes, where nothing ends the history.
type StageFootprint struct {
	Stage   string
	Bytes   int
	Windows int
	Window  int
}

// Total is the bytes a key of all stages.
func (f *Footprint) Total() int {
	n := 0
	for _, s := range f.Stages {
		n += s.Bytes
	}
	return n
}

// trial is how a footprint is measured.
type trial struct{ keys, windows int }

// brief is the trial of rules without a history.
var brief = trial{4096, 24}

// longest is how many windows of a history are tried.
const longest = 2500

// through is the trial of rules with a history.
func through(windows int) trial {
	return trial{min(brief.keys, 1<<18/windows), windows}
}

// Footprints measures the rules that keep state.
func (r *Ruleset) Footprints(ctx context.Context) ([]Footprint, error) {
	var progs [2]*program // one a trial, since their operators keep what they saw
	for i := range progs {
		var err error
		if progs[i], err = r.program(nil, nil); err != nil {
			return nil, err
		}
	}
	var out []Footprint
	for i, p := range r.set.Rules {
		f, err := footprint(ctx, p, i, progs)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", p.Name, err)
		}
		if len(f.Stages) > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}

// footprint measures rule i of the programs.
func footprint(ctx context.Context, p *plan.Rule, i int, progs [2]*program) (Footprint, error) {
	out := Footprint{Rule: p.Name}
	step, history := stepOf(p)
	if len(progs[0].Rules[i].Segments) < 2 || step > reach/time.Duration(longest) {
		return out, nil // it keeps nothing, or its windows do not fit the times of events
	}
	_, few, err := brief.run(ctx, progs[0], i, step)
	if err != nil {
		return out, err
	}
	deep, half, full := brief, few, few
	if slices.ContainsFunc(few, func(s engine.StageStats) bool { return s.Stage == "baseline" }) {
		deep = through(longest)
		if history > 0 {
			deep = through(min(history+1, longest))
		}
		if half, full, err = deep.run(ctx, progs[1], i, step); err != nil {
			return out, err
		}
	}
	for s, st := range few {
		f := StageFootprint{Stage: st.Stage, Bytes: st.Bytes / brief.keys}
		if st.Stage == "baseline" {
			f.Bytes = full[s].Bytes / deep.keys
			f.Window = max(0, full[s].Bytes-half[s].Bytes) / deep.keys / (deep.windows - deep.windows/2)
			if f.Windows = deep.windows; history > 0 {
				f.Bytes += f.Window * max(0, history-deep.windows)
				f.Windows, f.Window = history, 0
			}
		}
		if f.Bytes > 0 {
			out.Stages = append(out.Stages, f)
		}
	}
	return out, nil
}

// run tries rule i of a program, alone and over a stream of its own. It gives what
// the stages hold after half of the windows, and at the end.
func (t trial) run(ctx context.Context, prog *program, i int, step time.Duration) (half, full []engine.StageStats, err error) {
	rule := *prog.Rules[i]
	stream := engine.Stream{Name: "made up", Columns: rule.Columns, Graph: rule.Segments[0].Graph, Stateful: true}
	if rule.Stream >= 0 {
		stream = *prog.Streams[rule.Stream]
		stream.Index, stream.Stateful = nil, true
	} else {
		stream.Time = slices.IndexFunc(stream.Columns, func(c runtime.Column) bool { return c.Name == "time" })
	}
	rule.Stream, rule.Union, rule.Upstream, rule.Risk, rule.Indexed, rule.Muted = 0, nil, nil, false, -1, true
	rule.Segments = slices.Clone(rule.Segments)
	for s, seg := range rule.Segments {
		free := *seg
		free.Filter, free.Tests = engine.None, nil
		rule.Segments[s] = &free
	}
	e := engine.New(&engine.Program{Streams: []*engine.Stream{&stream}, Rules: []*engine.Rule{&rule}}, engine.Options{Ahead: math.MaxInt64})
	defer e.Close()
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for w := range t.windows {
		rec := madeUp(t.keys, stream.Columns, stream.Time, start.Add(time.Duration(w)*step))
		err := e.Push(ctx, 0, rec, runtime.Positions{First: int64(w * t.keys)})
		rec.Release()
		if err != nil {
			return nil, nil, err
		}
		if w+1 == t.windows/2 {
			half = e.Stats().Rules[0].Stages
		}
	}
	return half, e.Stats().Rules[0].Stages, nil
}

// reach is how far made-up events may lie behind the first.
const reach = 150 * 365 * 24 * time.Hour

// stepOf is the time from one window of a rule to the next, or the length of those
// that slide, an hour without any; and how many of these its baselines look back, 0
// without a bound.
func stepOf(p *plan.Rule) (step time.Duration, history int) {
	for _, st := range p.Stages {
		switch {
		case step > 0:
		case st.Row.Every > 0:
			step = st.Row.Every
		case st.Row.Per > 0:
			step = st.Row.Per
		}
		if st.Spec.Name == "baseline" && step > 0 {
			history = max(history, int(st.Args.Duration("over", 0)/step))
		}
	}
	if step == 0 {
		step = time.Hour
	}
	return step, history
}

// madeUp makes an event of each key at a time. All columns but that of the time
// have another value in each; texts are names of domains, so that most functions
// give something of them.
func madeUp(keys int, cols []runtime.Column, at int, t time.Time) arrow.Record {
	fields := make([]arrow.Field, len(cols))
	arrays := make([]arrow.Array, len(cols))
	for c, col := range cols {
		b := array.NewBuilder(memory.DefaultAllocator, arrowType(col.Type))
		for key := range keys {
			if c == at {
				b.(*array.TimestampBuilder).Append(arrow.Timestamp(t.UnixMicro()))
			} else {
				appendMadeUp(b, key, t)
			}
		}
		arrays[c] = b.NewArray()
		fields[c] = arrow.Field{Name: col.Name, Type: arrays[c].DataType(), Nullable: true}
		b.Release()
		defer arrays[c].Release()
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(keys))
}

func arrowType(t types.Type) arrow.DataType {
	switch t.Kind {
	case types.Bool:
		return arrow.FixedWidthTypes.Boolean
	case types.Int:
		return arrow.PrimitiveTypes.Int64
	case types.Float:
		return arrow.PrimitiveTypes.Float64
	case types.Timestamp:
		return arrow.FixedWidthTypes.Timestamp_us
	case types.Duration:
		return arrow.FixedWidthTypes.Duration_us
	case types.IP:
		return &arrow.FixedSizeBinaryType{ByteWidth: 16}
	case types.List:
		return arrow.ListOf(arrowType(types.Type{Kind: t.Elem}))
	}
	return arrow.BinaryTypes.String
}

func appendMadeUp(b array.Builder, key int, t time.Time) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(true)
	case *array.Int64Builder:
		b.Append(int64(key + 1))
	case *array.Float64Builder:
		b.Append(float64(key + 1))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(t.UnixMicro()))
	case *array.DurationBuilder:
		b.Append(arrow.Duration(key + 1))
	case *array.FixedSizeBinaryBuilder:
		ip := netip.AddrFrom4([4]byte{10, 0, byte(key >> 8), byte(key)}).As16()
		b.Append(ip[:])
	case *array.ListBuilder:
		b.Append(true)
		appendMadeUp(b.ValueBuilder(), key, t)
	case *array.StringBuilder:
		b.Append(fmt.Sprintf("k%05d.com", key))
	}
}
