package det

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/input"
)

// RunOptions say what a run reads and where its results go.
type RunOptions struct {
	// Inputs are files, folders, globs or "-"; "NAME=PATH" says which schema the
	// events are of. Without a name a file belongs to the only schema that the
	// rules read, or else to the one that its name or one of its folders has.
	Inputs []string
	// Format is the input format; "" finds it by name or first bytes.
	Format string
	// Lateness, where set, reads the input as streams, one a file: events further
	// behind the newest one of their file are set aside, and the clock follows the
	// file that lies furthest back. nil reads the input whole, and nothing is late.
	Lateness *time.Duration
	// Ahead is how far before the newest event an event may lie in a stream.
	Ahead time.Duration
	// Idle is how long a pipe, a terminal or a socket beside other inputs may be silent
	// while it lies furthest back: then the clock goes on without it. It is the one
	// length of time by the wall clock, and changes nothing where inputs are files.
	// 0 is ten seconds.
	Idle time.Duration
	// Until ends the clock, where not zero.
	Until time.Time
	// State is a file from which keyed state is loaded, if it exists, and to which
	// it is saved at the end. Windows that are open then stay open.
	State string
	// SaveEvery, where not zero, is about how often State is saved while the input is
	// read, if Mark is set: a run that is killed goes on from there when it is started
	// again with the same inputs. Rows that wait to be put in order are part of the
	// state, so a file of which all do is saved when it is done.
	SaveEvery time.Duration
	// Mark is called before state is saved. It makes what was written so far last,
	// and gives how much that is, by output. Where it is set, state is also saved when
	// the context ends while the input is read.
	Mark func() (map[string]int64, error)
	// End is called before state is saved at the end, as Mark is before the others:
	// nothing is written behind it. State then never outlives alerts.
	End func() (map[string]int64, error)
	// Begin is called before anything is read: with what Mark or End gave, if an earlier
	// run over the same inputs was cut off behind it, else with nil. What was written
	// since comes again.
	Begin func(marks map[string]int64) error
	// BatchRows is about how many rows are read at a time; 0 is the readers' own.
	BatchRows int
	// Shards is how many workers share the rules over events; see EngineOptions.
	Shards int
	// Alloc makes the records that are read; nil is Go's own memory.
	Alloc memory.Allocator
	// Alerts takes the alerts as they arise.
	Alerts func([]runtime.Alert) error
	// Risk takes what alerts add to the scores of entities.
	Risk func([]runtime.RiskEvent) error
	// Reject is told of each record and value that is set aside. A file with rows
	// that come too late, or lie too far ahead, is read twice, for their lines.
	Reject func(input.Reject)
	// Progress is called now and then.
	Progress func(Progress)
	// Trace and Traced are those of EngineOptions.
	Trace  func(*runtime.Judgement)
	Traced func(rule string) bool
	// Note is told of what a user should know and that is no error, such as state
	// that no longer fits a rule.
	Note func(string)
}

// Progress is how far a run is. Bytes are of the files as stored; Total is 0 when
// it is not known.
type Progress struct {
	Rows  int64
	Bytes int64
	Total int64
}

// RunStats are the counts of a run.
type RunStats struct {
	engine.Stats
	Files    int
	Rejected []input.Count // records and values that were set aside
	LeftOut  []input.Count // rows that joined no group of a rule
	Unseen   []Unseen      // fields that rules read and no event had
	Elapsed  time.Duration
}

// InputError is an input that could not be read.
type InputError struct {
	Path string
	Err  error
}

func (e *InputError) Error() string {
	if strings.Contains(e.Err.Error(), e.Path) {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

func (e *InputError) Unwrap() error { return e.Err }

// UsageError is an option that makes no sense.
type UsageError struct{ Message string }

func (e *UsageError) Error() string { return e.Message }

// Run reads the inputs through the rules. Inputs that cannot be read are told in
// the error, joined, after all others were processed; the counts are good in any
// case.
func (r *Ruleset) Run(ctx context.Context, opts RunOptions) (RunStats, error) {
	began := time.Now()
	run, err := r.newRun(opts)
	if err != nil {
		return RunStats{}, err
	}
	defer run.engine.Close()
	unlock, err := run.lock()
	if err != nil {
		return RunStats{}, err
	}
	err = errors.Join(run.all(ctx), unlock())
	s := RunStats{Stats: run.engine.Stats(), Files: len(run.files), Rejected: run.counts.All(), Elapsed: time.Since(began)}
	s.LeftOut = leftOut(s.Rules)
	if ctx.Err() == nil {
		s.Unseen = run.unseen(ctx)
	}
	return s, err
}

// leftOut counts the rows that joined no group of a rule, by rule.
func leftOut(rules []engine.RuleStats) []input.Count {
	var out []input.Count
	for _, r := range rules {
		var missing, overflow int64
		for _, st := range r.Stages {
			missing, overflow = missing+st.MissingKey, overflow+st.Overflow
		}
		for _, c := range []input.Count{
			{CountKey: input.CountKey{Cause: input.MissingKey, Field: "rule " + r.Name}, N: missing},
			{CountKey: input.CountKey{Cause: input.Overflow, Field: "rule " + r.Name}, N: overflow},
		} {
			if c.N > 0 {
				out = append(out, c)
			}
		}
	}
	return out
}

// run is one run over files.
type run struct {
	rules  *Ruleset
	opts   RunOptions
	prog   *engine.Program
	engine *engine.Engine
	files  []*file
	seen   map[string]bool // streams and paths of files
	counts input.Counts
	reject func(input.Reject)
	total  int64
	done   int64 // bytes of the files that are finished
	rows   int64
	told   time.Time
	failed []error
	aheads int                         // files that are read ahead
	ctx    context.Context             // of the run, for what the engine calls back
	lines  map[string]*input.LineIndex // of the files with rows that were set aside late
	looked []unseen                    // by stream
	ending bool                        // all is read
	checkpoints
}

// file is one input.
type file struct {
	path     string
	stream   int
	source   int32
	s        input.Stream
	frontier int64       // no row before it will come
	floor    input.Floor // tells the frontier; nil if it is the last row, as in a file in order

	start int64 // number of its first record: of standard input that goes on
	skip  int64 // records before this one were taken by an earlier run
	taken int64 // records that were given to the engine
	ended bool
	ahead bool // it is read ahead

	live *ahead // it may be silent; nil otherwise
	idle bool   // it was silent for so long that nobody waits for it
}

func (r *Ruleset) newRun(opts RunOptions) (*run, error) {
	n := &run{rules: r, opts: opts, seen: map[string]bool{}}
	n.reject = input.Tee(n.counts.Add, opts.Reject)
	eo := engine.Options{Manual: opts.Lateness == nil, Ahead: opts.Ahead, Alerts: opts.Alerts, Aside: n.aside, Risk: opts.Risk, Trace: r.refined(opts.Trace), Traced: opts.Traced}
	if opts.Lateness != nil {
		eo.Lateness = *opts.Lateness
	}
	if !opts.Until.IsZero() {
		eo.Until = opts.Until.UnixMicro()
	}
	var err error
	if n.engine, n.prog, err = r.engine(eo, opts.Shards); err != nil {
		return nil, err
	}
	n.looked = make([]unseen, len(n.prog.Streams))
	if err := n.assign(); err != nil {
		return nil, err
	}
	return n, nil
}

// asideCauses are the engine's causes in the words of the readers.
var asideCauses = map[engine.Cause]input.Cause{
	engine.Late: input.Late, engine.Future: input.FutureTime, engine.NoTime: input.MissingTime,
	engine.Outdated: input.Outdated,
}

func (n *run) aside(a engine.Aside) {
	cause, ok := asideCauses[a.Cause]
	if !ok {
		return // left out by --until, which is no fault of the row
	}
	r := input.Reject{Source: a.Source, Row: a.Row, Cause: cause, Whole: true}
	if a.Cause != engine.NoTime {
		r.Detail = "its time is " + runtime.FormatTime(a.Time)
	}
	if n.opts.Reject != nil {
		r.Line = n.line(a.Source, a.Row)
	}
	n.reject(r)
}

// line finds the line of a record that was set aside after it had been read, 0 if
// there is none. The file is read again for that, once.
func (n *run) line(source string, row int64) int64 {
	if x := n.lines[source]; x != nil {
		return x.Line(row)
	}
	x := &input.LineIndex{}
	for _, f := range n.files {
		if f.path == source {
			x, _ = input.IndexLines(n.ctx, f.path, n.opts.Format, n.request(f)) // what it could read is right
		}
	}
	if n.lines == nil {
		n.lines = map[string]*input.LineIndex{}
	}
	n.lines[source] = x
	return x.Line(row)
}

// request is what is asked of the reader of a file.
func (n *run) request(f *file) input.Request {
	s := n.prog.Streams[f.stream]
	schema := n.rules.set.Schemas[f.stream]
	req := request(s, schema)
	req.BatchRows, req.Alloc, req.Reject = n.opts.BatchRows, n.opts.Alloc, n.rejects(f)
	req.Ranges = n.ranges(f.stream, req.Columns)
	return req
}

// request asks a reader for the columns of a stream, by the paths that its schema
// gives.
func request(s *engine.Stream, schema *types.Schema) input.Request {
	req := input.Request{Time: s.Time, Timeless: s.Timeless}
	for _, col := range s.Columns {
		c := input.Column{Name: col.Name, Type: types.Type{Kind: col.Type.Kind, Elem: col.Type.Elem}}
		if f := schema.Column(col.Name); f != nil {
			c.Paths = f.Paths
		}
		req.Columns = append(req.Columns, c)
	}
	return req
}

// ranges are the conditions by which readers may skip blocks, by column.
func (n *run) ranges(stream int, cols []input.Column) []input.Range {
	var out []input.Range
	for _, rg := range n.rules.ranges(n.prog, stream) {
		for i, c := range cols {
			if c.Name == rg.Column {
				out = append(out, input.Range{Column: i, Op: rg.Op, Value: rg.Value})
			}
		}
	}
	return out
}

// maxOpen is how many files are merged while they are read. Further ones are read
// into memory first.
const maxOpen = 256

// all reads everything and ends the input.
func (n *run) all(ctx context.Context) error {
	n.ctx = ctx
	defer n.close()
	if err := n.load(); err != nil {
		return err
	}
	if err := n.begin(); err != nil {
		return err
	}
	if err := n.read(ctx); err != nil {
		if ctx.Err() != nil { // told to stop: what was read counts
			if e := n.engine.Settle(context.WithoutCancel(ctx)); e != nil {
				return e
			}
		}
		return n.stopped(ctx, err)
	}
	n.ending = true
	return n.finish(ctx)
}

// close closes the files that were not read to their end.
func (n *run) close() {
	for _, f := range n.files {
		if f.s != nil && !f.ended {
			f.s.Close()
		}
	}
}

// finish ends the input, and gives what could not be read.
func (n *run) finish(ctx context.Context) error {
	if n.opts.Lateness != nil && !n.opts.Until.IsZero() {
		if err := n.engine.Advance(ctx, n.opts.Until.UnixMicro()); err != nil {
			return err
		}
	}
	if err := n.engine.Settle(ctx); err != nil {
		return err
	}
	if n.opts.State != "" && len(n.failed) > 0 {
		return n.forgo(ctx)
	}
	if err := n.end(ctx); err != nil {
		return err
	}
	n.tell(true)
	return errors.Join(n.failed...)
}

// forgo ends a run that could not read all of its inputs, without saving its state:
// the clock in it would be past the events of the others, which could never be counted.
func (n *run) forgo(ctx context.Context) error {
	if n.opts.Lateness == nil {
		if err := n.engine.Drain(ctx); err != nil {
			return err
		}
	}
	if n.opts.Note != nil {
		n.opts.Note(fmt.Sprintf("the state in %s is left as it was, since not all inputs could be read: run again when they can, or without them; alerts that come twice have the same id", n.opts.State))
	}
	n.tell(true)
	return errors.Join(n.failed...)
}

// tellFrom reports progress in the middle of a file.
func (n *run) tellFrom(f *file) {
	if n.opts.Progress == nil || time.Since(n.told) < 100*time.Millisecond {
		return
	}
	n.told = time.Now()
	p := Progress{Rows: n.rows, Bytes: n.done, Total: n.total}
	if s, ok := f.s.(input.Progress); ok {
		done, _ := s.Progress()
		p.Bytes += done
	}
	n.opts.Progress(p)
}

func (n *run) tell(end bool) {
	if n.opts.Progress != nil && end {
		n.opts.Progress(Progress{Rows: n.rows, Bytes: n.total, Total: n.total})
	}
}

// lock keeps other runs from the state until unlock is called.
func (n *run) lock() (unlock func() error, err error) {
	if n.opts.State == "" {
		return func() error { return nil }, nil
	}
	if unlock, err = engine.LockFile(n.opts.State); err != nil {
		return nil, &InputError{n.opts.State, err}
	}
	return unlock, nil
}

// end ends the input, or keeps what is open for a later run.
func (n *run) end(ctx context.Context) error {
	if n.opts.State == "" {
		return n.engine.Finish(ctx)
	}
	if n.opts.Lateness == nil {
		if err := n.engine.Drain(ctx); err != nil {
			return err
		}
	}
	var marks map[string]int64
	if n.opts.End != nil {
		var err error
		if marks, err = n.opts.End(); err != nil {
			return err
		}
	}
	return n.save(marks)
}

// load takes up the state of an earlier run, if there is one.
func (n *run) load() error {
	if n.opts.State == "" {
		return nil
	}
	if _, err := os.Stat(n.opts.State); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	notes, err := n.engine.LoadFile(n.opts.State)
	if err != nil {
		return &InputError{n.opts.State, err}
	}
	if n.opts.Note != nil {
		for _, note := range notes {
			n.opts.Note(note)
		}
	}
	for _, f := range n.files { // the numbers of sources are those of the state
		f.source = n.engine.Source(f.path)
	}
	return nil
}
