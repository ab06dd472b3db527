package op

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

var baseline = Spec{
	Name: "baseline",
	Doc: `Holds each window against the earlier windows of the same key, under a name of its own: ` + figureDoc + `; ` + trendDoc + `.

The sample is the windows that had closed before the judged one starts, back to the length of "over": the judged value is never in its own sample. Windows in which the key had no events count as zero, from the window in which it first appeared, unless "fill skip" is written. With "at" only windows of the same hour or day are compared. "decay" lets a window weigh half as much after each such time instead of dropping out. A window in which the measure is missing is no sample; with "exclude alerted" neither is one for which the rule's condition was true, so that an attack does not raise the threshold for the next one. A change that lasts then goes on alerting.

The history of a key is never forgotten, not even when all of its windows lie further back than "over": it then has that many zeros, where a key that was never seen has no sample. It takes 24 bytes a key. Where windows have to leave again, are ranked or have a slope it takes 64, which hold about the first twelve windows with events if their values are small, and from then on 3 to 4 bytes a window, more if values are large (floats: 16 to 24).`,
	After: "it comes after a tumbling or hopping window without early",
	Fits:  func(in Row) bool { return in.Whole && in.Every > 0 },
	Parts: true,
	Adds:  true,
	Head:  []Param{{Name: "name", Kind: Bind, Doc: "what the statistics are called"}},
	Clauses: append([]Clause{
		{Word: "of", Required: true, Params: []Param{{Name: "measure", Kind: Measure, Doc: "the number that is compared"}}, Doc: "the number that is compared"},
		{Word: "over", Params: []Param{{Name: "length", Kind: Const, Type: types.TDuration, Choices: []string{"all"}, Doc: "how far back"}}, Doc: "how far back; all of the past unless given"},
		{Word: "at", Params: []Param{{Name: "season", Kind: Choice, Choices: seasonNames(), Doc: "hour or day"}}, Doc: "compares only windows of the same hour or day, by the clock of the window's zone"},
		{Word: "fill", Params: []Param{{Name: "how", Kind: Choice, Choices: []string{"zero", "skip"}, Doc: "zero or skip"}}, Doc: "what a window without events is: zero, or no sample"},
		{Word: "exclude", Params: []Param{{Name: "what", Kind: Choice, Choices: []string{"alerted"}, Doc: "alerted"}}, Doc: "leaves out of later samples the windows for which the condition of the rule was true, also those whose alert was throttled"},
		{Word: "decay", Params: []Param{{Name: "half_life", Kind: Const, Type: types.TDuration, Doc: "the half-life"}}, Doc: "the time in which a window loses half of its weight"},
	}, figureClauses...),
	Output: func(in Row, a *Args) (Row, *Error) {
		p, e := newPast(in, a)
		if e != nil {
			return Row{}, e
		}
		return p.fig.columns(in, lateSample), nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		p, e := newPast(in, a)
		if e != nil {
			return nil, e
		}
		return newBaseline(in, a, p)
	},
	Form: func(in Row, a *Args) string {
		if p, e := newPast(in, a); e == nil && p.policy().queue {
			return "values"
		}
		return "moments"
	},
}

// lateSample is about what it takes to look at the history of a key, in nanoseconds.
const lateSample = 50

// past is what the arguments of a baseline say.
type past struct {
	fig    *figures
	back   int64 // windows that it goes back; 0 for all
	apart  int64 // windows from one to the next that does not overlap it
	skip   bool
	clean  bool // exclude alerted
	season int  // index in seasons, or -1
	keep   float64
}

func newPast(in Row, a *Args) (*past, *Error) {
	fig, e := newFigures(a)
	if e != nil {
		return nil, e
	}
	p := &past{fig: fig, season: -1, clean: a.Has("exclude")}
	if in.Every < time.Second {
		return nil, &Error{Code: BadClause, Head: -1, Message: "a baseline is over windows that start at least a second apart"}
	}
	p.apart = int64((in.Per + in.Every - 1) / in.Every)
	if over := a.Duration("over", 0); over > 0 {
		if p.back = int64(over / in.Every); p.back < p.apart {
			return nil, &Error{Code: BadClause, Clause: "over", Head: 0, Message: fmt.Sprintf("%s is no history for windows of %s", types.FormatDuration(over), types.FormatDuration(in.Per)), Hint: "go back several windows"}
		}
	} else if c := a.Clauses["over"]; len(c) > 0 && c[0].Name != "all" {
		return nil, &Error{Code: BadClause, Clause: "over", Head: 0, Message: "a baseline goes back some time, or over all"}
	}
	if c := a.Clauses["at"]; len(c) > 0 {
		for i, s := range seasons {
			if s.name == c[0].Name {
				p.season = i
			}
		}
		if s := seasons[p.season]; in.Every >= s.least {
			return nil, &Error{Code: BadClause, Clause: "at", Head: 0, Message: fmt.Sprintf("windows that start every %s are all of one %s", types.FormatDuration(in.Every), s.name)}
		}
	}
	if c := a.Clauses["fill"]; len(c) > 0 {
		p.skip = c[0].Name == "skip"
	}
	if !a.Has("decay") {
		return p, nil
	}
	half := a.Duration("decay", 0)
	switch {
	case half <= 0:
		return nil, &Error{Code: BadClause, Clause: "decay", Head: 0, Message: "a weight halves in some time"}
	case p.back > 0:
		return nil, &Error{Code: Conflict, Clause: "over", Head: -1, Message: "with decay no window drops out, so there is no `over`"}
	case p.apart > 1:
		return nil, &Error{Code: Conflict, Clause: "decay", Head: -1, Message: "decay is for tumbling windows"}
	case fig.ranks > 0 || fig.trend:
		return nil, &Error{Code: Conflict, Clause: "decay", Head: -1, Message: "with decay there are a mean and a deviation, but no values to rank or to lay a line through", Hint: "leave decay out to read min, max, median, mad, a percentile or a slope"}
	}
	p.keep = math.Exp2(-float64(in.Every) / float64(half))
	return p, nil
}

// policy is how the history of the past treats windows.
func (p *past) policy() policy {
	return policy{queue: p.back > 0 || p.apart > 1 || p.fig.ranks > 0 || p.fig.trend, overlap: p.apart > 1, skip: p.skip, fig: p.fig}
}

// baselineOp adds the statistics of the past to closed windows. It counts windows
// from the first one it sees: their ordinals, in all or by slot of the season.
type baselineOp struct {
	past
	measure int
	grid    grid
	step    int64
	every   time.Duration
	history history

	met  bool
	base int64 // number of the first window

	samples *samples // of the batch before, to be used again

	season *season
	first  []uint32 // by entity: 1 + the window of its first appearance, after base
	cells  []index  // by slot: from entity to cell
	n      int32    // cells
	of     []int32
}

func newBaseline(in Row, a *Args, p *past) (runtime.Operator, error) {
	f := frame{size: in.Per, every: in.Every}
	g, err := newGrid(f.pane(), in.Zone)
	if err != nil {
		return nil, err
	}
	b := &baselineOp{past: *p, measure: a.Clauses["of"][0].Col, grid: g, step: int64(in.Every / f.pane()), every: in.Every}
	if p.season >= 0 {
		s := seasons[p.season]
		loc := g.loc
		if loc == nil {
			loc = time.UTC
		}
		b.season = &season{slots: s.slots, slot: s.slot, grid: &b.grid, step: b.step, loc: loc}
	}
	b.begin(0)
	return b, nil
}

// begin forgets all and counts from a window on.
func (o *baselineOp) begin(window int64) {
	how := o.policy()
	switch {
	case o.keep > 0:
		h := &decayHistory{policy: how, keep: o.keep, gaps: through}
		if o.season != nil {
			h.gaps = o.gaps
		}
		o.history = h
	case o.fig.of.Kind == types.Float:
		o.history = &floatHistory{policy: how}
	default:
		o.history = &intHistory{policy: how}
	}
	o.base = window
	if o.season != nil {
		o.season.start(window)
		o.first, o.cells, o.n = nil, make([]index, o.season.slots), 0
	}
}

// leap is how many windows a hundred years have. After a longer gap a seasonal
// baseline begins anew: counting the hours between could take as long as a hostile
// time stamp asks for.
func (o *baselineOp) leap() int64 { return int64(100 * 365 * 24 * time.Hour / o.every) }

func (o *baselineOp) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	if len(rows) == 0 {
		return nil
	}
	window := floorDiv(o.grid.index(b.Window.Start[rows[0]]), o.step)
	if !o.met || o.season != nil && window-o.season.next > o.leap() {
		o.begin(window)
		o.met = true
	}
	j := &judgement{rows: rows, value: b.Cols[o.measure]}
	if j.value.Kind == types.Null {
		j.value = repeat(o.fig.of.Kind, nil, b.N)
	}
	if o.season == nil {
		o.plain(j, b, window)
	} else {
		o.seasonal(j, b, window)
	}
	if o.samples == nil || o.samples.kept {
		o.samples = &samples{fig: o.fig}
	}
	out, s := *b, o.samples
	out.Owner = s
	out.Cols = s.late(b, slices.Clip(b.Cols), func(rows []int32) { o.history.judge(j, rows, s) })
	if b.N > lentRows {
		o.samples = nil
	}
	if b.Window.Partial {
		return emit(&out)
	}
	return o.learn(&out, j, emit)
}

// learn gives a window to the condition of the rule, and then adds it to the history:
// samples are taken while the rule reads them. With "exclude alerted" it is added only
// for the keys for which the condition was not true.
func (o *baselineOp) learn(b *runtime.Batch, j *judgement, emit runtime.Emit) error {
	var fired vec.Bitmap
	if o.clean {
		fired = vec.NewBitmap(b.N)
		w, before := *b.Window, b.Window.Fired
		w.Fired = func(rows []int32) {
			for _, r := range rows {
				fired.Set(int(r))
			}
			if before != nil { // of a baseline before
				before(rows)
			}
		}
		b.Window = &w
	}
	if err := emit(b); err != nil {
		return err
	}
	if b.Window.Quiet > 0 {
		j.rows = o.telling(j.rows, int32(b.N-b.Window.Quiet), fired)
	}
	o.history.learn(j, fired)
	return nil
}

// telling leaves out the rows from quiet on, which are of keys without events: what
// such a window is follows from the ordinals, as it does where there is no row. Only
// that it fired does not.
func (o *baselineOp) telling(rows []int32, quiet int32, fired vec.Bitmap) []int32 {
	var out []int32
	for _, r := range rows {
		if r < quiet || !o.skip && fired != nil && fired.Get(int(r)) {
			out = append(out, r)
		}
	}
	return out
}

func (o *baselineOp) Advance(context.Context, int64, runtime.Emit) error { return nil }

// plain sets up a judgement whose cells are entities and whose ordinals count all
// windows.
func (o *baselineOp) plain(j *judgement, b *runtime.Batch, window int64) {
	j.cells = b.Window.Entity
	j.now, j.hi = o.ordinal(window), o.ordinal(window-o.apart+1)
	j.window = j.now
	if o.back > 0 {
		j.lo = o.ordinal(window - o.back)
	}
	most := int32(-1)
	for _, r := range j.rows {
		most = max(most, j.cells[r])
	}
	o.history.grow(int(most) + 1)
}

// ordinal is how many windows there were before the given one, as far as 32 bits
// tell: with windows a second apart, for 136 years.
func (o *baselineOp) ordinal(window int64) uint32 { return clamp(window - o.base) }

func clamp(n int64) uint32 { return uint32(min(max(n, 0), math.MaxUint32-1)) }

// seasonal sets up a judgement whose cells are entities in a slot, and whose
// ordinals count the windows of the slot.
func (o *baselineOp) seasonal(j *judgement, b *runtime.Batch, window int64) {
	s := o.season
	s.upTo(window)
	slot := s.of(window)
	s.now = slot
	j.window = o.ordinal(window)
	j.now = clamp(s.before(slot, window))
	j.hi = clamp(s.before(slot, window-o.apart+1))
	if o.back > 0 {
		j.lo = clamp(s.before(slot, window-o.back))
	}
	o.of = extend(o.of, b.N)
	j.cells = o.of
	for _, r := range j.rows {
		e := b.Window.Entity[r]
		o.first = extend(o.first, int(e)+1)
		if o.first[e] == 0 {
			o.first[e] = o.ordinal(window) + 1
		}
		cell, isNew := o.cells[slot].cell(uint32(e), uint32(o.n))
		if isNew {
			o.n++
			o.history.grow(int(o.n))
			o.history.born(int32(cell), clamp(s.before(slot, o.base+int64(o.first[e])-1)), o.first[e]-1)
		}
		j.cells[r] = int32(cell)
	}
}

// gaps calls each with the windows of the slot that is judged, between two: a stretch
// in a row at a time, counted as ordinals over all slots.
func (o *baselineOp) gaps(from, to uint32, each func(from, to uint32)) {
	o.season.between(o.base+int64(from), o.base+int64(to), func(from, to int64) {
		each(o.ordinal(from), o.ordinal(to))
	})
}

func (o *baselineOp) Save(w *state.Writer) error {
	w.Int(int64(b2i(o.met)))
	w.Int(o.base)
	o.history.save(w)
	if o.season != nil {
		w.Int(o.season.next)
		state.Slice(w, o.first)
		for i := range o.cells {
			o.cells[i].save(w)
		}
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (o *baselineOp) Load(r *state.Reader) error {
	o.met, o.base = r.Int() != 0, r.Int()
	if err := o.history.load(r); err != nil {
		return err
	}
	if o.season == nil {
		return r.Err()
	}
	next := r.Int()
	o.first = state.ReadSlice[uint32](r)
	cells := 0
	for i := range o.cells {
		if err := o.cells[i].load(r); err != nil {
			return err
		}
		cells += o.cells[i].n
	}
	for i := range o.cells {
		if !o.cells[i].below(uint32(cells)) {
			return errBaseline
		}
	}
	if next < o.base || next-o.base > 10*o.leap() || cells > math.MaxInt32 {
		return errBaseline
	}
	o.n = int32(cells)
	o.history.grow(cells)
	o.season.start(o.base)
	o.season.upTo(next)
	return r.Err()
}

// errBaseline is a saved state whose parts do not fit together.
var errBaseline = errors.New("baseline: the saved state is damaged")

func (o *baselineOp) Meter() runtime.Meters {
	m := runtime.Meters{Bytes: o.history.bytes() + 4*cap(o.first) + 4*cap(o.of)}
	for i := range o.cells {
		m.Bytes += o.cells[i].bytes()
	}
	return m
}
