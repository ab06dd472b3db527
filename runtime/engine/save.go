package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
)

// The sections of saved state: the clock, the rows of each stream that wait, and
// each rule under its name and fingerprint.
const (
	clockSection  = "clock"
	streamSection = "stream "
	ruleSection   = "rule "
)

// SaveFile saves the state to a file, whole or not at all.
func (e *Engine) SaveFile(path string) error { return state.WriteFile(path, e.sections()) }

// Save writes the state.
func (e *Engine) Save(w io.Writer) error { return state.Write(w, e.sections()) }

// LoadFile takes up saved state; see Load.
func (e *Engine) LoadFile(path string) ([]string, error) {
	f, err := state.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return e.load(f)
}

// Load takes up state that Save wrote, into an engine that has seen nothing yet.
// The state of a rule that has changed since, or is gone, is left; notes say so.
func (e *Engine) Load(r io.ReaderAt, size int64) (notes []string, err error) {
	f, err := state.Open(r, size)
	if err != nil {
		return nil, err
	}
	return e.load(f)
}

func (e *Engine) sections() []state.Section {
	list := []state.Section{{Name: clockSection, Save: e.saveClock}}
	for _, s := range e.streams {
		list = append(list, state.Section{Name: streamSection + s.def.Name + " " + signature(s.def.Columns), Save: func(w *state.Writer) error {
			return s.buf.Save(w)
		}})
	}
	for _, r := range e.own() {
		list = append(list, state.Section{Name: r.section(), Save: r.save})
	}
	for _, w := range e.workers {
		for _, r := range w.rules {
			if r.def.Stream >= 0 {
				list = append(list, state.Section{Name: w.section(r), Save: r.save})
			}
		}
	}
	return list
}

// section is the name of a rule's part that a worker has.
func (w *worker) section(r *rule) string {
	return fmt.Sprintf("%s shard %d of %d", r.section(), w.number+1, w.of)
}

func (r *rule) section() string { return ruleSection + r.def.Name + " " + r.def.Fingerprint() }

// signature tells whether the columns of a stream are still the same.
func signature(cols []runtime.Column) string {
	var b strings.Builder
	for i, c := range cols {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s:%s", c.Name, c.Type.Plain())
	}
	return b.String()
}

func kinds(cols []runtime.Column) []types.Kind {
	out := make([]types.Kind, len(cols))
	for i, c := range cols {
		out[i] = c.Type.Kind
	}
	return out
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

func (r *rule) save(w *state.Writer) error {
	w.Int(r.rows)
	if r.buf != nil {
		if err := r.settle(); err != nil {
			return err
		}
		if err := r.buf.Save(w); err != nil {
			return err
		}
	}
	for i := range r.segs {
		if op, ok := r.segs[i].def.Op.(runtime.Stateful); ok {
			if err := op.Save(w); err != nil {
				return fmt.Errorf("rule %s, %s: %w", r.def.Name, r.segs[i].def.Stage, err)
			}
		}
	}
	return nil
}

func (r *rule) load(in *state.Reader) error {
	r.rows = in.Int()
	if r.buf != nil {
		if err := r.buf.Load(in, kinds(r.def.Columns), r.e.sourceName); err != nil {
			return err
		}
	}
	for i := range r.segs {
		if op, ok := r.segs[i].def.Op.(runtime.Stateful); ok {
			if err := op.Load(in); err != nil {
				return fmt.Errorf("rule %s, %s: %w", r.def.Name, r.segs[i].def.Stage, err)
			}
		}
	}
	return in.Err()
}

func (e *Engine) load(f *state.File) (notes []string, err error) {
	if e.ended || e.stats.Rows > 0 {
		return nil, errors.New("state is loaded before anything is pushed")
	}
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
	if err != nil {
		return nil, err
	}
	e.restored = e.clock != runtime.MinTime
	if shards != int64(len(e.workers)) {
		return nil, fmt.Errorf("the state was saved with --shards %d: go on with as many, or without the state", max(shards, 1))
	}
	e.nameRules()
	for _, s := range e.streams {
		found, err := f.Load(streamSection+s.def.Name+" "+signature(s.def.Columns), func(r *state.Reader) error {
			return s.buf.Load(r, kinds(s.def.Columns), e.sourceName)
		})
		if err != nil {
			return nil, err
		}
		if !found && has(f, streamSection+s.def.Name+" ") {
			notes = append(notes, fmt.Sprintf("the rules read other fields of %s than before: rows that waited for their time are left out", s.def.Name))
		}
	}
	load := func(r *rule, section string) error {
		found, err := f.Load(section, r.load)
		if err != nil || found {
			return err
		}
		note := fmt.Sprintf("rule %s is new: it starts without state", r.def.Name)
		if has(f, ruleSection+r.def.Name+" ") {
			note = fmt.Sprintf("rule %s has changed: it starts without the state of the earlier version", r.def.Name)
		}
		if !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
		return nil
	}
	for _, r := range e.own() {
		if err := load(r, r.section()); err != nil {
			return nil, err
		}
	}
	for _, w := range e.workers {
		for _, r := range w.rules {
			if r.def.Stream < 0 {
				continue
			}
			if err := load(r, w.section(r)); err != nil {
				return nil, err
			}
		}
	}
	return notes, nil
}

// has reports whether a file has a section whose name begins so.
func has(f *state.File, prefix string) bool {
	for _, n := range f.Names() {
		if strings.HasPrefix(n, prefix) {
			return true
		}
	}
	return false
}
