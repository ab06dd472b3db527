package op

import (
	"fmt"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// tally is the aggregates of a window's block over groups 0..n-1.
type tally struct {
	aggs   []Agg
	states []agg.State
	n      int
	args   [][]*vec.Vec // by aggregate, reused
}

func newTally(aggs []Agg) (*tally, error) {
	t := &tally{aggs: aggs, states: make([]agg.State, len(aggs)), args: make([][]*vec.Vec, len(aggs))}
	for i, a := range aggs {
		kinds, consts := make([]types.Type, len(a.Args)), make([]any, len(a.Args))
		for j, arg := range a.Args {
			kinds[j], consts[j] = arg.Type, arg.Const
		}
		s, err := a.Spec.New(kinds, consts)
		if err != nil {
			return nil, fmt.Errorf("%s = %s: %w", a.Name, a.Spec.Name, err)
		}
		t.states[i], t.args[i] = s, make([]*vec.Vec, len(a.Args))
	}
	return t, nil
}

func (t *tally) grow(n int) {
	if n > t.n {
		t.n = n
		for _, s := range t.states {
			s.Grow(n)
		}
	}
}

// add adds rows of a batch to groups, which exist. A constant argument has no
// column, unless it stands where a column is wanted: then it is one value, over.
func (t *tally) add(b *runtime.Batch, groups, rows []int32) {
	for i, s := range t.states {
		s.Add(groups, rows, t.columns(i, b))
	}
}

// remove takes rows out again; all aggregates can do so.
func (t *tally) remove(b *runtime.Batch, groups, rows []int32) {
	for i, s := range t.states {
		s.(agg.Remover).Remove(groups, rows, t.columns(i, b))
	}
}

// columns are the arguments of aggregate i in a batch.
func (t *tally) columns(i int, b *runtime.Batch) []*vec.Vec {
	a := &t.aggs[i]
	for j, arg := range a.Args {
		switch {
		case arg.Col >= 0:
			t.args[i][j] = b.Cols[arg.Col]
		case a.Spec.Sig.Params[min(j, len(a.Spec.Sig.Params)-1)].Const:
			t.args[i][j] = nil
		case t.args[i][j] == nil || t.args[i][j].N < b.N:
			t.args[i][j] = repeat(arg.Type.Kind, stored(arg.Const), b.N)
		}
	}
	return t.args[i]
}

// merge adds group from of src to group to; the rows of src are the later ones.
func (t *tally) merge(to int32, src *tally, from int32) {
	for i, s := range t.states {
		s.Merge(to, src.states[i], from)
	}
}

func (t *tally) reset(group int32) {
	for _, s := range t.states {
		s.Reset(group)
	}
}

// clear empties groups 0..n-1.
func (t *tally) clear(n int) {
	for _, s := range t.states {
		if c, ok := s.(agg.Clearer); ok {
			c.Clear(n)
			continue
		}
		for g := range int32(n) {
			s.Reset(g)
		}
	}
}

// results appends a column an aggregate, a row a group.
func (t *tally) results(cols []*vec.Vec, groups []int32) []*vec.Vec {
	for _, s := range t.states {
		cols = append(cols, s.Result(groups))
	}
	return cols
}

func (t *tally) bytes() int {
	n := 0
	for _, s := range t.states {
		n += s.Bytes()
	}
	return n
}

func (t *tally) save(w *state.Writer) {
	for _, s := range t.states {
		s.Save(w)
	}
}

// load reads what save wrote. Afterwards grow tells how many groups there are, if
// that is more.
func (t *tally) load(r *state.Reader) error {
	t.n = 0
	for _, s := range t.states {
		if err := s.Load(r); err != nil {
			return err
		}
	}
	return r.Err()
}
