package lint

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
	"github.com/detlang/det/runtime/vec"
)

var positive = interval{lo: 0, hi: math.Inf(1)}

// ranges are the numbers that functions give, whatever they are given.
var ranges = map[string]interval{
	"length":       positive,
	"byte_length":  positive,
	"count_of":     positive,
	"index_of":     {lo: -1, hi: math.Inf(1)},
	"share_of":     {lo: 0, hi: 1},
	"levenshtein":  positive,
	"jaro_winkler": {lo: 0, hi: 1},
	"entropy":      {lo: 0, hi: 21}, // there are fewer than 2^21 code points
	"regex_count":  positive,
	"size":         positive,
	"abs":          positive,
	"sqrt":         positive,
	"month":        {lo: 1, hi: 12},
	"day_of_month": {lo: 1, hi: 31},
	"day_of_year":  {lo: 1, hi: 366},
	"day_of_week":  {lo: 1, hi: 7},
	"week":         {lo: 1, hi: 53},
	"hour":         {lo: 0, hi: 23},
	"minute":       {lo: 0, hi: 59},
	"second":       {lo: 0, hi: 59},
	"domain_depth": positive,
	"url_port":     {lo: 0, hi: 65535},
	"ip_version":   {lo: 4, hi: 6},
	"sign":         {lo: -1, hi: 1},
}

// fact is what is known of a column that a stage makes.
type fact struct {
	in     interval
	always bool // never missing
	values []string
	agg    *op.Agg // the aggregate that makes it
	of     *plan.Stage
}

// facts are what is known of the columns of a rule.
func (r *Rule) columnFacts() map[*plan.Column]fact {
	if r.known != nil {
		return r.known
	}
	r.known = map[*plan.Column]fact{}
	for _, c := range r.Plan.From.Columns {
		r.known[c] = fact{in: everything, always: !c.Optional, values: c.Enum}
	}
	for _, st := range r.Plan.Stages {
		if st.Args != nil && st.Args.Bound != "" {
			r.figures(st)
		}
		if st.Args == nil || !st.Fresh {
			continue
		}
		for _, c := range st.Out {
			r.known[c] = r.made(st, c)
		}
	}
	return r.known
}

// figures are the facts of the statistics that a stage makes.
func (r *Rule) figures(st *plan.Stage) {
	for _, c := range st.Out {
		name, ok := strings.CutPrefix(c.Name, st.Args.Bound+".")
		if !ok {
			continue
		}
		f := fact{in: everything, of: st}
		switch name {
		case "n":
			f.in, f.always = positive, true
			if n := samples(st); n > 0 {
				f.in.hi = float64(n)
			}
		case "stddev", "mad", "scale", "rscale":
			f.in = positive
		}
		r.known[c] = f
	}
}

// made is what is known of a column that a window makes.
func (r *Rule) made(st *plan.Stage, c *plan.Column) fact {
	f := fact{in: everything, of: st}
	if c.Name == "window_start" || c.Name == "window_end" {
		f.always = true
		return f
	}
	if st.Spec.Name != "window" {
		return f // a step of a sequence may find the keys in other fields
	}
	for _, k := range st.Args.Clauses["by"] {
		if k.Name == c.Name && k.Col >= 0 {
			f.always, f.values = true, r.values(st.Inputs[k.Col])
			f.in = r.span(st.Inputs[k.Col], r.before(st))
			return f
		}
	}
	for i := range st.Args.Aggs {
		a := &st.Args.Aggs[i]
		if a.Name != c.Name {
			continue
		}
		f.agg = a
		var x plan.Expr
		if len(a.Args) > 0 && a.Args[0].Col >= 0 {
			x = st.Inputs[a.Args[0].Col]
		}
		switch a.Spec.Name {
		case "count":
			f.in, f.always = positive, true
			if x == nil && !st.Args.Has("empty") {
				f.in.lo = 1
			}
		case "count_distinct", "approx_count_distinct":
			f.in, f.always = positive, true
			if x != nil && a.Spec.Name == "count_distinct" {
				f.in.hi = r.variety(st, x)
			}
		case "avg", "min", "max", "median", "percentile", "first", "last", "mode":
			if x != nil {
				f.in = r.span(x, r.before(st))
			}
		case "sum":
			if x != nil && r.span(x, r.before(st)).lo >= 0 {
				f.in = positive
			}
		case "capped_sum":
			if len(a.Args) == 3 && a.Args[2].Col >= 0 {
				if per := column(st.Inputs[a.Args[2].Col]); per != nil {
					f.in.hi = r.capped(a.Args[1].Const, per.Name)
				}
			}
		case "stddev", "stddev_pop", "variance", "range":
			f.in = positive
		}
	}
	return f
}

// capped is the most that a capped sum of risk can be.
func (r *Rule) capped(limit any, per string) float64 {
	most, ok := measure(limit)
	if n := r.riskVariety(per); ok && most > 0 && n > 0 {
		return most * n
	}
	return math.Inf(1)
}

// variety is how many different values an expression has in one window, at most.
func (r *Rule) variety(st *plan.Stage, x plan.Expr) float64 {
	for _, k := range st.Args.Clauses["by"] {
		if k.Col >= 0 && plan.String(bare(st.Inputs[k.Col])) == plan.String(bare(x)) {
			return 1
		}
	}
	if x.Type().Kind == types.Bool {
		return 2
	}
	if c := column(x); c != nil && r.Plan.From.Risk {
		if n := r.riskVariety(c.Name); n > 0 && !math.IsInf(n, 1) {
			return n
		}
	}
	most, some := 0.0, false
	for _, f := range r.cases(r.before(st)) {
		k := f.about(subjectOf(x))
		if k == nil {
			k = &known{x: x, in: r.bounds(x), values: r.values(x)}
		}
		n := k.variety()
		if math.IsInf(n, 1) {
			return n
		}
		most, some = most+n, true
	}
	if !some {
		return math.Inf(1)
	}
	if all := r.values(x); len(all) > 0 {
		most = min(most, float64(len(all)))
	}
	return most
}

// variety is how many values fit what is known.
func (k *known) variety() float64 {
	most := math.Inf(1)
	fits := func(values []string) {
		n := 0
		for _, v := range values {
			if !impossible(append(slices.Clip(k.yes), textTest{op: "==", values: []string{vec.FoldString(v)}}), k.no, false) {
				n++
			}
		}
		most = min(most, float64(n))
	}
	if len(k.values) > 0 {
		fits(k.values)
	}
	if k.only != nil {
		most = min(most, float64(len(k.only)))
	}
	if in := k.interval(); k.x.Type().Kind == types.Int && !math.IsInf(in.lo, 0) && !math.IsInf(in.hi, 0) {
		most = min(most, in.hi-in.lo+1)
	}
	return most
}

// span is where an expression lies, given conditions.
func (r *Rule) span(x plan.Expr, given []plan.Expr) interval {
	out := interval{lo: math.Inf(1), hi: math.Inf(-1)}
	for _, f := range r.cases(given) {
		in := r.bounds(x)
		if k := f.about(subjectOf(x)); k != nil && k.present {
			in = k.interval()
		}
		if in.lo < out.lo || in.lo == out.lo && !in.loOpen {
			out.lo, out.loOpen = in.lo, in.loOpen
		}
		if in.hi > out.hi || in.hi == out.hi && !in.hiOpen {
			out.hi, out.hiOpen = in.hi, in.hiOpen
		}
	}
	if out.lo > out.hi {
		return everything
	}
	return out
}

// always reports whether a value is never missing.
func (r *Rule) always(x plan.Expr) bool {
	switch x := bare(x).(type) {
	case *plan.Const:
		return x.Value != nil
	case *plan.Col:
		return r.columnFacts()[x.Column].always
	}
	return false
}

// values are the only texts that an expression can be, if that is known.
func (r *Rule) values(x plan.Expr) []string {
	if c := column(x); c != nil && c.Type.Kind == types.String {
		return r.columnFacts()[c].values
	}
	return nil
}

// bounds are the numbers that an expression can be.
func (r *Rule) bounds(x plan.Expr) interval {
	switch x := bare(x).(type) {
	case *plan.Const:
		if v, ok := measure(x.Value); ok {
			return interval{lo: v, hi: v}
		}
	case *plan.Call:
		if in, ok := ranges[x.Func.Name]; ok {
			return in
		}
	case *plan.Col:
		if f, ok := r.columnFacts()[x.Column]; ok {
			return f.in
		}
	case *plan.Op:
		return r.arithmetic(x)
	}
	return everything
}

func (r *Rule) arithmetic(x *plan.Op) interval {
	if len(x.Args) != 2 {
		return everything
	}
	if x.Op == "/" && r.share(x) {
		return interval{lo: 0, hi: 1}
	}
	a, b := r.bounds(x.Args[0]), r.bounds(x.Args[1])
	switch x.Op {
	case "+":
		return interval{a.lo + b.lo, a.hi + b.hi, a.loOpen || b.loOpen, a.hiOpen || b.hiOpen}
	case "-":
		return interval{a.lo - b.hi, a.hi - b.lo, a.loOpen || b.hiOpen, a.hiOpen || b.loOpen}
	case "*", "/":
		if v := b.lo; v == b.hi && v > 0 && !math.IsInf(v, 0) {
			if x.Op == "/" {
				v = 1 / v
			}
			return interval{a.lo * v, a.hi * v, a.loOpen, a.hiOpen}
		}
		if a.lo >= 0 && b.lo >= 0 {
			return positive
		}
	}
	return everything
}

// share reports whether a quotient is that of a part and its whole: of the rows of
// a window for which something holds, or that are distinct, and all of its rows.
func (r *Rule) share(x *plan.Op) bool {
	a, b := r.aggregate(x.Args[0]), r.aggregate(x.Args[1])
	if a == nil || b == nil || a.of != b.of {
		return false
	}
	part := a.agg.Spec.Name == "count" && len(a.agg.Args) > 0 || a.agg.Spec.Name == "count_distinct"
	return part && b.agg.Spec.Name == "count" && len(b.agg.Args) == 0
}

// aggregate is what is known of an expression that is one aggregate, or nil.
func (r *Rule) aggregate(x plan.Expr) *fact {
	c := column(x)
	if c == nil {
		return nil
	}
	if f := r.columnFacts()[c]; f.agg != nil {
		return &f
	}
	return nil
}

// samples is how many windows a baseline can have, at most; 0 where that is not
// bounded.
func samples(st *plan.Stage) int64 {
	over := st.Args.Duration("over", 0)
	if st.Spec.Name != "baseline" || over <= 0 || st.Row.Every <= 0 {
		return 0
	}
	n := int64(over / st.Row.Every)
	if at := st.Args.Clauses["at"]; len(at) > 0 {
		period := map[string]time.Duration{"hour_of_day": 24 * time.Hour, "day_of_week": 7 * 24 * time.Hour, "hour_of_week": 7 * 24 * time.Hour}[at[0].Name]
		slot := map[string]time.Duration{"hour_of_day": time.Hour, "day_of_week": 24 * time.Hour, "hour_of_week": time.Hour}[at[0].Name]
		if period == 0 {
			return 0
		}
		each := max(1, int64(slot/st.Row.Every))
		n = (int64(over/period) + 1) * each
	}
	return n
}
