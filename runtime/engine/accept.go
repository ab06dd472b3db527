package engine

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// Cause says why a row was set aside.
type Cause uint8

// The causes.
const (
	Late Cause = iota
	Future
	NoTime
	After    // at or after Options.Until
	Outdated // it waited in saved state, from before its columns had the types of now
)

// Aside is a row that no rule sees.
type Aside struct {
	Cause  Cause
	Stream string
	Source string
	Row    int64
	Time   int64 // 0 for NoTime
}

// open widens a record's columns.
func (s *stream) open(rec arrow.Record) (*runtime.Batch, error) {
	b := &runtime.Batch{N: int(rec.NumRows()), Owner: rec}
	schema := rec.Schema()
	unfit := make([]int64, len(s.def.Columns))
	for c, col := range s.def.Columns {
		at := schema.FieldIndices(col.Name)
		if plain := s.def.Plain[col.Name]; len(at) == 0 && plain != "" {
			at = schema.FieldIndices(plain)
		}
		if len(at) == 0 {
			b.Cols = append(b.Cols, vec.Nulls(b.N))
			continue
		}
		v, bad, err := s.doors[c].Open(schema.Field(at[0]), rec.Column(at[0]), col.Type.Kind)
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", s.def.Name, err)
		}
		unfit[c] = int64(bad)
		b.Cols = append(b.Cols, v)
	}
	for c, n := range unfit { // of a record that is not refused
		s.bad[c] += n
	}
	if t := b.Cols[s.def.Time]; t.Kind == types.Null {
		b.Time = make([]int64, b.N)
	} else {
		b.Time = t.I64
	}
	return b, nil
}

// accept sets rows aside that have no time, come too late or lie too far ahead,
// moves the clock, and gives what is left: the batch itself in nearly every case.
func (e *Engine) accept(stream int, b *runtime.Batch) []*runtime.Batch {
	s := e.streams[stream]
	valid := b.Cols[s.def.Time].Valid
	lateness, ahead := e.opts.Lateness.Microseconds(), e.opts.Ahead.Microseconds()
	clock, known := e.clockOf(stream, b.Pos)
	defer func() { e.clock = max(e.clock, *clock) }()
	if b.N > 0 && valid == nil && ascending(b.Time) {
		// In order, only the first row can be late and only the last can lie ahead.
		first, last := b.Time[0], b.Time[b.N-1]
		if (e.opts.Until == 0 || last < e.opts.Until) && first >= dawn && last < horizon && first >= e.watermark &&
			(e.opts.Manual || (*clock == runtime.MinTime || first >= *clock-lateness) && (known == runtime.MinTime || last-known <= ahead) && last-first <= ahead) {
			if !e.opts.Manual {
				*clock = max(*clock, last)
			}
			b.Ordered = true
			return []*runtime.Batch{b}
		}
	}
	if known == runtime.MinTime && !e.opts.Manual {
		known = middle(b, valid) // the first row of all may be the one that is wrong
	}
	var parts []*runtime.Batch
	from := 0 // first row of the part that is open
	drop := func(i int, cause Cause) {
		if cause != NoTime || !s.def.Timeless || s.def.Stateful { // else all rules have seen it
			e.aside(s, b, i, cause)
		}
		if i > from {
			parts = append(parts, b.Slice(from, i))
		}
		from = i + 1
	}
	for i, t := range b.Time {
		switch {
		case valid != nil && !valid.Get(i):
			drop(i, NoTime)
		case e.opts.Until != 0 && t >= e.opts.Until:
			drop(i, After)
		case t >= horizon:
			drop(i, Future)
		case t < dawn:
			drop(i, NoTime)
		case t < e.watermark:
			drop(i, Late)
		case e.opts.Manual:
		case *clock != runtime.MinTime && t < *clock-lateness:
			drop(i, Late)
		case known != runtime.MinTime && t > known+ahead:
			drop(i, Future)
		default:
			*clock = max(*clock, t)
			known = max(known, t)
		}
	}
	if from == 0 {
		return []*runtime.Batch{b}
	}
	if from < b.N {
		parts = append(parts, b.Slice(from, b.N))
	}
	return parts
}

// beforeGap is the part of an ordered batch before the first row that lies too far
// ahead of the one before it. What lies behind such a gap is set aside, unless there
// is more of it than came before: then it was the clock of those few that was wrong.
func (e *Engine) beforeGap(s *stream, b *runtime.Batch) *runtime.Batch {
	ahead := e.opts.Ahead.Microseconds()
	last := e.clock
	if last == runtime.MinTime {
		last = b.Time[0]
	}
	if b.Time[b.N-1]-last <= ahead {
		return b
	}
	for i, t := range b.Time {
		if before := s.due + int64(i); t-last > ahead && (e.restored || before >= s.taken-before) {
			for j := i; j < b.N; j++ {
				e.aside(s, b, j, Future)
			}
			return b.Slice(0, i)
		}
		last = max(last, t)
	}
	return b
}

// middle is the time that as many rows of a batch lie before as after, of those whose
// time is none that no clock has; MinTime if there are none.
func middle(b *runtime.Batch, valid vec.Bitmap) int64 {
	var times []int64
	for i, t := range b.Time {
		if (valid == nil || valid.Get(i)) && t >= dawn && t < horizon {
			times = append(times, t)
		}
	}
	if len(times) == 0 {
		return runtime.MinTime
	}
	slices.Sort(times)
	return times[(len(times)-1)/2]
}

// ascending reports whether times are in order. Four at a time with one check of bounds are
// twice as fast as slices.IsSorted, and every row passes here.
func ascending(t []int64) bool {
	i := 1
	for ; i+4 <= len(t); i += 4 {
		w := t[i-1 : i+4 : i+4]
		if w[1] < w[0] || w[2] < w[1] || w[3] < w[2] || w[4] < w[3] {
			return false
		}
	}
	for ; i < len(t); i++ {
		if t[i] < t[i-1] {
			return false
		}
	}
	return true
}

func (e *Engine) aside(s *stream, b *runtime.Batch, i int, cause Cause) {
	e.stats.Aside[cause]++
	for _, r := range s.rules {
		r.trace.aside(s.def, b, int32(i), cause)
	}
	for _, j := range s.joins {
		j.rule.trace.aside(s.def, b, int32(i), cause)
	}
	if e.opts.Aside == nil {
		return
	}
	src, row := b.Pos.At(int32(i))
	a := Aside{Cause: cause, Stream: s.def.Name, Row: row, Source: e.sourceName(src)}
	if cause != NoTime {
		a.Time = b.Time[i]
	}
	e.opts.Aside(a)
}

func (e *Engine) sourceName(i int32) string {
	if e.front != nil {
		return e.front.sourceName(i)
	}
	if int(i) < len(e.sources) {
		return e.sources[i]
	}
	return ""
}
