package det

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
)

// Aside is a row that no rule sees, and why.
type Aside = engine.Aside

type program = engine.Program

// EngineOptions say how an engine keeps time and where its alerts go.
type EngineOptions struct {
	// Lateness is how far behind the newest event an event may come.
	Lateness time.Duration
	// Ahead is how far before the newest event an event may lie; one further ahead
	// is set aside. 0 is 366 days.
	Ahead time.Duration
	// Manual leaves the clock to Advance: nothing is late before that.
	Manual bool
	// Shards is how many workers share the rules over events, on as many cores. The
	// alerts are the same for any number; 0 and 1 are none. With workers the alerts of
	// a Push of 1,024 events or more may come with a later one, at the latest with
	// Advance, Save or Flush.
	Shards int
	// Alerts takes alerts as records of runtime.AlertSchema. The record is released
	// after the call. If it, Each or Risk gives an error, the call that led to it returns
	// that, the rows that it brought have been taken, and what was not taken comes again
	// with the next call: alerts by then with the same ids.
	Alerts func(arrow.Record) error
	// Each takes alerts one by one, as an alternative to Alerts.
	Each func(*runtime.Alert) error
	// Risk takes what alerts add to the scores of entities, also of muted rules. Pushed
	// into the stream "risk" of another engine it counts there, each contribution once.
	Risk func([]runtime.RiskEvent) error
	// Aside is told of rows that no rule sees: late, too far ahead, without a time.
	Aside func(Aside)
	// Trace, where set, is told what became of each row of the rules for which Traced
	// says so (nil: of all): of each alert, and of each row that led to none, with
	// the reason. The judgement is valid during the call.
	Trace  func(*runtime.Judgement)
	Traced func(rule string) bool
	// Alloc makes the records of alerts; nil is Go's own memory.
	Alloc memory.Allocator
}

// Engine runs a rule set over record batches. It is not safe for concurrent use,
// but engines are independent of each other.
type Engine struct {
	e *engine.Engine
}

// NewEngine makes an engine with fresh state.
func (r *Ruleset) NewEngine(opts EngineOptions) (*Engine, error) {
	if opts.Lateness < 0 || opts.Ahead < 0 {
		return nil, fmt.Errorf("lateness and ahead of an engine are lengths of time, not %v and %v", opts.Lateness, opts.Ahead)
	}
	alloc := opts.Alloc
	if alloc == nil {
		alloc = memory.DefaultAllocator
	}
	e, _, err := r.engine(engine.Options{
		Lateness: opts.Lateness, Ahead: opts.Ahead, Manual: opts.Manual, Aside: opts.Aside, Risk: opts.Risk,
		Trace: r.refined(opts.Trace), Traced: opts.Traced,
		Alerts: func(list []runtime.Alert) error {
			if opts.Each != nil {
				for i := range list {
					if err := opts.Each(&list[i]); err != nil {
						return err
					}
				}
			}
			if opts.Alerts == nil {
				return nil
			}
			rec := runtime.AlertRecord(alloc, list)
			defer rec.Release()
			return opts.Alerts(rec)
		},
	}, opts.Shards)
	if err != nil {
		return nil, err
	}
	return &Engine{e: e}, nil
}

// Push takes a batch of events of a schema; columns are found by the names of the
// schema's fields. An empty name stands for the only schema that the rules read.
// The record is retained for as long as it is needed.
func (e *Engine) Push(schema string, rec arrow.Record) error {
	return e.PushContext(context.Background(), schema, rec)
}

// PushContext is Push with a context: a record is taken whole, or not at all once the
// context is done.
func (e *Engine) PushContext(ctx context.Context, schema string, rec arrow.Record) error {
	stream, err := e.stream(schema, rec)
	if err != nil {
		return err
	}
	return e.e.PushNext(ctx, stream, rec, e.e.Source(e.e.Streams()[stream]))
}

// PushFrom is Push for events that stood in a source of their own, as alerts will
// show it: its name, and the record numbers of the rows there.
func (e *Engine) PushFrom(schema, source string, rec arrow.Record, rows []int64) error {
	stream, err := e.stream(schema, rec)
	if err != nil {
		return err
	}
	if int64(len(rows)) != rec.NumRows() {
		return fmt.Errorf("a record of %d rows comes with %d record numbers", rec.NumRows(), len(rows))
	}
	return e.e.Push(context.Background(), stream, rec, runtime.Positions{One: e.e.Source(source), Row: rows})
}

// stream is the number of the stream that takes the records of a schema.
func (e *Engine) stream(schema string, rec arrow.Record) (int, error) {
	if rec == nil {
		return 0, errors.New("there is no record to push: it is nil")
	}
	if schema == "" && len(e.e.Streams()) == 1 {
		return 0, nil
	}
	if i := e.e.Stream(schema); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("no rule reads schema %q; the rules read: %s", schema, strings.Join(e.e.Streams(), ", "))
}

// Advance says that no event before t will come: windows that end by then are
// judged. A time before that of an earlier call changes nothing.
func (e *Engine) Advance(t time.Time) error {
	if err := e.e.Advance(context.Background(), t.UnixMicro()); err != nil {
		return err
	}
	return e.e.Settle(context.Background())
}

// Flush ends the input: windows that are still open are judged as they stand, and
// their alerts say partial. Only Stats, Taken and Close are of use behind it: to go on
// later, Save instead.
func (e *Engine) Flush() error { return e.e.Finish(context.Background()) }

// Save writes the state: what a later engine needs to go on as if it were this
// one. After Flush, after Close, and while alerts wait that a callback did not take, that
// is not possible, and an error.
func (e *Engine) Save(w io.Writer) error { return e.e.Save(w) }

// Load takes up state that Save wrote, before anything is pushed. State of rules
// that have changed since is left out; notes say of which.
func (e *Engine) Load(r io.Reader) (notes []string, err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return e.e.Load(bytes.NewReader(data), int64(len(data)))
}

// SaveFile is Save to a file: whatever happens meanwhile, the file is the old one or the
// new one, whole.
func (e *Engine) SaveFile(path string) error { return e.e.SaveFile(path) }

// LoadFile is Load from a file.
func (e *Engine) LoadFile(path string) (notes []string, err error) { return e.e.LoadFile(path) }

// Taken is how many events of a schema were given to Push, by this engine and those
// whose state it took up: where the input goes on after Load. Alerts that the
// earlier engine gave after it was saved then come again, with the same ids. Events of a
// record that was refused, or that came by PushFrom, do not count.
func (e *Engine) Taken(schema string) int64 {
	if streams := e.e.Streams(); schema == "" && len(streams) == 1 {
		schema = streams[0]
	}
	return e.e.Counted(schema)
}

// Stats are the counts so far.
func (e *Engine) Stats() engine.Stats { return e.e.Stats() }

// Close lets go of all memory. The engine cannot be used afterwards.
func (e *Engine) Close() { e.e.Close() }
