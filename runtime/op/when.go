package op

import (
	"cmp"
	"context"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

var when = Spec{
	Name: "when",
	Doc: `Fires for the rows for which the condition is true.

After a fixed window or a session each row is judged once, when its window closes. After a sliding window a key fires when the condition turns true and is armed again when a later row finds it false, or when the window of the key has emptied. After a window with early a key fires at most once a window.`,
	Parts: true,
	Head:  []Param{{Name: "condition", Kind: Expr, Type: types.TBool, Doc: "what must hold"}},
	Output: func(in Row, a *Args) (Row, *Error) {
		return in, nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		t := trigger{cond: a.Head[0], fired: map[firing]int64{}}
		if in.Whole { // fixed windows are judged once each
			return &t, nil
		}
		return &armed{t}, nil
	},
}

// trigger passes the rows that fire. Rows of Rising windows fire on an edge, which
// takes memory by entity: a bit for "true when last judged", and for those the
// scope in which that was.
type trigger struct {
	cond  Arg
	on    vec.Bitmap
	scope []int64
	fired map[firing]int64 // what has fired once, with the end of its window
	trace hold
}

// armed is a trigger whose rows may come from Rising windows.
type armed struct{ trigger }

// firing names one key in one window.
type firing struct {
	entity int32
	scope  int64
}

func (t *trigger) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	var rows []int32
	switch w := b.Window; {
	case w == nil || !w.Rising:
		if rows = holds(t.cond, b); w != nil && w.Fired != nil {
			w.Fired(rows)
		}
	case w.Once:
		rows = t.once(b)
	default:
		rows = t.edges(b)
	}
	if t.trace != nil {
		t.held(b, rows)
	}
	if len(rows) == 0 {
		return nil
	}
	out := *b
	out.Sel = rows
	return emit(&out)
}

// Trace tells of the rows that do not fire.
func (t *trigger) Trace(tell func(*runtime.Batch, int32, runtime.Held)) { t.trace = tell }

// held tells of the rows of b that are not among those that fire.
func (t *trigger) held(b *runtime.Batch, fire []int32) {
	cond := bitsOf(t.cond, b)
	b.Each(func(r int32) {
		switch _, fires := slices.BinarySearch(fire, r); {
		case fires:
		case cond.Get(int(r)):
			t.trace(b, r, runtime.Held{Why: runtime.NotRearmed})
		default:
			t.trace(b, r, runtime.Held{Why: runtime.ConditionFalse})
		}
	})
}

// edges is the rows at which the condition turns true. A row that finds another
// scope than the last one of its entity starts afresh.
func (t *trigger) edges(b *runtime.Batch) []int32 {
	var rows []int32
	w, cond := b.Window, bitsOf(t.cond, b)
	b.Each(func(r int32) {
		e := int(w.Entity[r])
		if !cond.Get(int(r)) {
			if e < len(t.scope) {
				t.on.Clear(e)
			}
			return
		}
		t.grow(e + 1)
		s := int64(0)
		if w.Scope != nil {
			s = w.Scope[r]
		}
		if !t.on.Get(e) || t.scope[e] != s {
			rows = append(rows, r)
		}
		t.on.Set(e)
		t.scope[e] = s
	})
	return rows
}

func (t *trigger) grow(n int) {
	if n > len(t.scope) {
		n = max(n, len(t.scope)*5/4, 64)
		t.scope = append(t.scope, make([]int64, n-len(t.scope))...)
		t.on = append(t.on, make([]uint64, (n+63)/64-len(t.on))...)
	}
}

// once is the rows at which the condition is true for the first time in their
// scope. The end of a scope may move away, as that of a session does.
func (t *trigger) once(b *runtime.Batch) []int32 {
	var rows []int32
	w, cond := b.Window, bitsOf(t.cond, b)
	b.Each(func(r int32) {
		if len(t.fired) == 0 && !cond.Get(int(r)) {
			return
		}
		f := firing{w.Entity[r], w.Scope[r]}
		if end, ok := t.fired[f]; ok {
			t.fired[f] = max(end, w.End[r])
		} else if cond.Get(int(r)) {
			t.fired[f] = w.End[r]
			rows = append(rows, r)
		}
	})
	return rows
}

// Advance forgets the scopes that are over: no row of theirs will come.
func (t *trigger) Advance(_ context.Context, watermark int64, _ runtime.Emit) error {
	for f, end := range t.fired {
		if end <= watermark {
			delete(t.fired, f)
		}
	}
	return nil
}

func (t *armed) Save(w *state.Writer) error {
	state.Slice(w, t.on)
	state.Slice(w, t.scope)
	fired := make([]firing, 0, len(t.fired))
	for f := range t.fired {
		fired = append(fired, f)
	}
	slices.SortFunc(fired, func(a, b firing) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.scope, b.scope))
	})
	w.Int(int64(len(fired)))
	for _, f := range fired {
		w.Int(int64(f.entity))
		w.Int(f.scope)
		w.Int(t.fired[f])
	}
	return nil
}

func (t *armed) Load(r *state.Reader) error {
	t.on, t.scope = state.ReadSlice[uint64](r), state.ReadSlice[int64](r)
	if len(t.on) != (len(t.scope)+63)/64 {
		r.Fail("when: the saved edges do not fit together")
	}
	for range r.Len(24) {
		f := firing{int32(r.Int()), r.Int()}
		t.fired[f] = r.Int()
	}
	return r.Err()
}

func (t *trigger) Meter() runtime.Meters {
	const entry = 32 // a firing in a Go map, about
	return runtime.Meters{
		Groups: t.on.Count() + len(t.fired),
		Bytes:  8*len(t.on) + 8*len(t.scope) + entry*len(t.fired),
	}
}
