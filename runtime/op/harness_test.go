package op

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// The tests feed events to a chain of operators, cut into batches in random ways,
// and compare what comes out with a reference that is written from the definition.

// event is a row: its time and a value a column.
type event struct {
	t    int64
	vals []any
}

// chain is operators one after another. build makes them anew, for restarts.
type chain struct {
	t     testing.TB
	cols  []runtime.Column
	build func() []runtime.Operator
	ops   []runtime.Operator
	out   []row
	owner counter
	keepN bool // evidence is wanted
}

// row is what came out of a chain.
type row struct {
	vals     []any
	time     int64
	start    int64
	end      int64
	partial  bool
	evidence []runtime.Event
}

func (r row) String() string {
	s := fmt.Sprintf("%v @%d [%d,%d)", r.vals, r.time, r.start, r.end)
	if r.partial {
		s += " partial"
	}
	for _, e := range r.evidence {
		s += fmt.Sprintf(" {%s:%d @%d %v}", e.Source, e.Row, e.Time, e.Fields)
	}
	return s
}

func lines(rows []row) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.String() + "\n")
	}
	return b.String()
}

// counter is an Owner that counts; memory is released when it is zero.
type counter struct{ n, most int }

func (c *counter) Retain()  { c.n++; c.most = max(c.most, c.n) }
func (c *counter) Release() { c.n-- }

func newChain(t testing.TB, cols []runtime.Column, build func() []runtime.Operator) *chain {
	return &chain{t: t, cols: cols, build: build, ops: build()}
}

// emit is what operator i hands its batches to.
func (c *chain) emit(i int) runtime.Emit {
	return func(b *runtime.Batch) error {
		for i, v := range b.Cols {
			b.Cols[i] = v.Loaded(nil)
		}
		if i+1 < len(c.ops) {
			return c.ops[i+1].Push(context.Background(), b, c.emit(i+1))
		}
		b.Each(func(r int32) {
			out := row{time: b.Time[r]}
			for _, v := range b.Cols {
				out.vals = append(out.vals, v.Value(int(r)))
			}
			if w := b.Window; w != nil {
				out.start, out.end, out.partial = w.Start[r], w.End[r], w.Partial
				if w.Evidence != nil && c.keepN {
					out.evidence = w.Evidence(r)
				}
			}
			c.out = append(c.out, out)
		})
		return nil
	}
}

func (c *chain) check(err error) {
	if err != nil {
		c.t.Helper()
		c.t.Fatal(err)
	}
}

// push gives events as one batch, with rows between them that are not meant.
func (c *chain) push(events []event, first int, noise bool) {
	b := &runtime.Batch{Owner: &c.owner, Names: func(i int32) string { return fmt.Sprintf("s%d", i) }, Pos: runtime.Positions{One: 0, First: int64(first)}}
	cols := make([][]any, len(c.cols))
	var sel []int32
	var numbers []int64
	for i, e := range events {
		if noise && i%2 == 0 {
			for k := range cols {
				cols[k] = append(cols[k], e.vals[k])
			}
			b.Time = append(b.Time, e.t)
			numbers = append(numbers, -1)
		}
		sel = append(sel, int32(len(b.Time)))
		for k := range cols {
			cols[k] = append(cols[k], e.vals[k])
		}
		b.Time = append(b.Time, e.t)
		numbers = append(numbers, int64(first+i))
	}
	b.N = len(b.Time)
	if noise {
		b.Sel, b.Pos.Row = sel, numbers
	}
	for k, vals := range cols {
		b.Cols = append(b.Cols, vec.Of(c.cols[k].Type.Kind, vals...))
	}
	c.check(c.ops[0].Push(context.Background(), b, c.emit(0)))
}

func (c *chain) advance(t int64) {
	for i, op := range c.ops {
		c.check(op.Advance(context.Background(), t, c.emit(i)))
	}
}

func (c *chain) finish() {
	for i, op := range c.ops {
		if f, ok := op.(runtime.Finisher); ok {
			c.check(f.Finish(context.Background(), c.emit(i)))
		}
	}
}

// restart saves the state, makes new operators and loads it.
func (c *chain) restart() {
	fresh := c.build()
	for i, op := range c.ops {
		s, ok := op.(runtime.Stateful)
		if !ok {
			continue
		}
		var buf bytes.Buffer
		w := state.NewWriter(&buf)
		c.check(s.Save(w))
		c.check(w.Flush())
		c.check(fresh[i].(runtime.Stateful).Load(state.NewReader(&buf, int64(buf.Len()))))
	}
	c.ops = fresh
}

// feed gives all events in order, cut between times as rnd says (nil: in one
// batch), with watermarks and restarts thrown in, and says what came out.
func (c *chain) feed(events []event, rnd *rand.Rand) []row {
	from := 0
	for from < len(events) {
		to := len(events)
		if rnd != nil {
			to = min(from+1+rnd.IntN(8), len(events))
		}
		for to < len(events) && events[to].t == events[to-1].t {
			to++
		}
		c.push(events[from:to], from, rnd != nil && rnd.IntN(3) == 0)
		if rnd != nil && rnd.IntN(4) == 0 {
			mark := events[to-1].t
			if to < len(events) {
				mark += 1 + rnd.Int64N(events[to].t-events[to-1].t)
			}
			c.advance(mark)
		}
		if rnd != nil && rnd.IntN(6) == 0 {
			c.restart()
		}
		from = to
	}
	c.finish()
	return c.out
}

// cuts is a source of ways to cut; the first is not to cut.
func cuts(t *rapid.T, i int) *rand.Rand {
	if i == 0 {
		return nil
	}
	return rand.New(rand.NewPCG(uint64(i), rapid.Uint64().Draw(t, "cuts")))
}

// listing is an aggregate for tests: its result is the text of all rows that were
// added, in order, so that a test sees exactly what a group holds.
var listing = agg.Spec{
	Name: "listing",
	Sig:  types.Signature{Params: []types.Param{{Name: "x", Type: types.TAny}}, Fixed: types.TString},
	New: func([]types.Type, []any) (agg.State, error) {
		return &list{}, nil
	},
}

// removable is listing with Remove.
var removable = agg.Spec{
	Name: "removable",
	Sig:  listing.Sig,
	New: func([]types.Type, []any) (agg.State, error) {
		return &queue{}, nil
	},
}

type list struct{ items [][]string }

func (l *list) Grow(n int) {
	for len(l.items) < n {
		l.items = append(l.items, nil)
	}
}

func (l *list) Add(groups, rows []int32, args []*vec.Vec) {
	for i, g := range groups {
		r := i
		if rows != nil {
			r = int(rows[i])
		}
		if x := args[0].Value(r); x != nil {
			l.items[g] = append(l.items[g], fmt.Sprint(x))
		}
	}
}

func (l *list) Merge(to int32, src agg.State, from int32) {
	var other *list
	switch s := src.(type) {
	case *list:
		other = s
	case *queue:
		other = &s.list
	}
	l.items[to] = append(l.items[to], other.items[from]...)
}

func (l *list) Reset(g int32) { l.items[g] = nil }

func (l *list) Result(groups []int32) *vec.Vec {
	out := make([]any, len(groups))
	for i, g := range groups {
		out[i] = strings.Join(l.items[g], " ")
	}
	return vec.Of(types.String, out...)
}

func (l *list) Bytes() int { return 0 }

func (l *list) Save(w *state.Writer) {
	w.Int(int64(len(l.items)))
	for _, it := range l.items {
		w.String(strings.Join(it, " "))
	}
}

func (l *list) Load(r *state.Reader) error {
	l.items = nil
	for range r.Len(8) {
		l.items = append(l.items, strings.Fields(r.String()))
	}
	return r.Err()
}

type queue struct{ list }

func (q *queue) Remove(groups, rows []int32, args []*vec.Vec) {
	for i, g := range groups {
		r := i
		if rows != nil {
			r = int(rows[i])
		}
		x := args[0].Value(r)
		if x == nil {
			continue
		}
		if len(q.items[g]) == 0 || q.items[g][0] != fmt.Sprint(x) {
			panic(fmt.Sprintf("removed %v from %v", x, q.items[g]))
		}
		q.items[g] = q.items[g][1:]
	}
}

// derive appends a column to each batch: the engine's part, for conditions.
type derive func(b *runtime.Batch) *vec.Vec

func (d derive) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	out := *b
	out.Cols = append(slices.Clip(b.Cols), d(b))
	return emit(&out)
}

func (d derive) Advance(context.Context, int64, runtime.Emit) error { return nil }

// test makes a Bool column of a condition over rows.
func test(f func(b *runtime.Batch, r int) bool) derive {
	return func(b *runtime.Batch) *vec.Vec {
		bits := vec.NewBitmap(b.N)
		b.Each(func(r int32) {
			if f(b, int(r)) {
				bits.Set(int(r))
			}
		})
		return vec.Bools(bits, b.N)
	}
}

// Shorthands for arguments.

func col(i int, name string, t types.Type) Arg { return Arg{Name: name, Col: i, Type: t} }

func konst(v any) Arg {
	t := types.TInvalid
	switch v.(type) {
	case time.Duration:
		t = types.TDuration
	case int64:
		t = types.TInt
	case float64:
		t = types.TFloat
	case string:
		t = types.TString
	}
	return Arg{Col: -1, Const: v, Type: t}
}

func must(t testing.TB, s Spec, in Row, a Args) runtime.Operator {
	if _, e := s.Output(in, &a); e != nil {
		t.Fatalf("%s: %s", s.Name, e.Message)
	}
	o, err := s.New(in, &a)
	if err != nil {
		t.Fatalf("%s: %s", s.Name, err)
	}
	return o
}

const (
	second = int64(time.Second / time.Microsecond)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)
