package engine

import (
	"context"
	"time"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/eval"
	"github.com/detlang/det/runtime/order"
	"github.com/detlang/det/runtime/vec"
)

// frame is the evaluation of one graph over one batch.
type frame = *eval.Frame

// rule is a running rule.
type rule struct {
	e       *Engine
	def     *Rule
	place   int     // among the rules
	plain   bool    // the inputs of the first segment are columns of the stream
	hold    []int32 // rows of the batch that the index found,
	maybe   []int32 // and those that the filter must confirm
	segs    []segment
	readers []*rule       // rules that read this one's alerts
	buf     *order.Buffer // of a rule that reads alerts, risk, or several streams
	source  int32         // names the rule's alerts in positions, where rules read them
	stash   stash         // rows on their way to buf
	rows    int64         // alerts and contributions of risk that came through buf
	alerts  int64
	places  []int  // where the values of its alerts have what their evidence shows
	trace   *trace // nil unless the rule is traced
}

// segment is a running Segment.
type segment struct {
	def   *Segment
	frame frame
	emit  runtime.Emit // takes what the operator gives
	forks []*rule      // rules that take it as well
	spent time.Duration
	in    int64
	given int64 // let through by the filter
}

func newRule(e *Engine, def *Rule) *rule {
	r := &rule{e: e, def: def, segs: make([]segment, len(def.Segments)), places: places(def.Alert.Evidence, def.Alert.Values)}
	for i, s := range def.Segments {
		seg := &r.segs[i]
		seg.def = s
		if s.Graph != nil {
			seg.frame = s.Graph.Frame()
		}
		if i+1 < len(def.Segments) {
			seg.emit = func(b *runtime.Batch) error {
				if s.Drop > 0 {
					short := *b
					short.Cols = b.Cols[:len(b.Cols)-s.Drop]
					b = &short
				}
				for _, f := range seg.forks {
					if err := f.run(context.Background(), 0, b); err != nil {
						return err
					}
				}
				return r.run(context.Background(), i+1, b)
			}
		}
	}
	if def.Stream < 0 {
		r.buf = order.NewBuffer(e.sourceOrder)
	}
	r.traced()
	return r
}

// run takes a batch through segment i.
func (r *rule) run(ctx context.Context, i int, b *runtime.Batch) error {
	seg := &r.segs[i]
	began := time.Now()
	defer func() { seg.spent += time.Since(began) }()
	if r.trace != nil {
		b = r.trace.loaded(b)
	}
	if i > 0 || r.buf != nil {
		seg.frame.Begin(b.Cols, b.N)
		defer seg.frame.End()
	}
	seg.in += int64(b.Rows())
	var mask vec.Bitmap
	rows := b.Sel
	if rows != nil {
		mask = vec.FromRows(rows, b.N)
	}
	r.watch(seg, b.Rows(), mask)
	if f := seg.def.Filter; f != None {
		rows = seg.frame.Rows(f, mask)
		if r.trace != nil {
			r.trace.filtered(i, b, rows)
		}
		return r.pass(ctx, i, b, rows)
	}
	return r.hand(ctx, i, b, rows, mask)
}

// pass takes the rows that passed the filter of segment i on.
func (r *rule) pass(ctx context.Context, i int, b *runtime.Batch, rows []int32) error {
	switch len(rows) {
	case 0:
		return nil
	case b.N:
		return r.hand(ctx, i, b, nil, nil)
	}
	return r.hand(ctx, i, b, rows, vec.FromRows(rows, b.N))
}

// hand hands rows to the operator of segment i, or makes alerts of them; nil is all
// rows.
func (r *rule) hand(ctx context.Context, i int, b *runtime.Batch, rows []int32, mask vec.Bitmap) error {
	seg := &r.segs[i]
	if seg.def.Op == nil {
		r.alert(b, rows, mask, seg.frame)
		return nil
	}
	out := *b
	out.Sel = rows
	seg.given += int64(out.Rows())
	if seg.def.Fresh {
		out.Cols = nil
	} else {
		out.Cols = append([]*vec.Vec(nil), b.Cols...)
	}
	for _, id := range seg.def.Inputs {
		out.Cols = append(out.Cols, seg.frame.Get(id, mask))
	}
	return seg.def.Op.Push(ctx, &out, seg.emit)
}

// watch tells which conditions held for the rows that came.
func (r *rule) watch(seg *segment, rows int, mask vec.Bitmap) {
	if r.e.opts.Watch == nil {
		return
	}
	for _, w := range seg.def.Watched {
		held := len(seg.frame.Rows(w.ID, mask))
		r.e.opts.Watch(r.def.Name, w, held, rows-held)
	}
}

// advance moves the rule's clock: rows of other rules' alerts that are due come
// first, then each operator in order.
func (r *rule) advance(ctx context.Context, watermark int64) error {
	if r.buf != nil {
		if err := r.settle(); err != nil {
			return err
		}
		err := r.buf.Release(watermark, func(b *runtime.Batch) error { return r.run(ctx, 0, r.counted(r.numbered(b))) })
		if err != nil {
			return err
		}
	}
	for i := range r.segs {
		seg := &r.segs[i]
		if seg.def.Op == nil {
			continue
		}
		if err := seg.def.Op.Advance(ctx, watermark, seg.emit); err != nil {
			return err
		}
	}
	return nil
}

// finish ends the rule's input.
func (r *rule) finish(ctx context.Context) error {
	if r.buf != nil {
		if err := r.settle(); err != nil {
			return err
		}
		err := r.buf.Release(runtime.MaxTime, func(b *runtime.Batch) error { return r.run(ctx, 0, r.counted(r.numbered(b))) })
		if err != nil {
			return err
		}
	}
	for i := range r.segs {
		seg := &r.segs[i]
		if f, ok := seg.def.Op.(runtime.Finisher); ok {
			if err := f.Finish(ctx, seg.emit); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *rule) close() {
	if r.buf != nil {
		r.buf.Close()
	}
	for i := range r.segs {
		if c, ok := r.segs[i].def.Op.(interface{ Close() }); ok {
			c.Close()
		}
	}
}
