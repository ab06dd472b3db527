package op

import (
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// samples is what is known of the samples that the rows of a batch are held against,
// and the columns of figures that are made of it.
type samples struct {
	fig      *figures
	n        []int64
	mean, sd []float64   // sd is unspecified for fewer than two
	ranks    [][]float64 // by figure with rank

	slope, expected []float64 // where a trend is read

	scale []float64
	warm  vec.Bitmap
	valid []vec.Bitmap // by figure, the rows in which it is not missing

	meant, known vec.Bitmap // rows of the batch, and those of them that are filled in
	take         func(rows []int32)
	lent
}

// samples are those of n rows.
func (f *figures) samples(n int) *samples {
	s := &samples{fig: f}
	s.room(n)
	return s
}

// room makes n rows of which nothing is known. What it has of an earlier batch is
// used again.
func (s *samples) room(n int) {
	f := s.fig
	s.n, s.mean, s.sd = extend(s.n, n)[:n], extend(s.mean, n)[:n], extend(s.sd, n)[:n]
	if f.ranks > len(s.ranks) {
		s.ranks = make([][]float64, f.ranks)
	}
	for k := range s.ranks {
		s.ranks[k] = extend(s.ranks[k], n)[:n]
	}
	if f.trend {
		s.slope, s.expected = extend(s.slope, n)[:n], extend(s.expected, n)[:n]
	}
	if f.needs("scale") {
		s.scale = extend(s.scale, n)[:n]
	}
	if s.valid == nil {
		s.valid = make([]vec.Bitmap, len(f.list))
	}
	for _, b := range append([]*vec.Bitmap{&s.warm, &s.known}, pointers(s.valid)...) {
		*b = extend(*b, (n+63)/64)[:(n+63)/64]
		clear(*b)
	}
}

func pointers[T any](x []T) []*T {
	out := make([]*T, len(x))
	for i := range x {
		out[i] = &x[i]
	}
	return out
}

// columns appends the columns of figures, of samples that are known for all rows.
func (s *samples) columns(cols []*vec.Vec) []*vec.Vec {
	s.settle(upTo(len(s.n)))
	for i := range s.fig.list {
		cols = append(cols, s.column(i))
	}
	return cols
}

// late appends columns of figures for the rows that are meant of a batch. A sample is
// taken when one of its figures is read: most rules look at the window itself first,
// and of a million keys few are left then.
func (s *samples) late(b *runtime.Batch, cols []*vec.Vec, take func(rows []int32)) []*vec.Vec {
	s.meant, s.take, s.under = nil, take, b.Owner
	if b.Sel != nil {
		s.meant = vec.FromRows(b.Sel, b.N)
	}
	begun := false
	for i := range s.fig.list {
		cols = append(cols, &vec.Vec{Kind: s.fig.list[i].kind(), N: b.N, Load: func(mask vec.Bitmap) *vec.Vec {
			if !begun {
				begun = true
				s.room(b.N)
			}
			s.know(mask)
			return s.column(i)
		}})
	}
	return cols
}

// know takes the samples of the rows of mask (nil: all) that are not known.
func (s *samples) know(mask vec.Bitmap) {
	todo := vec.Ones(len(s.n))
	todo.Intersect(mask)
	todo.Intersect(s.meant)
	todo.Subtract(s.known)
	if !todo.Any() {
		return
	}
	rows := todo.Rows(make([]int32, 0, todo.Count()))
	s.take(rows)
	s.settle(rows)
	s.known.Unite(todo)
}

// rank fills in what depends on order, of row i.
func (f *figures) rank(s *samples, i int, o *ordered) {
	k := 0
	for _, g := range f.list {
		if g.rank != nil {
			s.ranks[k][i] = g.rank(o)
			k++
		}
	}
}

// settle says of some rows which figures are there: not those of a sample that is too
// small, and none that is no finite number, as the moments of values at the end of
// what a float holds.
func (s *samples) settle(rows []int32) {
	f := s.fig
	for _, r := range rows {
		if s.n[r] >= f.min {
			s.warm.Set(int(r))
		}
	}
	for i := range f.list {
		x, least := s.floats(i)
		if x == nil {
			continue
		}
		if f.list[i].name == "scale" {
			for _, r := range rows {
				x[r] = max(s.sd[r], f.floor)
			}
		}
		valid := s.valid[i]
		for _, r := range rows {
			if s.n[r] >= least && x[r]-x[r] == 0 {
				valid.Set(int(r))
			}
		}
	}
}

// floats are the numbers of a figure, and how many windows a sample must have for it;
// nil for those that are no floats.
func (s *samples) floats(i int) (x []float64, least int64) {
	f := s.fig
	if g := f.list[i]; g.rank != nil {
		k := 0
		for _, before := range f.list[:i] {
			if before.rank != nil {
				k++
			}
		}
		return s.ranks[k], f.min
	}
	switch f.list[i].name {
	case "mean":
		return s.mean, f.min
	case "stddev":
		return s.sd, max(f.min, 2)
	case "scale":
		return s.scale, max(f.min, 2)
	case "slope":
		return s.slope, max(f.min, 2)
	case "expected":
		return s.expected, max(f.min, 2)
	}
	return nil, 0
}

// kind is the kind of a figure's column.
func (g *figure) kind() types.Kind {
	switch g.name {
	case "n":
		return types.Int
	case "warm":
		return types.Bool
	}
	return types.Float
}

// column is the column of a figure.
func (s *samples) column(i int) *vec.Vec {
	switch s.fig.list[i].kind() {
	case types.Int:
		return vec.Ints(s.n, nil)
	case types.Bool:
		return vec.Bools(s.warm, len(s.n))
	}
	x, _ := s.floats(i)
	return vec.Floats(x, s.valid[i])
}
