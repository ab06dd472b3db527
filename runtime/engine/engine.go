package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/order"
	"github.com/detlang/det/runtime/vec"
)

// Options say how an engine keeps time and where its alerts go.
type Options struct {
	// Lateness is how far behind the newest event a row may come. Rows that are
	// later still are set aside.
	Lateness time.Duration
	// Manual leaves the clock to the caller: nothing is late, and rows wait until
	// Advance says that no earlier ones will come.
	Manual bool
	// Ahead is how far before the newest event a row may lie; one further ahead is
	// set aside and does not move the clock. 0 is DefaultAhead.
	Ahead time.Duration
	// Until, where not 0, is the time (in microseconds) at which the clock ends:
	// rows from then on are left out.
	Until int64
	// Alerts takes the alerts as they arise. The slice is valid during the call.
	Alerts func([]runtime.Alert) error
	// Risk takes what alerts add to the scores of entities, also of muted rules. The
	// slice is valid during the call.
	Risk func([]runtime.RiskEvent) error
	// Aside is told of rows that were set aside; it may be nil.
	Aside func(Aside)
	// Trace, where set, is told what became of each row of the rules for which
	// Traced says so (nil: of all). The judgement is valid during the call.
	Trace  func(*runtime.Judgement)
	Traced func(rule string) bool
	// Watch, where set, is told for each watched condition of a rule for how many of
	// the rows that came to its stage it held, and for how many not.
	Watch func(rule string, w Watched, held, failed int)
}

// How far ahead a row may lie unless Options say otherwise: of the newest event in
// a stream, where one wrong clock would make everything else late; of the event
// before it where the input is complete and in order, which may have gaps of years.
const (
	DefaultAhead       = 366 * 24 * time.Hour
	DefaultAheadManual = 10 * DefaultAhead
)

// dawn and horizon bound the times that an event can have. A zeroed clock says 1601
// or 1970; taken at its word it would make all that follows lie in the future.
var (
	dawn    = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	horizon = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// Engine runs a Program. It is not safe for concurrent use; several engines may
// run at once.
type Engine struct {
	prog    *Program
	opts    Options
	streams []*stream
	rules   []*rule
	sources []string
	counted []int64        // by source: rows numbered by Number
	risk    int32          // the source that contributions of risk are
	made    map[int32]bool // sources that are alerts or risk
	byName  map[string]int32

	clock     int64 // newest event time
	feeds     clocks
	watermark int64
	out       []runtime.Alert
	usual     int                 // alerts that were handed over last
	risks     []runtime.RiskEvent // where Options ask for them
	untimed   bool                // the rows at hand have no time
	restored  bool                // the clock is that of saved state
	ended     bool                // Finish or Close was called
	failed    error               // the first error of making alerts, told at the next flush
	stats     Stats

	hashed []byte     // scratch of identity
	shown  []*vec.Vec // scratch of rule.alert
	texts  texts

	carried carried // what was saved of rules that are not there now

	workers []*worker // nil unless the engine has shards
	shared  int       // rules that the workers share
	epoch   epoch     // what is put off until there is enough of it for them
	turns   []turn    // scratch: their alerts in order
	front   *Engine   // of a worker: whose it is
	collect func(r *rule, a *runtime.Alert, at place)
}

type stream struct {
	def   *Stream
	doors []vec.Door
	bad   []int64 // values of each column that its type cannot hold
	buf   *order.Buffer
	rules []*rule // that are asked about every batch
	index *index  // asks the others; may be nil
	joins []join  // unions that the stream is part of
	frame frame
	rows  int64
	last  int64 // time of the last row of the last batch
	taken int64 // rows that were not set aside as they came
	due   int64 // those of them that have been due since, all but the ones that wait

	absent []int // log sources of which no event came so far
}

// New makes an engine.
func New(p *Program, opts Options) *Engine {
	if opts.Ahead == 0 {
		opts.Ahead = DefaultAhead
		if opts.Manual {
			opts.Ahead = DefaultAheadManual
		}
	}
	e := &Engine{
		prog: p, opts: opts, byName: map[string]int32{},
		clock: runtime.MinTime, watermark: runtime.MinTime,
	}
	for _, s := range p.Streams {
		st := &stream{
			def: s, last: runtime.MinTime, doors: make([]vec.Door, len(s.Columns)), bad: make([]int64, len(s.Columns)), buf: order.NewBuffer(e.sourceOrder), frame: s.Graph.Frame(),
		}
		if s.Index != nil {
			st.index = newIndex(s.Index)
		}
		for i := range s.Logs {
			st.absent = append(st.absent, i)
		}
		e.streams = append(e.streams, st)
	}
	for i, def := range p.Rules {
		r := newRule(e, def)
		r.place = i
		e.rules = append(e.rules, r)
		if def.Stream >= 0 {
			s := e.streams[def.Stream]
			r.segs[0].frame = s.frame
			if def.Indexed < 0 {
				s.rules = append(s.rules, r)
			} else {
				s.index.rules[def.Indexed] = r
			}
		}
		e.union(r)
		if f := def.Fork; f != nil {
			seg := &e.rules[f.Rule].segs[f.Segment]
			seg.forks = append(seg.forks, r)
		}
		for _, up := range def.Upstream {
			e.rules[up].readers = append(e.rules[up].readers, r)
		}
	}
	e.nameRules()
	return e
}

// Source gives the number by which positions name a source of rows.
func (e *Engine) Source(name string) int32 {
	if i, ok := e.byName[name]; ok {
		return i
	}
	i := int32(len(e.sources))
	e.sources = append(e.sources, name)
	e.counted = append(e.counted, 0)
	e.byName[name] = i
	return i
}

// Counted is how many rows of a source PushNext took, also before the state that was
// loaded.
func (e *Engine) Counted(source string) int64 {
	if i, ok := e.byName[source]; ok {
		return e.counted[i]
	}
	return 0
}

// Stream is the number of an event stream by the name of its schema, or -1.
func (e *Engine) Stream(name string) int {
	for i, s := range e.streams {
		if s.def.Name == name {
			return i
		}
	}
	return -1
}

// LastTime is the time of the last row that was pushed into a stream, MinTime
// before the first.
func (e *Engine) LastTime(stream int) int64 { return e.streams[stream].last }

// Clock is the newest event time that was accepted, MinTime before the first.
func (e *Engine) Clock() int64 { return e.clock }

// ErrEnded is told to those who push, advance or save after the end.
var ErrEnded = errors.New("the input has ended: make a new engine")

// Push takes a record batch of a stream. Columns are found by name; those that the
// record lacks are missing in every row. The record is retained while it is
// needed.
func (e *Engine) Push(ctx context.Context, stream int, rec arrow.Record, pos runtime.Positions) error {
	b, err := e.open(ctx, stream, rec)
	if err != nil {
		return err
	}
	return e.take(ctx, stream, b, pos)
}

// PushNext is Push for the rows that come next from a source. They are numbered one
// after the other, and saved state knows how far each source was. Rows of a record that
// is refused have no numbers.
func (e *Engine) PushNext(ctx context.Context, stream int, rec arrow.Record, source int32) error {
	b, err := e.open(ctx, stream, rec)
	if err != nil {
		return err
	}
	pos := runtime.Positions{One: source, First: e.counted[source]}
	e.counted[source] += int64(b.N)
	return e.take(ctx, stream, b, pos)
}

// open reads the columns of a record, unless the engine takes no more.
func (e *Engine) open(ctx context.Context, stream int, rec arrow.Record) (*runtime.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.ended {
		return nil, ErrEnded
	}
	return e.streams[stream].open(rec)
}

// take gives the rows of a record to the rules, or lets them wait for their time.
func (e *Engine) take(ctx context.Context, stream int, b *runtime.Batch, pos runtime.Positions) error {
	s := e.streams[stream]
	b.Pos, b.Names = pos, e.sourceName
	if b.N > 0 {
		s.last = b.Time[b.N-1]
	}
	s.rows += int64(b.N)
	e.stats.Rows += int64(b.N)
	if s.def.Timeless {
		if err := e.timeless(ctx, s, b); err != nil {
			return err
		}
	}
	for _, part := range e.accept(stream, b) {
		s.taken += int64(part.N)
		if !s.def.Stateful {
			if err := e.process(ctx, s, part); err != nil {
				return err
			}
			continue
		}
		if err := s.buf.Add(part); err != nil {
			return err
		}
	}
	if err := e.follow(ctx); err != nil {
		return err
	}
	if b.N < promptRows {
		return e.Settle(ctx)
	}
	return nil
}

// process runs one batch through the rules of its stream: in order of time, if one
// of them keeps state. Where the caller leads the clock, this is where the clock
// comes to know of a row, and where rows behind an impossible gap are set aside.
func (e *Engine) process(ctx context.Context, s *stream, b *runtime.Batch) error {
	e.stats.span(b, b.Ordered || s.def.Stateful)
	if e.opts.Manual && b.N > 0 {
		if s.def.Stateful {
			n := int64(b.N)
			b = e.beforeGap(s, b)
			if s.due += n; b.N == 0 {
				return nil
			}
		}
		newest := b.Time[b.N-1]
		if !s.def.Stateful { // the rows are as they came
			newest = slices.Max(b.Time)
		}
		e.clock = max(e.clock, newest)
	}
	if err := e.judge(ctx, s, b); err != nil {
		return err
	}
	for _, j := range s.joins {
		if err := j.add(b); err != nil {
			return err
		}
	}
	return nil
}

// judge runs a batch through the rules of its stream.
func (e *Engine) judge(ctx context.Context, s *stream, b *runtime.Batch) error {
	if e.workers != nil {
		e.putOff(step{stream: slices.Index(e.streams, s), batch: b})
		return e.settleFull(ctx)
	}
	s.frame.Begin(b.Cols, b.N)
	s.look()
	due := s.rules
	if s.index != nil {
		due = s.index.due(s.rules, b)
	}
	for _, r := range due {
		if err := r.first(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// Advance says that no row before the watermark will come: rows before it are
// processed, and windows that end there are judged. With workers, Settle does that.
func (e *Engine) Advance(ctx context.Context, watermark int64) error {
	if e.ended {
		return ErrEnded
	}
	return e.advance(ctx, watermark)
}

func (e *Engine) advance(ctx context.Context, watermark int64) error {
	if watermark <= e.watermark {
		return e.flush()
	}
	e.watermark = watermark
	if err := e.release(ctx, watermark); err != nil {
		return err
	}
	if e.workers != nil {
		e.putOff(step{watermark: watermark})
		return e.settleFull(ctx)
	}
	for _, r := range e.rules {
		if err := r.advance(ctx, watermark); err != nil {
			return err
		}
	}
	return e.flush()
}

// Finish ends the input: all rows are processed, and windows that are still open
// are judged as they stand, marked partial. Alerts that were not taken then are handed over
// by calling it again.
func (e *Engine) Finish(ctx context.Context) error {
	if e.ended && len(e.out)+len(e.risks) > 0 {
		return e.flush()
	}
	if e.ended {
		return ErrEnded
	}
	e.ended = true
	if err := e.Drain(ctx); err != nil {
		return err
	}
	if e.workers != nil {
		if err := e.each(func(w *worker) error { return w.finish(ctx) }); err != nil {
			return err
		}
		for _, t := range e.gather() {
			t.send(e)
		}
		e.letGo()
	}
	for _, r := range e.own() {
		if err := r.finish(ctx); err != nil {
			return err
		}
	}
	return e.flush()
}

// release processes the rows before the watermark.
func (e *Engine) release(ctx context.Context, watermark int64) error {
	for _, s := range e.streams {
		err := s.buf.Release(watermark, func(b *runtime.Batch) error { return e.process(ctx, s, b) })
		if err != nil {
			return err
		}
	}
	return nil
}

// Drain processes all rows that wait, without ending the input.
func (e *Engine) Drain(ctx context.Context) error {
	if e.opts.Manual {
		// The clock is where the last row will be, which only its turn can tell.
		if err := e.release(ctx, runtime.MaxTime); err != nil {
			return err
		}
	}
	end := e.clock
	if end != runtime.MinTime {
		end++
	}
	if e.opts.Until != 0 {
		end = max(end, e.opts.Until)
	}
	if err := e.advance(ctx, end); err != nil {
		return err
	}
	return e.Settle(ctx)
}

// fail remembers an error from a place that cannot give it.
func (e *Engine) fail(err error) {
	if e.failed == nil {
		e.failed = err
	}
}

// flush hands over what alerts add to scores, and the alerts. What is not taken stays,
// to be handed over again.
func (e *Engine) flush() error {
	if e.failed != nil {
		return e.failed
	}
	if len(e.risks) > 0 {
		if err := e.opts.Risk(e.risks); err != nil {
			return err
		}
		e.risks = nil
	}
	if len(e.out) == 0 {
		return nil
	}
	if e.opts.Alerts != nil {
		if err := e.opts.Alerts(e.out); err != nil {
			return err
		}
	}
	e.stats.Alerts += int64(len(e.out))
	e.out, e.usual = nil, len(e.out)
	return nil
}

// Close lets go of all memory.
func (e *Engine) Close() {
	e.ended, e.out, e.risks = true, nil, nil
	e.epoch.clear()
	for _, s := range e.streams {
		s.buf.Close()
		for i := range s.doors {
			s.doors[i].Close()
		}
	}
	for _, r := range e.rules {
		r.close()
	}
	for _, w := range e.workers {
		w.Close()
	}
	e.carried.close()
}

// Streams are the names of the event streams.
func (e *Engine) Streams() []string {
	var out []string
	for _, s := range e.streams {
		out = append(out, s.def.Name)
	}
	return out
}

// Program is what the engine runs.
func (e *Engine) Program() *Program { return e.prog }
