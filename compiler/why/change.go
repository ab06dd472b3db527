package why

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// Change is something that would have to be otherwise for a condition to hold: a
// number moved to a bound, more samples, or a test that comes out the other way.
// All changes of an explanation are needed together.
type Change struct {
	Text string
	// Name, Was and Bound are of a number that would have to be moved.
	Name, Was, Bound string
}

// changes are the least changes that make a condition hold: one number moved, if
// that is enough, and else the fewest tests turned.
func changes(cond plan.Expr, r *row, rule *plan.Rule) []Change {
	if c, ok := move(cond, r); ok {
		return []Change{c}
	}
	list, ok := turn(cond, true, r, rule)
	if !ok {
		return nil
	}
	var out []Change
	for _, c := range list {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// move looks for one number that makes a condition hold: of several, that which
// moves the least for its size.
func move(cond plan.Expr, r *row) (Change, bool) {
	best, at := Change{}, math.Inf(1)
	for _, col := range numbers(cond) {
		was, has := number(r.value(col.Name, col.Type))
		if !has {
			continue
		}
		v, ok := nearest(cond, r, col, was)
		if !ok {
			continue
		}
		f, _ := number(v)
		if d := math.Abs(f-was) / max(math.Abs(was), 1); d < at {
			at = d
			side := " or more"
			if f < was {
				side = " or less"
			}
			before, bound := text(r.value(col.Name, col.Type)), text(v)
			best = Change{Text: col.Name + " " + bound + side + " instead of " + before, Name: col.Name, Was: before, Bound: bound}
		}
	}
	return best, !math.IsInf(at, 1)
}

// numbers are the numbers of the row that a condition reads. Statistics are none:
// they are the past, which nothing can be done about.
func numbers(cond plan.Expr) []*plan.Column {
	var out []*plan.Column
	plan.Walk(cond, func(e plan.Expr) bool {
		if col, ok := e.(*plan.Col); ok && numeric(col.Column.Type) && !strings.Contains(col.Column.Name, ".") && !slices.Contains(out, col.Column) {
			out = append(out, col.Column)
		}
		return true
	})
	return out
}

// nearest is the value of a column nearest to the one it has for which a condition
// holds, upwards or downwards: the first of doubling steps that does it, and from
// there back by halving. Between the two steps the condition is taken to turn once.
func nearest(cond plan.Expr, r *row, col *plan.Column, was float64) (any, bool) {
	best, found := 0.0, false
	value := func(f float64) any {
		if col.Type.Kind == types.Int {
			return int64(f)
		}
		return f
	}
	unit := 1.0
	if col.Type.Kind == types.Float {
		unit = max(math.Abs(was), 1) / (1 << 20)
	}
	for _, sign := range []float64{1, -1} {
		no, yes := 0.0, 0.0
		for step := unit; step <= 1<<50*unit && yes == 0; step *= 2 {
			to := was + sign*step
			if was >= 0 && to < 0 { // what counts or measures does not go below zero
				to = 0
			}
			if r.with(col.Name, value(to)).holds(cond) {
				yes = step
			} else if no = step; to == 0 && sign < 0 {
				break
			}
		}
		if yes == 0 {
			continue
		}
		for yes-no > unit {
			if mid := no + (yes-no)/2; r.with(col.Name, value(was+sign*math.Trunc(mid/unit)*unit)).holds(cond) {
				yes = math.Trunc(mid/unit) * unit
			} else {
				no = math.Trunc(mid/unit) * unit
			}
		}
		if to := was + sign*yes; !found || math.Abs(to-was) < math.Abs(best-was) {
			best, found = max(to, min(was, 0)), true
		}
	}
	if !found {
		return nil, false
	}
	if col.Type.Kind == types.Float {
		best = rounded(best, was, func(f float64) bool { return r.with(col.Name, f).holds(cond) })
	}
	return value(best), true
}

// rounded is a number near a bound with few digits that is on its side.
func rounded(bound, was float64, ok func(float64) bool) float64 {
	for digits := 3; digits < 17; digits++ {
		f, err := strconv.ParseFloat(strconv.FormatFloat(bound, 'g', digits, 64), 64)
		if err == nil && (f > was) == (bound > was) && ok(f) {
			return f
		}
	}
	return bound
}

// turn lists the fewest changes that make a condition come out as wanted; false if
// nothing can.
func turn(x plan.Expr, want bool, r *row, rule *plan.Rule) ([]Change, bool) {
	if r.holds(x) == want {
		return nil, true
	}
	switch x := x.(type) {
	case *plan.And:
		return join(x.Xs, want, want, r, rule)
	case *plan.Or:
		return join(x.Xs, want, !want, r, rule)
	case *plan.Not:
		return turn(x.X, !want, r, rule)
	case *plan.Named:
		return turn(x.X, want, r, rule)
	case *plan.Const:
		return nil, false
	case *plan.Col:
		if name, ok := strings.CutSuffix(x.Column.Name, ".warm"); ok && want {
			return []Change{samples(name, r, rule)}, true
		}
	}
	wanted := x
	if !want {
		wanted = &plan.Not{X: x, At: x.Span()}
	}
	if c, ok := move(wanted, r); ok {
		return []Change{c}, true
	}
	if readsCold(x, cold(r)) {
		return nil, true // it may hold once there are samples
	}
	return []Change{{Text: plan.String(wanted) + " (" + reason(x, want, r) + ")"}}, true
}

// reason says why a test does not come out as wanted.
func reason(x plan.Expr, want bool, r *row) string {
	for _, v := range reads(x, r) {
		if v.Value == missing {
			return v.Name + " is missing"
		}
	}
	if want {
		return "it does not hold"
	}
	return "it holds"
}

// join lists the changes of an and that is to hold (all of its parts) or of an or
// that is to hold (the part with the fewest); all says which.
func join(xs []plan.Expr, want, all bool, r *row, rule *plan.Rule) ([]Change, bool) {
	var out []Change
	found := false
	for _, e := range xs {
		list, ok := turn(e, want, r, rule)
		switch {
		case all && !ok:
			return nil, false
		case all:
			out = append(out, list...)
		case ok && (!found || len(list) < len(out)):
			out = list
		}
		found = found || ok
	}
	return out, found
}

// cold are the names of the statistics of a row that have too few samples.
func cold(r *row) []string {
	var out []string
	for name, v := range r.at {
		if bound, ok := strings.CutSuffix(name, ".warm"); ok && v.Value != true {
			out = append(out, bound)
		}
	}
	return out
}

// samples is the change of statistics that get as many samples as they need.
func samples(name string, r *row, rule *plan.Rule) Change {
	for _, st := range rule.Stages {
		if st.Args.Bound != name {
			continue
		}
		n, need := int64(r.float(name+".n")), least(st)
		what := "windows in its history"
		if st.Spec.Name == "peers" {
			what = "peers"
		}
		return Change{
			Text: strconv.FormatInt(need-n, 10) + " more " + what + ": " + name + " has " + strconv.FormatInt(n, 10) + " of " + strconv.FormatInt(need, 10),
			Name: name + ".n", Was: strconv.FormatInt(n, 10), Bound: strconv.FormatInt(need, 10),
		}
	}
	return Change{Text: name + " needs more samples"}
}

// least is how many samples a stage wants, which are five unless the rule says.
func least(st *plan.Stage) int64 { return int64(st.Args.Float("min", 5)) }
