package det

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/detlang/det/runtime/input"
	"github.com/detlang/det/runtime/state"
)

// checkpoints save the state of a run before its end, together with how far its
// inputs were read and its outputs written. A run that was killed goes on from the
// last of them: records before it are read again but not given to the engine, and
// outputs are cut off where they were, so that no alert is lost and none told twice.
// The state at the end says so too, for a run that is killed behind it.
type checkpoints struct {
	at       map[place]position // where an earlier run was
	finished bool               // that one came to its end
	last     time.Time          // when state was saved
	took     time.Duration      // how long that was
}

// place is an input: a path, as it was given, and the schema of its events.
type place struct{ schema, path string }

func (n *run) place(f *file) place { return place{n.prog.Streams[f.stream].Name, f.path} }

// position is how far a file was read.
type position struct {
	taken int64 // records
	ended bool  // there are no more
	size  int64 // of the file then, in bytes
	wrote int64 // when the file was written last, in nanoseconds
	clock int64 // of the feed, in a stream
}

// runSection is the section of a state file that says how far its run was.
const runSection = "run"

// share is how many times longer than a save the time to the next one is at least,
// however short SaveEvery is: saving takes a tenth of a run at most.
const share = 10

// begin takes up where an earlier run was cut off, if the state says so, and tells
// the outputs where they were.
func (n *run) begin() error {
	n.last = time.Now()
	var marks map[string]int64
	if n.opts.State != "" {
		f, err := state.OpenFile(n.opts.State)
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			return &InputError{n.opts.State, err}
		default:
			_, err = f.Load(runSection, func(r *state.Reader) error {
				marks, n.at = map[string]int64{}, map[place]position{}
				return n.loadPositions(r, marks)
			})
			if err = errors.Join(err, f.Close()); err != nil {
				return &InputError{n.opts.State, err}
			}
		}
	}
	var err error
	if n.finished {
		if !n.readBefore() {
			marks = nil // new events, new alerts
		}
	} else {
		err = n.resume()
	}
	if err == nil && n.opts.Begin != nil {
		err = n.opts.Begin(marks)
	}
	return err
}

// readBefore leaves out the files that the finished run before has read and that have
// not been written since: their events would count twice. It reports whether those are
// all.
func (n *run) readBefore() bool {
	all := true
	for _, f := range n.files {
		p, ok := n.at[n.place(f)]
		info, err := os.Stat(f.path)
		if !ok || err != nil || !p.ended || info.Size() != p.size || info.ModTime().UnixNano() != p.wrote {
			all = false
			continue
		}
		f.taken, f.ended = p.taken, true
		n.note(f.path + " was read by the run that saved the state, and is not read again")
	}
	return all
}

// resume finds the files of an earlier run that was cut off among the inputs.
func (n *run) resume() error {
	given := map[place]bool{}
	for _, f := range n.files {
		p, ok := n.at[n.place(f)]
		if !ok {
			continue
		}
		given[n.place(f)] = true
		if f.path == "-" {
			n.note(fmt.Sprintf("an earlier run was cut off behind record %d of standard input: what follows that one is expected now", p.taken))
			f.start, f.taken = p.taken, p.taken
			continue
		}
		info, err := os.Stat(f.path)
		if err == nil && info.Size() < p.size {
			return &InputError{f.path, fmt.Errorf("it has %d bytes, and had %d when the state was saved: it is another file", info.Size(), p.size)}
		}
		f.skip, f.taken, f.ended = p.taken, p.taken, p.ended && err == nil && info.Size() == p.size
		if !f.ended {
			n.note(fmt.Sprintf("an earlier run was cut off: it goes on behind record %d of %s", p.taken, f.path))
		}
	}
	var lost []string
	for at, p := range n.at {
		if !given[at] && !p.ended {
			lost = append(lost, at.path)
		}
	}
	sort.Strings(lost)
	for _, path := range lost {
		n.note(fmt.Sprintf("an earlier run was cut off in %s, which is no input now: the rest of it is not read", path))
	}
	return nil
}

// rejects is what the reader of a file tells of records that it sets aside: those that
// were taken by an earlier run were told by it.
func (n *run) rejects(f *file) func(input.Reject) {
	if f.skip == 0 {
		return n.reject
	}
	return func(r input.Reject) {
		if r.Row >= f.skip {
			n.reject(r)
		}
	}
}

func (n *run) note(text string) {
	if n.opts.Note != nil {
		n.opts.Note(text)
	}
}

// rest is the part of a batch behind the records that were taken already. Record
// numbers ascend.
func (f *file) rest(b input.Batch) input.Batch {
	if b.Rows == nil {
		b.First += f.start
	}
	for i := range b.Rows {
		b.Rows[i] += f.start
	}
	rows := int(b.Record.NumRows())
	gone := sort.Search(rows, func(i int) bool { return b.Number(i) >= f.skip })
	if gone == 0 {
		return b
	}
	whole := b.Record
	defer whole.Release()
	b.Record = whole.NewSlice(int64(gone), int64(rows))
	if b.Rows == nil {
		b.First += int64(gone)
	} else {
		b.Rows = b.Rows[gone:]
	}
	return b
}

// due saves the state if it is time, and nothing failed that a later run might read.
func (n *run) due() error {
	if len(n.failed) > 0 || n.opts.SaveEvery <= 0 || n.opts.Mark == nil || n.opts.State == "" || time.Since(n.last) < max(n.opts.SaveEvery, share*n.took) {
		return nil
	}
	return n.checkpoint()
}

// checkpoint saves the state in the middle of the input.
func (n *run) checkpoint() error {
	began := time.Now()
	if err := n.engine.Settle(context.WithoutCancel(n.ctx)); err != nil { // alerts stand before the mark
		return err
	}
	marks, err := n.opts.Mark()
	if err != nil {
		return err
	}
	err = n.save(marks)
	n.last = time.Now()
	n.took = n.last.Sub(began)
	return err
}

// save writes the state, with where inputs and outputs are.
func (n *run) save(marks map[string]int64) error {
	return n.engine.SaveFile(n.opts.State, state.Section{Name: runSection, Save: func(w *state.Writer) error {
		n.savePositions(w, marks)
		return nil
	}})
}

// stopped saves the state of a run that was told to stop while it read. The error is
// that of saving, or err.
func (n *run) stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, ctx.Err()) || n.opts.Mark == nil || n.opts.State == "" || n.ending || len(n.failed) > 0 {
		return err
	}
	if e := n.checkpoint(); e != nil {
		return e
	}
	return err
}

// steady is a context for the engine. Where state is saved when the run is told to
// stop, no batch may be left half done.
func (n *run) steady(ctx context.Context) context.Context {
	if n.opts.Mark != nil && n.opts.State != "" {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (n *run) savePositions(w *state.Writer, marks map[string]int64) {
	flag := func(b bool) int64 {
		if b {
			return 1
		}
		return 0
	}
	w.Int(flag(n.ending))
	w.Int(int64(len(n.files)))
	for _, f := range n.files {
		size, wrote := int64(0), int64(0)
		if info, err := os.Stat(f.path); err == nil {
			size, wrote = info.Size(), info.ModTime().UnixNano()
		}
		w.String(n.place(f).schema)
		w.String(f.path)
		for _, x := range []int64{f.taken, flag(f.ended), size, wrote, n.engine.FeedClock(f.stream, f.source)} {
			w.Int(x)
		}
	}
	names := make([]string, 0, len(marks))
	for name := range marks {
		names = append(names, name)
	}
	sort.Strings(names)
	w.Int(int64(len(names)))
	for _, name := range names {
		w.String(name)
		w.Int(marks[name])
	}
}

func (n *run) loadPositions(r *state.Reader, marks map[string]int64) error {
	n.finished = r.Int() != 0
	for range r.Len(56) {
		at := place{r.String(), r.String()}
		n.at[at] = position{taken: r.Int(), ended: r.Int() != 0, size: r.Int(), wrote: r.Int(), clock: r.Int()}
	}
	for range r.Len(16) {
		name := r.String()
		marks[name] = r.Int()
	}
	return r.Err()
}
