package engine

import "github.com/detlang/det/runtime"

// trace tells what becomes of the rows of a rule. A rule that is not traced has
// none, and pays a comparison with nil a batch.
type trace struct {
	rule *rule
	tell func(*runtime.Judgement)
}

// traced starts to trace a rule, if that is wanted.
func (r *rule) traced() {
	o := &r.e.opts
	if o.Trace == nil || o.Traced != nil && !o.Traced(r.def.Name) {
		return
	}
	r.trace = &trace{rule: r, tell: o.Trace}
	for i := range r.segs {
		seg := r.segs[i].def
		if t, ok := seg.Op.(runtime.Tracer); ok {
			t.Trace(func(b *runtime.Batch, row int32, h runtime.Held) {
				j := r.trace.judgement(b, row, seg.Given)
				j.Outcome, j.Stage, j.Since, j.Until = h.Why, seg.At, h.Since, h.Until
				r.trace.tell(j)
			})
		}
	}
}

// row are the columns that flow into a segment.
func (t *trace) row(segment int) []runtime.Column {
	r := t.rule
	switch {
	case segment > 0:
		return r.def.Segments[segment].Row
	case r.def.Stream >= 0:
		return r.e.prog.Streams[r.def.Stream].Columns
	}
	return r.def.Columns
}

// judgement is a judgement of a row of a batch with the given columns.
func (t *trace) judgement(b *runtime.Batch, row int32, cols []runtime.Column) *runtime.Judgement {
	i := int(row)
	j := &runtime.Judgement{Rule: t.rule.def.Name, Time: b.Time[i]}
	for c, col := range cols[:min(len(cols), len(b.Cols))] {
		j.Row = append(j.Row, runtime.Named{Name: col.Name, Kind: col.Type.Kind, Value: b.Cols[c].Loaded(nil).Value(i)})
	}
	if w := b.Window; w != nil {
		j.HasWindow, j.WindowStart, j.WindowEnd, j.Partial = true, w.Start[i], w.End[i], w.Partial
		if w.Evidence != nil {
			j.Evidence = func() []runtime.Event { return w.Evidence(row) }
		}
		return j
	}
	source, number := b.Pos.At(row)
	j.Source, j.Number = t.rule.e.sourceName(source), number
	return j
}

// loaded is a batch whose columns are all there, so that any of them can be shown.
func (t *trace) loaded(b *runtime.Batch) *runtime.Batch {
	out := *b
	out.Cols = nil
	for _, c := range b.Cols {
		out.Cols = append(out.Cols, c.Loaded(nil))
	}
	return &out
}

// filtered tells of the meant rows of a batch that are not among those kept. Each
// is put down to the first test that it failed.
func (t *trace) filtered(segment int, b *runtime.Batch, kept []int32) {
	seg := &t.rule.segs[segment]
	cols := t.row(segment)
	pass := make([]bool, b.N)
	for _, r := range kept {
		pass[r] = true
	}
	var out []int32
	b.Each(func(r int32) {
		if !pass[r] {
			out = append(out, r)
		}
	})
	failed := make([]*Test, b.N)
	for i := range seg.def.Tests {
		test := &seg.def.Tests[len(seg.def.Tests)-1-i]
		held := make([]bool, b.N)
		for _, r := range seg.frame.Rows(test.ID, nil) {
			held[r] = true
		}
		for _, r := range out {
			if !held[r] {
				failed[r] = test
			}
		}
	}
	for _, r := range out {
		if failed[r] == nil {
			continue
		}
		j := t.judgement(b, r, cols)
		j.Stage, j.Outcome = failed[r].At, runtime.Excluded
		if failed[r].When {
			j.Outcome = runtime.ConditionFalse
		}
		t.tell(j)
	}
}

// fired tells of an alert.
func (t *trace) fired(b *runtime.Batch, row int32, id string) {
	last := len(t.rule.def.Segments) - 1
	j := t.judgement(b, row, t.row(last))
	j.Outcome, j.Stage, j.Alert = runtime.Fired, t.rule.def.Segments[last].At, id
	t.tell(j)
}

// asideOutcomes are the causes for which rows are set aside, as outcomes.
var asideOutcomes = map[Cause]runtime.Outcome{
	Late: runtime.TooLate, Future: runtime.TooFarAhead, NoTime: runtime.TimeMissing, After: runtime.AfterEnd,
}

// aside tells of a row of a stream that was set aside.
func (t *trace) aside(s *Stream, b *runtime.Batch, row int32, cause Cause) {
	if t == nil || cause == Outdated { // the columns are not those of now
		return
	}
	j := t.judgement(b, row, s.Columns)
	j.Outcome, j.Stage = asideOutcomes[cause], -1
	t.tell(j)
}
