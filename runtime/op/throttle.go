package op

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

var throttle = Spec{
	Name:  "throttle",
	Doc:   `Lets at most one alert a key through in the given time, by the events' clock: an alert at t holds back those before t + time. How many were held back is told by the next one. The key is that of the window unless "by" names another; without either all alerts of the rule are one. An alert whose key is missing always passes.`,
	Parts: true,
	Head:  []Param{{Name: "time", Kind: Const, Type: types.TDuration, Doc: "how long an alert holds back others"}},
	Clauses: []Clause{
		{Word: "by", Params: []Param{{Name: "key", Kind: Expr, Type: types.TAny, Many: true, Doc: "what alerts are counted by"}}, Doc: "what alerts are counted by"},
	},
	Output: func(in Row, a *Args) (Row, *Error) {
		if d, _ := a.Head[0].Const.(time.Duration); d < time.Microsecond {
			return Row{}, &Error{Code: BadClause, Head: 0, Message: "alerts are held back for some time"}
		}
		for i, k := range a.Clauses["by"] {
			if k.Type.Kind == types.List {
				return Row{}, &Error{Code: BadClause, Clause: "by", Head: i, Message: "a list is no key"}
			}
		}
		out := in
		out.Cols = append(slices.Clip(in.Cols), runtime.Column{Name: suppressed, Type: types.TInt})
		return out, nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		d, _ := a.Head[0].Const.(time.Duration)
		by := a.Clauses["by"]
		if len(by) == 0 {
			for _, k := range in.Keys {
				by = append(by, Arg{Col: k, Type: in.Cols[k].Type})
			}
		}
		g := &gate{time: d.Microseconds(), groups: newGroups(by, 0)}
		g.groups.live = g.live
		return g, nil
	},
}

// suppressed is the column that says how many alerts were held back.
const suppressed = "$suppressed"

// gate holds alerts back. Of each key it knows until when, and how many it held.
type gate struct {
	time   int64
	groups *groups
	until  []int64 // by key
	held   []int64
	now    int64
	trace  hold
	busy   int // keys that were live when that was last asked
}

func (g *gate) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	ids, _ := g.groups.of(b, rows, len(rows))
	for len(g.until) < g.groups.keys.Len() {
		g.until, g.held = append(g.until, runtime.MinTime), append(g.held, 0)
	}
	before := make([]int64, b.N)
	var pass []int32
	for i, r := range rows {
		id, t := ids[i], b.Time[r]
		g.now = t
		if id < 0 {
			pass = append(pass, r)
			continue
		}
		if t < g.until[id] {
			g.held[id]++
			if g.trace != nil {
				g.trace(b, r, runtime.Held{Why: runtime.Throttled, Since: plus(g.until[id], -g.time), Until: g.until[id]})
			}
			continue
		}
		before[r] = g.held[id]
		g.held[id], g.until[id] = 0, plus(t, g.time)
		pass = append(pass, r)
	}
	g.groups.settle(g.busy)
	if len(pass) == 0 {
		return nil
	}
	out := *b
	out.Sel = pass
	out.Cols = append(slices.Clip(b.Cols), vec.Ints(before, nil))
	return emit(&out)
}

// Trace tells of the alerts that are held back.
func (g *gate) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { g.trace = tell }

// live marks the keys that hold back alerts, or have some to tell of.
func (g *gate) live(used vec.Bitmap) {
	for id := range g.until {
		if g.held[id] > 0 || g.until[id] > g.now {
			used.Set(id)
		}
	}
	g.busy = used.Count()
}

func (g *gate) Advance(context.Context, int64, runtime.Emit) error { return nil }

func (g *gate) Save(w *state.Writer) error {
	g.groups.save(w)
	state.Slice(w, g.until)
	state.Slice(w, g.held)
	w.Int(g.now)
	return nil
}

func (g *gate) Load(r *state.Reader) error {
	if err := g.groups.load(r); err != nil {
		return err
	}
	g.until, g.held = state.ReadSlice[int64](r), state.ReadSlice[int64](r)
	g.now = r.Int()
	if len(g.until) != len(g.held) || len(g.until) > g.groups.keys.Len() {
		return fmt.Errorf("throttle: the saved state does not fit together")
	}
	return r.Err()
}

func (g *gate) Meter() runtime.Meters {
	m := g.groups.meter()
	m.Bytes += 8 * (cap(g.until) + cap(g.held))
	for _, n := range g.held {
		m.HeldBack += n
	}
	return m
}
