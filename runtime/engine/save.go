package engine

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
)

// Saved state has a section for the clock; one a stream, with the rows that wait for
// their time; one a rule, with how far it has come and the rows that wait for it; and
// one a stage, under the fingerprint of what the stage keeps. So a stage finds what is
// its own as long as it and what leads to it mean the same, whatever becomes of the
// stages behind it. Sections of rules and streams that a run does not have are carried
// over as they are.
const (
	clockSection  = "clock"
	streamSection = "stream "
	ruleSection   = "rule "
)

// LockFile keeps other runs from a state file until unlock is called.
func LockFile(path string) (unlock func() error, err error) { return state.Lock(path) }

// SaveFile saves the state to a file, whole or not at all, with sections of the
// caller's own beside it.
func (e *Engine) SaveFile(path string, more ...state.Section) error {
	if err := e.savable(); err != nil {
		return err
	}
	return state.WriteFile(path, append(e.sections(), more...))
}

// Save writes the state.
func (e *Engine) Save(w io.Writer) error {
	if err := e.savable(); err != nil {
		return err
	}
	return state.Write(w, e.sections())
}

// savable does what was put off, and tells why a later engine could not go on from here. At the end open windows
// were judged as they stand, so that they would be empty in the state, and judged again.
// Alerts that nobody took are no part of the state: they would be lost.
func (e *Engine) savable() error {
	if e.ended {
		return fmt.Errorf("state is saved before the end: %w", ErrEnded)
	}
	if err := e.Settle(context.Background()); err != nil {
		return err
	}
	if e.failed != nil || len(e.out) > 0 || len(e.risks) > 0 {
		return errors.New("state is not saved while alerts wait that were not taken: go on from the state before, or push or advance again first")
	}
	return nil
}

func (e *Engine) sections() []state.Section {
	list := []state.Section{{Name: clockSection, Save: e.saveClock}}
	for _, s := range e.streams {
		list = append(list, state.Section{Name: streamSection + s.def.Name, Save: func(w *state.Writer) error {
			source, columns := s.def.Fingerprints()
			return saveWaiting(w, s.buf, source, s.def.Columns, columns)
		}})
	}
	for _, r := range e.rules {
		if r.stateful() {
			list = append(list, state.Section{Name: ruleSection + r.def.Name, Save: r.save})
		}
	}
	e.eachPart(func(r *rule, part string) error {
		list = append(list, r.stages(part)...)
		return nil
	})
	return append(list, e.carried.sections()...)
}

// eachPart calls f with each rule that runs somewhere, and what tells the part that a
// worker has of it from the others.
func (e *Engine) eachPart(f func(r *rule, part string) error) error {
	for _, r := range e.own() {
		if err := f(r, ""); err != nil {
			return err
		}
	}
	for _, w := range e.workers {
		for _, r := range w.rules {
			if !w.runs(r) {
				continue
			}
			part := fmt.Sprintf(" shard %d of %d", w.number+1, w.of)
			if r.def.Split.Kind == Whole { // another worker may have it when there are other rules
				part = ""
			}
			if err := f(r, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// stateful reports whether there is something to save of a rule.
func (r *rule) stateful() bool {
	for i := range r.segs {
		if _, ok := r.segs[i].def.Op.(runtime.Stateful); ok {
			return true
		}
	}
	return r.buf != nil
}

// stages are the sections of what the stages of a rule keep.
func (r *rule) stages(part string) []state.Section {
	var list []state.Section
	r.eachStage(func(op runtime.Stateful, f Fingerprint, stage string) error {
		list = append(list, state.Section{Name: r.section(f) + part, Save: func(w *state.Writer) error {
			w.Int(int64(len(f.Contents)))
			for _, c := range f.Contents {
				w.String(c.Name)
				w.String(c.Sum)
			}
			if err := op.Save(w); err != nil {
				return fmt.Errorf("rule %s, %s: %w", r.def.Name, stage, err)
			}
			return nil
		}})
		return nil
	})
	return list
}

// eachStage calls f with each stage that keeps state.
func (r *rule) eachStage(f func(op runtime.Stateful, print Fingerprint, stage string) error) error {
	for i := range r.segs {
		def := r.segs[i].def
		if op, ok := def.Op.(runtime.Stateful); ok {
			if err := f(op, r.def.Fingerprints().Stages[i], def.Stage); err != nil {
				return err
			}
		}
	}
	return nil
}

// section is the name of what a stage keeps.
func (r *rule) section(f Fingerprint) string {
	return ruleSection + r.def.Name + " stage " + f.Sum
}

func (e *Engine) saveClock(w *state.Writer) error {
	w.Int(e.clock)
	w.Int(e.watermark)
	w.Int(int64(len(e.sources)))
	for _, s := range e.sources {
		w.String(s)
	}
	state.Slice(w, e.counted)
	w.Int(int64(len(e.workers)))
	return nil
}

// save writes how far the rule has come, and the rows that wait for it.
func (r *rule) save(w *state.Writer) error {
	w.Int(r.e.watermark)
	w.Int(r.rows)
	if r.buf == nil {
		w.Int(0)
		return nil
	}
	w.Int(1)
	if err := r.settle(); err != nil {
		return err
	}
	f := r.def.Fingerprints()
	return saveWaiting(w, r.buf, f.Source, r.def.Columns, f.Columns)
}

func kinds(cols []runtime.Column) []types.Kind {
	out := make([]types.Kind, len(cols))
	for i, c := range cols {
		out[i] = c.Type.Kind
	}
	return out
}
