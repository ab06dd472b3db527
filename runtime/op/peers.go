package op

import (
	"cmp"
	"context"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

var peers = Spec{
	Name: "peers",
	Doc: `Holds each key against the other keys of the same window that have the same value in the columns of "by", under a name of its own: ` + figureDoc + `.

The judged key is left out of its own sample: in a sample of n that holds it, no z can pass (n-1)/√n. A key whose group is missing has no peers; a key whose measure is missing is nobody's peer.`,
	After: "it comes after a tumbling or hopping window, or one over all, without early",
	Fits:  func(in Row) bool { return in.Whole },
	Adds:  true,
	Head:  []Param{{Name: "name", Kind: Bind, Doc: "what the statistics are called"}},
	Clauses: append([]Clause{
		{Word: "of", Required: true, Params: []Param{{Name: "measure", Kind: Measure, Doc: "the number that is compared"}}, Doc: "the number that is compared"},
		{Word: "by", Params: []Param{{Name: "group", Kind: Expr, Type: types.TAny, Many: true, Doc: "what peers have in common"}}, Doc: "what peers have in common; without it all keys of the window are peers"},
	}, figureClauses...),
	Output: func(in Row, a *Args) (Row, *Error) {
		f, e := newFigures(a)
		if e != nil {
			return Row{}, e
		}
		if f.trend {
			return Row{}, &Error{Code: BadClause, Head: -1, Message: "peers have no slope: they are of one window", Hint: "take a baseline"}
		}
		for i, k := range a.Clauses["by"] {
			if k.Type.Kind == types.List {
				return Row{}, &Error{Code: BadClause, Clause: "by", Head: i, Message: "a list is no group"}
			}
		}
		return f.columns(in, 0), nil
	},
	New: func(in Row, a *Args) (runtime.Operator, error) {
		f, e := newFigures(a)
		if e != nil {
			return nil, e
		}
		return &crowd{fig: f, measure: a.Clauses["of"][0].Col, groups: newGroups(a.Clauses["by"], 0)}, nil
	},
}

// crowd adds the statistics of the peers. A batch is a whole window, so nothing is
// kept from one to the next.
type crowd struct {
	fig     *figures
	measure int
	groups  *groups
}

func (o *crowd) Push(_ context.Context, b *runtime.Batch, emit runtime.Emit) error {
	rows := every(b)
	o.groups.keys.Reset()
	ids, some := o.groups.of(b, rows, len(rows))
	if some {
		ids, rows = present(ids, rows)
	}
	order, at := buckets(ids, int32(o.groups.keys.Len()))
	value := b.Cols[o.measure]
	s := o.fig.samples(b.N)
	for g := range o.groups.keys.Len() {
		group := make([]int32, 0, at[g+1]-at[g])
		for _, i := range order[at[g]:at[g+1]] {
			group = append(group, rows[i])
		}
		o.judge(group, value, s)
	}
	out := *b
	out.Cols = s.columns(slices.Clip(b.Cols))
	return emit(&out)
}

// judge fills in the samples of the rows of one group.
func (o *crowd) judge(group []int32, value *vec.Vec, s *samples) {
	with := make([]int32, 0, len(group)) // rows that have a value
	for _, r := range group {
		if !value.Missing(int(r)) {
			with = append(with, r)
		}
	}
	for _, r := range group {
		s.n[r] = int64(len(with))
	}
	for _, r := range with {
		s.n[r]--
	}
	if value.Kind == types.Null || len(with) == 0 {
		return
	}
	if o.fig.moments() {
		if value.Kind == types.Float {
			floatMoments(group, with, value, s)
		} else {
			intMoments(group, with, value, s)
		}
	}
	if o.fig.ranks > 0 {
		o.rank(group, with, value, s)
	}
}

// intMoments takes each row in turn out of the sums of all.
func intMoments(group, with []int32, value *vec.Vec, s *samples) {
	var all agg.IntMoments
	for _, r := range with {
		all.Add(value.I64[r])
	}
	for _, r := range group {
		m := all
		if !value.Missing(int(r)) {
			m.Sub(value.I64[r])
		}
		s.mean[r], s.sd[r] = m.Mean(), m.Stddev()
	}
}

// floatMoments merges, for each row, the moments of those before and those behind:
// nothing is subtracted.
func floatMoments(group, with []int32, value *vec.Vec, s *samples) {
	behind := make([]agg.Moments, len(with)+1)
	for i := len(with) - 1; i >= 0; i-- {
		behind[i] = behind[i+1]
		behind[i].Add(value.F64[with[i]])
	}
	for _, r := range group { // those without a value see all
		s.mean[r], s.sd[r] = behind[0].Mean(), behind[0].Stddev()
	}
	var before agg.Moments
	for i, r := range with {
		m := before
		m.Merge(behind[i+1])
		s.mean[r], s.sd[r] = m.Mean(), m.Stddev()
		before.Add(value.F64[r])
	}
}

// rank sorts the group once; each row then leaves its own place out.
func (o *crowd) rank(group, with []int32, value *vec.Vec, s *samples) {
	x := vec.AsFloats(value)
	sorted := slices.Clone(with)
	slices.SortFunc(sorted, func(a, b int32) int { return cmp.Compare(x[a], x[b]) })
	sample := ordered{skip: -1, v: make([]float64, len(sorted))}
	for i, r := range sorted {
		sample.v[i] = x[r]
	}
	for _, r := range group {
		if value.Missing(int(r)) {
			o.fig.rank(s, int(r), &sample)
		}
	}
	if len(sorted) == 1 {
		return
	}
	for i, r := range sorted {
		sample.skip = i
		o.fig.rank(s, int(r), &sample)
	}
}

func (o *crowd) Advance(context.Context, int64, runtime.Emit) error { return nil }

func (o *crowd) Meter() runtime.Meters { return o.groups.meter() }

func (o *crowd) Save(w *state.Writer) error {
	w.Int(o.groups.missing)
	return nil
}

func (o *crowd) Load(r *state.Reader) error {
	o.groups.missing = r.Int()
	return r.Err()
}
