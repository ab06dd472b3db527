package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
)

// LoadFile takes up saved state; see Load.
func (e *Engine) LoadFile(path string) (notes []string, err error) {
	f, err := state.OpenFile(path)
	if err != nil {
		return nil, err
	}
	notes, err = e.load(f)
	if err != nil || len(e.carried.names) == 0 {
		err = errors.Join(err, f.Close())
	}
	return notes, err
}

// Load takes up state that Save wrote, into an engine that has seen nothing yet. A
// stage that has changed since, or behind one that has, starts without; notes say so.
// What belongs to rules that are not there now is kept for them and saved again: r must
// be readable until Close.
func (e *Engine) Load(r io.ReaderAt, size int64) (notes []string, err error) {
	f, err := state.Open(r, size)
	if err != nil {
		return nil, err
	}
	return e.load(f)
}

func (e *Engine) load(f *state.File) ([]string, error) {
	if e.ended || e.stats.Rows > 0 {
		return nil, errors.New("state is loaded before anything is pushed")
	}
	if err := e.loadClock(f); err != nil {
		return nil, err
	}
	e.restored = e.clock != runtime.MinTime
	e.nameRules()
	l := &loading{e: e, f: f, lost: map[string]*lost{}}
	for _, s := range e.streams {
		if err := l.stream(s); err != nil {
			return nil, err
		}
	}
	for _, r := range e.rules {
		if err := l.rule(r); err != nil {
			return nil, err
		}
	}
	if err := e.eachPart(l.stages); err != nil {
		return nil, err
	}
	for _, r := range e.rules {
		if lost := l.lost[r.def.Name]; lost != nil {
			lost.tell(l, r)
		}
	}
	err := e.carried.find(l)
	return l.notes, err
}

func (e *Engine) loadClock(f *state.File) error {
	shards := int64(0)
	found, err := f.Load(clockSection, func(r *state.Reader) error {
		e.clock, e.watermark = r.Int(), r.Int()
		e.sources, e.counted, e.byName = nil, nil, map[string]int32{}
		for range r.Len(8) {
			e.Source(r.String())
		}
		if n := state.ReadSlice[int64](r); len(n) == len(e.counted) {
			copy(e.counted, n)
		} else {
			r.Fail("the saved sources are damaged")
		}
		shards = r.Int()
		return r.Err()
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: it has no clock", state.ErrNotState)
	}
	if err == nil && shards != int64(len(e.workers)) {
		err = fmt.Errorf("the state was saved with --shards %d: go on with as many, or without the state", max(shards, 1))
	}
	return err
}

// loading is the taking up of a state file.
type loading struct {
	e     *Engine
	f     *state.File
	notes []string
	lost  map[string]*lost // by rule; nil for those that are new
}

// lost is what stages of a rule could not take up.
type lost struct {
	stages  []string // that start without state, each once
	of      int      // stages that keep state
	changed []string // lists and tables that were others
}

func (l *loading) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

// stream takes up the rows of a stream that wait.
func (l *loading) stream(s *stream) error {
	source, columns := s.def.Fingerprints()
	_, err := l.f.Load(streamSection+s.def.Name, func(r *state.Reader) error {
		w := loadWaiting(r, source, s.def.Columns, columns)
		if note := w.note(s.def.Name); note != "" {
			l.note("%s", note)
		}
		return w.load(r, l.e.sourceName, s.buf.Add, func(b *runtime.Batch) error {
			for i := range b.N {
				l.e.aside(s, b, i, Outdated)
			}
			return nil
		})
	})
	return err
}

// rule takes up how far a rule has come, and the rows that wait for it.
func (l *loading) rule(r *rule) error {
	if !r.stateful() {
		return nil
	}
	found, err := l.f.Load(ruleSection+r.def.Name, func(in *state.Reader) error {
		if seen := in.Int(); seen < l.e.watermark {
			l.note("rule %s comes back: it goes on from its state, and has not seen %s", r.def.Name, between(seen, l.e.watermark))
		}
		r.rows = in.Int()
		if in.Int() == 0 {
			return in.Err()
		}
		f := r.def.Fingerprints()
		w := loadWaiting(in, f.Source, r.def.Columns, f.Columns)
		if note := w.note(r.def.Source + ", for rule " + r.def.Name + ","); note != "" {
			l.note("%s", note)
		}
		add := func(*runtime.Batch) error { return nil }
		if r.buf != nil {
			add = r.buf.Add
		}
		return w.load(in, l.e.sourceName, add, func(*runtime.Batch) error { return nil })
	})
	if err != nil {
		return err
	}
	if found {
		l.lost[r.def.Name] = &lost{}
	} else {
		l.note("rule %s is new: it starts without state", r.def.Name)
	}
	return nil
}

// between is a time that was not seen, in words.
func between(from, to int64) string {
	if from == runtime.MinTime {
		return "the events before " + runtime.FormatTime(to)
	}
	return fmt.Sprintf("the events from %s to %s", runtime.FormatTime(from), runtime.FormatTime(to))
}

// stages takes up what the stages of a part of a rule keep.
func (l *loading) stages(r *rule, part string) error {
	lost := l.lost[r.def.Name]
	if lost == nil {
		return nil
	}
	lost.of = 0
	return r.eachStage(func(op runtime.Stateful, print Fingerprint, stage string) error {
		lost.of++
		found, err := l.f.Load(r.section(print)+part, func(in *state.Reader) error {
			lost.compare(in, print.Contents)
			if err := op.Load(in); err != nil {
				return fmt.Errorf("rule %s, %s: %w", r.def.Name, stage, err)
			}
			return in.Err()
		})
		if !found && !slices.Contains(lost.stages, stage) {
			lost.stages = append(lost.stages, stage)
		}
		return err
	})
}

// compare reads the lists and tables by which something was counted, and notes those
// that have changed.
func (l *lost) compare(in *state.Reader, now []Content) {
	var then []Content
	for range in.Len(16) {
		then = append(then, Content{in.String(), in.String()})
	}
	for _, c := range now {
		same := slices.ContainsFunc(then, func(old Content) bool { return old.Sum == c.Sum })
		if !same && !slices.Contains(l.changed, c.Name) {
			l.changed = append(l.changed, c.Name)
		}
	}
}

// tell notes what a rule goes on without.
func (lost *lost) tell(l *loading, r *rule) {
	switch n := len(lost.stages); {
	case n > 0 && n == lost.of:
		l.note("rule %s has changed: it starts without the state of the earlier version", r.def.Name)
	case n > 0:
		l.note("rule %s has changed: its %s without state; the stages before go on", r.def.Name, starts(lost.stages))
	}
	if len(lost.changed) > 0 {
		l.note("rule %s goes on from what it counted with %s as before the change", r.def.Name, and(lost.changed))
	}
}

// starts is a list of stages with its verb.
func starts(stages []string) string {
	if len(stages) == 1 {
		return stages[0] + " starts"
	}
	return and(stages) + " start"
}

// and joins names.
func and(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
