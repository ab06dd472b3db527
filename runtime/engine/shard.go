package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/eval"
)

// Shards: the rules over events run on several workers at once. An engine with
// workers keeps the front for itself (columns, order, the clock) and the rules that
// read alerts, risk or several streams. Each worker has a program of its own, with
// operators and graphs that nobody else touches, and gets its part of every batch:
//
//   - a rule that looks at single events, a stretch of the rows;
//   - a rule that keeps state by key, the rows whose key falls to the worker;
//   - any other rule runs whole on one of them.
//
// All workers are done with a batch, and with a step of the clock, before their
// alerts go on: put into one order, to the output and to the rules that read them.

// Split says how a rule is divided among workers.
type Split struct {
	Kind SplitKind
	Keys []eval.ID // of ByKey, in the graph of the stream
	Why  string    // of Whole: why it is not divided
}

// SplitKind is a way to divide a rule.
type SplitKind uint8

// The ways.
const (
	Whole SplitKind = iota
	ByRow
	ByKey
)

// worker is one of the engines of an engine with shards.
type worker struct {
	*Engine
	number, of int
	streams    []workerStream
	found      []found // since the last barrier
	err        error
}

// workerStream is a stream as a worker sees it.
type workerStream struct {
	rows         []*rule // that take a stretch of rows and are no part of the index
	keyed, whole []*rule
	frame        frame // over all rows of a batch
	hashes       hashes
}

// found is an alert of a worker on its way to the rule of the same place in front.
type found struct {
	rule  int
	alert runtime.Alert
	at    place
}

// NewSharded makes an engine with a worker for each program but the first, which is
// that of the front. All are of the same rules, built with Options.Sharded.
func NewSharded(progs []*Program, opts Options) *Engine {
	e := New(progs[0], opts)
	e.partitions = make([]partition, len(e.streams))
	for i, p := range progs[1:] {
		w := &worker{Engine: New(p, Options{Manual: true}), number: i, of: len(progs) - 1}
		w.front = e
		w.collect = func(r *rule, a *runtime.Alert, at place) {
			w.found = append(w.found, found{r.place, *a, at})
		}
		for _, s := range w.Engine.streams {
			w.streams = append(w.streams, workerStream{frame: s.def.Graph.Frame()})
		}
		for _, r := range w.rules {
			if r.def.Stream >= 0 {
				w.assign(r)
			}
		}
		e.workers = append(e.workers, w)
	}
	return e
}

// assign gives a rule its place in the streams of a worker.
func (w *worker) assign(r *rule) {
	s := &w.streams[r.def.Stream]
	switch r.def.Split.Kind {
	case ByRow:
		if r.def.Indexed < 0 {
			s.rows = append(s.rows, r)
		}
		return // it goes on with the frame of the stream
	case ByKey:
		s.keyed = append(s.keyed, r)
		w.front.partitions[r.def.Stream].know(r.def.Split.Keys)
	case Whole:
		if w.runs(r) {
			s.whole = append(s.whole, r)
		}
	}
	r.segs[0].frame = s.frame
}

// runs reports whether a worker has a part of a rule, or all of it.
func (w *worker) runs(r *rule) bool {
	return r.def.Stream >= 0 && (r.def.Split.Kind != Whole || r.place%w.of == w.number)
}

// each runs f on all workers at once, and takes their alerts over.
func (e *Engine) each(f func(w *worker) error) error {
	e.together(func(w *worker) { w.err = f(w) })
	var errs []error
	for _, w := range e.workers {
		errs = append(errs, w.err)
		if w.failed != nil {
			errs = append(errs, w.failed)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	e.gather()
	return nil
}

// together runs f on all workers at once.
func (e *Engine) together(f func(w *worker)) {
	var wait sync.WaitGroup
	for _, w := range e.workers[1:] {
		wait.Go(func() { f(w) })
	}
	f(e.workers[0])
	wait.Wait()
}

// gather sends the alerts of the workers on, rule by rule and, of one rule, in the
// order of time.
func (e *Engine) gather() {
	var all []found
	for _, w := range e.workers {
		all = append(all, w.found...)
		clear(w.found)
		w.found = w.found[:0]
	}
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.alert.Time, b.alert.Time), cmp.Compare(a.at.source, b.at.source), cmp.Compare(a.at.row, b.at.row))
	})
	for i := range all {
		f := &all[i]
		e.rules[f.rule].send(&f.alert, f.at)
	}
}

// fan runs a batch of a stream on all workers.
func (e *Engine) fan(ctx context.Context, stream int, b *runtime.Batch) error {
	for i, c := range b.Cols {
		b.Cols[i] = c.Loaded(nil) // a column is made once, and then only read
	}
	e.divide(stream, b)
	return e.each(func(w *worker) error { return w.process(ctx, stream, b) })
}

// process runs the worker's part of a batch.
func (w *worker) process(ctx context.Context, stream int, b *runtime.Batch) error {
	s, mine := w.Engine.streams[stream], &w.streams[stream]
	if from, to := b.N*w.number/w.of, b.N*(w.number+1)/w.of; from < to && (len(mine.rows) > 0 || s.index != nil) {
		part := b.Slice(from, to)
		s.frame.Begin(part.Cols, part.N)
		due := mine.rows
		if s.index != nil {
			due = s.index.due(mine.rows, part)
		}
		for _, r := range due {
			if err := r.first(ctx, part); err != nil {
				return err
			}
		}
	}
	if len(mine.keyed)+len(mine.whole) == 0 {
		return nil
	}
	mine.frame.Begin(b.Cols, b.N)
	division := &w.front.partitions[stream]
	share := division.rows(w.number)
	for _, r := range mine.keyed {
		rows := share[division.number(r.def.Split.Keys)]
		if len(rows) == 0 {
			continue
		}
		part := *b
		part.Sel = rows
		if err := r.run(ctx, 0, &part); err != nil {
			return err
		}
	}
	for _, r := range mine.whole {
		if err := r.run(ctx, 0, b); err != nil {
			return err
		}
	}
	return nil
}

// advance moves the clock of the worker's rules.
func (w *worker) advance(ctx context.Context, watermark int64) error {
	for _, r := range w.rules {
		if r.def.Stream >= 0 {
			if err := r.advance(ctx, watermark); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish ends the input of the worker's rules.
func (w *worker) finish(ctx context.Context) error {
	for _, r := range w.rules {
		if r.def.Stream >= 0 {
			if err := r.finish(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// own are the rules that run in the engine itself: all, or those that workers cannot
// have.
func (e *Engine) own() []*rule {
	if e.workers == nil {
		return e.rules
	}
	return slices.DeleteFunc(slices.Clone(e.rules), func(r *rule) bool { return r.def.Stream >= 0 })
}
