package op

import (
	"cmp"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// evidence remembers the last few events of every group, so that an alert can show
// what caused it. It is a log in the order of time: first chunks of copied rows,
// then a few whole batches that are only kept. When those become too many their
// rows are copied, as far as they are among the last of their group; and chunks of
// copied rows are merged when they are of like size, so that a row is copied
// O(log rows) times in all. What it gives depends on the events alone.
//
// Behind a sequence the rows of a group are matches: it remembers the events behind
// them, at the time of their match.
type evidence struct {
	keep   int // events a group; 0 keeps nothing
	shown  []int
	fields []runtime.Column
	behind bool // of rows that have evidence of their own

	// since is the earliest time that still matters to a group.
	since func(entity int32) int64

	chunks  []*chunk // oldest first; copied ones before kept ones
	kept    int      // how many of them are kept batches
	sources []string
	known   map[int32]int32 // the engine's index of a source → sources
	left    []uint16        // by entity, scratch: events that may still be copied
}

// liveBatches is how many batches are kept before their rows are copied.
const liveBatches = 8

// chunk is a run of events. Entry i is row row[i] of the columns, or row i.
type chunk struct {
	id      []int32
	row     []int32
	time    []int64
	cols    []*vec.Vec
	source  []int32 // of copied rows: an index of evidence.sources
	number  []int64
	stamp   []int64           // of events behind rows: their own time
	pos     runtime.Positions // of kept batches
	names   func(source int32) string
	release func()   // nil for copied rows
	order   []uint64 // entity and entry, sorted; made when first asked
}

func newEvidence(in Row, a *Args, keep int, since func(int32) int64) *evidence {
	e := &evidence{keep: keep, shown: a.Shown, since: since, known: map[int32]int32{}}
	for _, c := range a.Shown {
		e.fields = append(e.fields, in.Cols[c])
	}
	if len(a.Carried) > 0 {
		e.fields, e.behind = a.Carried, true
	}
	return e
}

// add notes rows of a batch (the first len(ids) where rows is nil) with the
// entities that they belong to. It copies ids and rows.
func (e *evidence) add(b *runtime.Batch, rows, ids []int32) {
	if e.keep == 0 || len(ids) == 0 {
		return
	}
	if e.kept == liveBatches {
		e.settle()
	}
	if e.behind {
		e.carry(b, rows, ids)
		return
	}
	c := &chunk{id: slices.Clone(ids), row: slices.Clone(rows), time: b.Time, pos: b.Pos, names: b.Names, release: b.Keep()}
	for _, s := range e.shown {
		c.cols = append(c.cols, b.Cols[s])
	}
	e.chunks = append(e.chunks, c)
	e.kept++
}

// carry notes the events behind rows of a batch.
func (e *evidence) carry(b *runtime.Batch, rows, ids []int32) {
	if b.Window == nil || b.Window.Evidence == nil {
		return
	}
	c := &chunk{}
	vals := make([][]any, len(e.fields))
	for i, id := range ids {
		r := int32(i)
		if rows != nil {
			r = rows[i]
		}
		for _, ev := range b.Window.Evidence(r) {
			c.id, c.time, c.stamp = append(c.id, id), append(c.time, b.Time[r]), append(c.stamp, ev.Time)
			c.source, c.number = append(c.source, e.sourceOf(ev.Source)), append(c.number, ev.Row)
			for k, f := range e.fields {
				vals[k] = append(vals[k], valueOf(ev, f.Name))
			}
		}
	}
	for k, f := range e.fields {
		plain := newColumn(f.Type.Kind)
		plain.append(vec.Of(f.Type.Kind, vals[k]...), upTo(len(c.id)))
		c.cols = append(c.cols, &plain.Vec)
	}
	e.chunks = append(e.chunks, c)
	e.kept++
}

// sourceOf is the index of a source by its name.
func (e *evidence) sourceOf(name string) int32 {
	i := slices.Index(e.sources, name)
	if i < 0 {
		i = len(e.sources)
		e.sources = append(e.sources, name)
	}
	return int32(i)
}

// valueOf is a field of an event, nil where it is missing.
func valueOf(ev runtime.Event, name string) any {
	for _, f := range ev.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

// settle copies what matters of the kept batches, and merges chunks of like size.
func (e *evidence) settle() {
	if e.kept == 0 {
		return
	}
	n := len(e.chunks) - e.kept
	c := e.copy(e.chunks[n:])
	for n > 0 && len(e.chunks[n-1].id) < 2*len(c.id) {
		n--
		c = e.copy([]*chunk{e.chunks[n], c})
	}
	e.chunks, e.kept = append(e.chunks[:n], c), 0
}

// copy makes one chunk of the last events of each group in some chunks, and lets
// those go.
func (e *evidence) copy(from []*chunk) *chunk {
	picks := make([][]int32, len(from))
	for i := len(from) - 1; i >= 0; i-- {
		picks[i] = e.last(from[i])
	}
	for _, c := range from { // undo the countdown for the next time
		for _, id := range c.id {
			if int(id) < len(e.left) {
				e.left[id] = 0
			}
		}
	}
	out := &chunk{}
	cols := make([]*column, len(e.fields))
	for i, f := range e.fields {
		cols[i] = newColumn(f.Type.Kind)
	}
	for i, c := range from {
		rows := make([]int32, len(picks[i]))
		for j, entry := range picks[i] {
			r := c.at(entry)
			rows[j] = r
			out.id = append(out.id, c.id[entry])
			out.time = append(out.time, c.time[r])
			source, number := e.place(c, r)
			out.source = append(out.source, source)
			out.number = append(out.number, number)
			if e.behind {
				out.stamp = append(out.stamp, c.stamp[r])
			}
		}
		for k, v := range c.cols {
			cols[k].append(v, rows)
		}
		c.drop()
	}
	for _, c := range cols {
		out.cols = append(out.cols, &c.Vec)
	}
	return out
}

// last picks the entries of a chunk that are among the last of their group, given
// how many later ones have been picked, ascending.
func (e *evidence) last(c *chunk) []int32 {
	var picks []int32
	for i := len(c.id) - 1; i >= 0; i-- {
		id := c.id[i]
		if int(id) >= len(e.left) {
			e.left = append(e.left, make([]uint16, int(id)+1-len(e.left))...)
		}
		if int(e.left[id]) < e.keep && c.time[c.at(int32(i))] >= e.since(id) {
			e.left[id]++
			picks = append(picks, int32(i))
		}
	}
	slices.Reverse(picks)
	return picks
}

// trim drops what is wholly before a time.
func (e *evidence) trim(before int64) {
	n := 0
	for n < len(e.chunks) && e.chunks[n].end() < before {
		e.chunks[n].drop()
		n++
	}
	e.chunks = slices.Delete(e.chunks, 0, n)
	e.kept = min(e.kept, len(e.chunks))
}

// of is up to the last keep events of an entity from one time to another, both
// included, oldest first. Of events behind rows, those of the rows of that time: an
// event that stands behind several is told once.
func (e *evidence) of(entity int32, from, to int64) []runtime.Event {
	out := e.back(entity, from, to)
	slices.Reverse(out)
	if e.behind {
		slices.SortStableFunc(out, func(a, b runtime.Event) int {
			return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Row, b.Row))
		})
		out = slices.CompactFunc(out, func(a, b runtime.Event) bool { return a.Source == b.Source && a.Row == b.Row })
	}
	return out
}

// back is the events that of tells, from the last one back.
func (e *evidence) back(entity int32, from, to int64) (out []runtime.Event) {
	for _, c := range slices.Backward(e.chunks) {
		for _, entry := range slices.Backward(c.entries(entity)) {
			r := c.at(int32(entry))
			if t := c.time[r]; t < from || len(out) == e.keep {
				return out
			} else if t <= to {
				out = append(out, e.event(c, r))
			}
		}
	}
	return out
}

// event is row r of a chunk as an alert shows it, without the fields that are
// missing.
func (e *evidence) event(c *chunk, r int32) runtime.Event {
	source, number := e.place(c, r)
	ev := runtime.Event{Source: e.sources[source], Row: number, Time: c.time[r]}
	if e.behind {
		ev.Time = c.stamp[r]
	}
	for i, f := range e.fields {
		if x := c.cols[i].Value(int(r)); x != nil {
			ev.Fields = append(ev.Fields, runtime.Named{Name: f.Name, Kind: f.Type.Kind, Value: x})
		}
	}
	return ev
}

// place is where a row stood: an index of sources, and its number there.
func (e *evidence) place(c *chunk, r int32) (source int32, number int64) {
	if c.release == nil {
		return c.source[r], c.number[r]
	}
	of, number := c.pos.At(r)
	i, ok := e.known[of]
	if !ok {
		name := ""
		if c.names != nil {
			name = c.names(of)
		}
		i = int32(len(e.sources))
		e.sources, e.known[of] = append(e.sources, name), i
	}
	return i, number
}

// at is the row of an entry.
func (c *chunk) at(entry int32) int32 {
	if c.row == nil {
		return entry
	}
	return c.row[entry]
}

// end is the time of the last entry.
func (c *chunk) end() int64 {
	if len(c.id) == 0 {
		return runtime.MinTime
	}
	return c.time[c.at(int32(len(c.id)-1))]
}

// entries lists the entries of an entity, ascending, in the low halves.
func (c *chunk) entries(entity int32) []uint64 {
	if c.order == nil {
		c.order = make([]uint64, len(c.id))
		for i, id := range c.id {
			c.order[i] = uint64(id)<<32 | uint64(i)
		}
		slices.Sort(c.order)
	}
	from, _ := slices.BinarySearch(c.order, uint64(entity)<<32)
	to, _ := slices.BinarySearch(c.order, uint64(entity+1)<<32)
	return c.order[from:to]
}

func (c *chunk) drop() {
	if c.release != nil {
		c.release()
	}
}

// forget drops everything.
func (e *evidence) forget() {
	for _, c := range e.chunks {
		c.drop()
	}
	clear(e.chunks)
	e.chunks, e.kept = e.chunks[:0], 0
}

func (e *evidence) bytes() int {
	n := 2 * cap(e.left)
	for _, c := range e.chunks {
		n += 4*(cap(c.id)+cap(c.row)+cap(c.source)) + 8*(cap(c.number)+cap(c.order)+cap(c.stamp))
		if c.release == nil {
			n += 8 * cap(c.time)
			for _, v := range c.cols {
				n += bytesOf(v)
			}
		}
	}
	return n
}

// save writes the events with the names and types of their fields: a later version
// of the rule may keep more or fewer of them, and show other fields.
func (e *evidence) save(w *state.Writer) {
	w.Int(int64(e.keep))
	if e.keep == 0 {
		return
	}
	c := e.copy(e.chunks)
	e.chunks, e.kept = []*chunk{c}, 0
	w.Int(int64(len(e.sources)))
	for _, s := range e.sources {
		w.String(s)
	}
	state.Slice(w, c.id)
	state.Slice(w, c.time)
	state.Slice(w, c.source)
	state.Slice(w, c.number)
	if e.behind {
		state.Slice(w, c.stamp)
	}
	w.Int(int64(len(c.cols)))
	for i, v := range c.cols {
		f := savedAs(e.fields[i])
		w.String(f.Name)
		w.Int(int64(f.Type.Kind))
		w.Int(int64(f.Type.Elem))
		state.SaveVec(w, v)
	}
}

// savedAs is the name and type under which a column of evidence is saved.
func savedAs(c runtime.Column) runtime.Column {
	out := runtime.Column{Name: c.Name, Type: c.Type.Plain()}
	if c.Type.Kind == types.Invalid {
		out.Type.Kind = types.Any
	}
	return out
}

// load reads what save wrote, of entities below n. Fields that were not shown then are
// missing in the events of then.
func (e *evidence) load(r *state.Reader, n int) error {
	if r.Int() == 0 {
		return r.Err()
	}
	var sources []string
	for range r.Len(8) {
		sources = append(sources, r.String())
	}
	c := &chunk{
		id:     state.ReadSlice[int32](r),
		time:   state.ReadSlice[int64](r),
		source: state.ReadSlice[int32](r),
		number: state.ReadSlice[int64](r),
	}
	rows := len(c.id)
	if e.behind {
		c.stamp = state.ReadSlice[int64](r)
	}
	ok := (!e.behind || len(c.stamp) == rows) && len(c.time) == rows && len(c.source) == rows && len(c.number) == rows
	for i := 0; ok && i < rows; i++ {
		ok = c.id[i] >= 0 && int(c.id[i]) < n && c.source[i] >= 0 && int(c.source[i]) < len(sources)
	}
	saved := map[runtime.Column]*vec.Vec{}
	for range r.Len(24) {
		f := runtime.Column{Name: r.String(), Type: types.Type{Kind: types.Kind(r.Int()), Elem: types.Kind(r.Int())}}
		v := state.LoadVec(r, f.Type.Kind)
		ok = ok && v.N == rows
		saved[f] = v
	}
	if !ok {
		r.Fail("the saved evidence is damaged")
	}
	if r.Err() != nil || e.keep == 0 {
		return r.Err()
	}
	for _, f := range e.fields {
		v := saved[savedAs(f)]
		if v == nil {
			none := newColumn(f.Type.Kind)
			none.append(vec.Nulls(rows), upTo(rows))
			v = &none.Vec
		}
		c.cols = append(c.cols, v)
	}
	e.sources, e.chunks = sources, []*chunk{c}
	return nil
}
