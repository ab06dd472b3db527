package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/eval"
	"github.com/detlang/det/runtime/match"
)

// Shards: the rules over events run on several workers at once. An engine with
// workers keeps the front for itself (columns, order, the clock) and the rules that
// read alerts, risk or several streams. Each worker has a program of its own, with
// operators and graphs that nobody else touches. What they do, and when, is in epoch.go:
//
//   - a rule that looks at single events runs on whichever worker has the rows;
//   - of a rule that keeps state by key a worker has the keys that fall to it;
//   - any other rule that keeps state runs whole on one of them.
//
// All workers are done with an epoch before its alerts go on: put into one order, to the
// output and to the rules that read them.

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
	step       int     // of the epoch
	found      []found // since the last gathering
	err        error
}

// workerStream is a stream as a worker sees it.
type workerStream struct {
	rows    []*rule // that look at single events and are no part of the index
	divided []*rule // the others, whether the worker has a part of them or not
	owners  owners
	frame   frame // for the rows that are the worker's own
}

// found is an alert of a worker on its way to the rule of the same place in front.
type found struct {
	step, rule int
	alert      runtime.Alert
	at         place
}

// NewSharded makes an engine with a worker for each program but the first, which is
// that of the front. All are of the same rules, built with Options.Sharded.
func NewSharded(progs []*Program, opts Options) *Engine {
	e := New(progs[0], opts)
	for _, r := range e.rules {
		if r.def.Stream >= 0 {
			e.shared++
		}
	}
	known := &knownOwners{}
	for i, p := range progs[1:] {
		w := &worker{Engine: New(p, Options{Manual: true}), number: i, of: len(progs) - 1}
		w.front = e
		w.collect = func(r *rule, a *runtime.Alert, at place) {
			w.found = append(w.found, found{w.step, r.place, *a, at})
		}
		for _, s := range w.Engine.streams {
			w.streams = append(w.streams, workerStream{frame: s.def.Graph.Frame(), owners: owners{of: w.of, frame: s.frame, known: known}})
		}
		for _, r := range w.rules {
			if r.def.Stream >= 0 {
				w.assign(r)
			}
		}
		e.workers = append(e.workers, w)
	}
	for i, p := range progs[0].Streams {
		if p.Index != nil {
			e.learnTogether(i)
		}
	}
	return e
}

// learnTogether makes what one worker learns of the values of a stream known to all.
func (e *Engine) learnTogether(stream int) {
	var all []*match.Index
	for _, w := range e.workers {
		all = append(all, w.prog.Streams[stream].Index)
	}
	for i, m := range match.Together(all) {
		e.workers[i].Engine.streams[stream].index.m = m
	}
}

// assign gives a rule its place in the streams of a worker.
func (w *worker) assign(r *rule) {
	s := &w.streams[r.def.Stream]
	switch {
	case r.def.Split.Kind != ByRow:
		s.divided = append(s.divided, r)
		r.segs[0].frame = s.frame
		r.plain = r.segs[0].def.Op != nil && s.frame.Plain(r.segs[0].def.Inputs...)
		if r.def.Split.Kind == ByKey {
			s.owners.know(r.def.Split.Keys)
		}
	case r.def.Indexed < 0:
		s.rows = append(s.rows, r)
	}
}

// runs reports whether a worker has a part of a rule, or all of it.
func (w *worker) runs(r *rule) bool {
	return r.def.Stream >= 0 && (r.def.Split.Kind != Whole || r.place%w.of == w.number)
}

// each runs f on all workers at once.
func (e *Engine) each(f func(w *worker) error) error {
	var wait sync.WaitGroup
	for _, w := range e.workers[1:] {
		wait.Go(func() { w.err = f(w) })
	}
	e.workers[0].err = f(e.workers[0])
	wait.Wait()
	var errs []error
	for _, w := range e.workers {
		errs = append(errs, w.err)
		if w.failed != nil {
			errs = append(errs, w.failed)
		}
	}
	return errors.Join(errs...)
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
