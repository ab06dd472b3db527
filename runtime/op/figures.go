package op

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// figures are the statistics of a sample that a baseline or a peer group gives as
// columns: those that the rule reads, and whether the sample is large enough. All
// but n and warm are missing while it is not, so that no comparison with them is
// true.
type figures struct {
	name  string // the bound name, before the dot
	min   int64
	floor float64
	of    types.Type
	list  []figure
	ranks int // how many of list need the sample in order
	trend bool
}

// figure is one statistic. With rank set it is computed from the sample in order,
// otherwise from count, mean and deviation.
type figure struct {
	name string
	rank func(o *ordered) float64
}

// defaultFloor is the least deviation that is divided by, when a rule does not say.
const defaultFloor = 1e-9

// defaultMin is how many samples there must be, when a rule does not say.
const defaultMin = 5

// madScale makes the median absolute deviation of normal values their standard
// deviation: 1/Φ⁻¹(3/4).
const madScale = 1.4826

// figureClauses are the clauses that baselines and peer groups share.
var figureClauses = []Clause{
	{Word: "min", Affects: RowsAlone, Params: []Param{{Name: "samples", Kind: Const, Type: types.TInt, Doc: "how many samples"}}, Doc: "with fewer samples the statistics are missing and the rule is silent; 5 unless given"},
	{Word: "floor", Affects: RowsAlone, Params: []Param{{Name: "deviation", Kind: Const, Type: types.TFloat, Doc: "a number above zero"}}, Doc: "the least deviation that a score is divided by; 0.000000001 unless given. For counts, 1 is a good choice"},
}

// figureDoc says what members there are, for the manual.
const figureDoc = "n, mean, stddev (of a sample, n-1), min, max, median, mad (the median distance from the median), p95 and the other percentiles p0 to p100 (linear between the closest ranks), warm (there are min samples), scale (stddev, but no less than the floor) and rscale (1.4826 mad, but no less than the floor)"

// trendDoc says what members a baseline has beside those.
const trendDoc = "slope (how much the value rises from one window of the sample to the next, by least squares) and expected (where that line stands at the judged window)"

// newFigures reads the arguments of a stage that binds statistics.
func newFigures(a *Args) (*figures, *Error) {
	f := &figures{name: a.Bound, min: defaultMin, floor: a.Float("floor", defaultFloor), of: a.Clauses["of"][0].Type}
	if m := a.Float("min", defaultMin); m >= 1 && m <= 1e9 {
		f.min = int64(m)
	} else {
		return nil, &Error{Code: BadClause, Clause: "min", Head: 0, Message: "min is a number of samples, 1 or more"}
	}
	if !(f.floor > 0) || math.IsInf(f.floor, 1) {
		return nil, &Error{Code: BadClause, Clause: "floor", Head: 0, Message: "a floor is above zero", Hint: "it stands for a deviation of zero, which cannot be divided by"}
	}
	for _, name := range a.Need {
		g, ok := f.figure(name)
		if !ok {
			return nil, &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf("%s has no %s", f.name, name), Hint: "there are " + figureDoc}
		}
		f.list = append(f.list, g)
		if g.rank != nil {
			f.ranks++
		}
		f.trend = f.trend || name == "slope" || name == "expected"
	}
	if !f.needs("warm") {
		f.list = append(f.list, figure{name: "warm"})
	}
	return f, nil
}

func (f *figures) figure(name string) (figure, bool) {
	g := figure{name: name}
	switch name {
	case "n", "warm", "mean", "stddev", "scale", "slope", "expected":
	case "min":
		g.rank = func(o *ordered) float64 { return o.at(0) }
	case "max":
		g.rank = func(o *ordered) float64 { return o.at(o.n() - 1) }
	case "median":
		g.rank = (*ordered).median
	case "mad":
		g.rank = (*ordered).mad
	case "rscale":
		g.rank = func(o *ordered) float64 { return max(madScale*o.mad(), f.floor) }
	default:
		p, isRank := strings.CutPrefix(name, "p")
		q, err := strconv.ParseFloat(p, 64)
		if !isRank || err != nil || !(q >= 0 && q <= 100) {
			return g, false
		}
		g.rank = func(o *ordered) float64 { return o.quantile(q / 100) }
	}
	return g, true
}

func (f *figures) needs(name string) bool {
	for _, g := range f.list {
		if g.name == name {
			return true
		}
	}
	return false
}

// moments reports whether a mean or a deviation is read.
func (f *figures) moments() bool {
	return f.needs("mean") || f.needs("stddev") || f.needs("scale")
}

// columns are what the stage adds to its row. late is what a row costs of figures that
// are made when they are read, otherwise 0.
func (f *figures) columns(in Row, late int) Row {
	out := in
	out.Cols = append([]runtime.Column(nil), in.Cols...)
	for _, g := range f.list {
		t := types.TFloat
		switch g.name {
		case "n":
			t = types.TInt
		case "warm":
			t = types.TBool
		default:
			t.Unit = f.of.Unit
		}
		out.Cols = append(out.Cols, runtime.Column{Name: f.name + "." + g.name, Type: t, Late: late})
	}
	return out
}
