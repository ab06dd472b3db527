package lint

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
)

// verdict is why a rule can never fire: the first condition that no row meets.
type verdict struct {
	kind cause
	cond plan.Expr // the whole condition
	part plan.Expr // the part that is at fault, or nil where several clash
}

// cause tells apart what different lints speak of.
type cause uint8

const (
	possible    cause = iota
	clashing          // parts that exclude each other
	filtered          // a negation that takes all away
	tooDistinct       // more different values than there are
	noEvents          // a window without events
	overWhole         // a part above its whole
	outOfRange        // a number that a function never gives
	tooManyOf         // more samples than the history has
	overCaps          // more risk than all caps together
)

// verdict finds the first condition that can never be met. It is worked out once.
func (r *Rule) verdict() verdict {
	if r.judged == nil {
		v := r.judge()
		r.judged = &v
	}
	return *r.judged
}

func (r *Rule) judge() verdict {
	for _, st := range r.Plan.Stages {
		if st.Cond == nil {
			continue
		}
		given := r.before(st)
		all := append(given[:len(given):len(given)], st.Cond)
		if r.possible(all) {
			continue
		}
		v := verdict{kind: clashing, cond: st.Cond}
		for _, part := range conjuncts([]plan.Expr{st.Cond}) {
			if !r.possible([]plan.Expr{part}) {
				v.part, v.kind = part, r.cause(part)
				return v
			}
		}
		for _, part := range conjuncts([]plan.Expr{st.Cond}) {
			if n, ok := bare(part).(*plan.Not); ok && r.possible(drop(conjuncts(all), part)) {
				v.part, v.kind = n, filtered
				return v
			}
		}
		return v
	}
	return verdict{}
}

// drop is a list without one of its elements.
func drop(xs []plan.Expr, x plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, y := range xs {
		if y != x {
			out = append(out, y)
		}
	}
	return out
}

// cause tells why a test by itself can never hold.
func (r *Rule) cause(part plan.Expr) cause {
	o, ok := bare(part).(*plan.Op)
	if !ok {
		return clashing
	}
	switch x := bare(tested(o)).(type) {
	case *plan.Call:
		if _, ok := ranges[x.Func.Name]; ok {
			return outOfRange
		}
	case *plan.Op:
		if x.Op == "/" && r.share(x) {
			return overWhole
		}
	case *plan.Col:
		f := r.columnFacts()[x.Column]
		switch {
		case f.agg == nil && strings.HasSuffix(x.Column.Name, ".n"):
			return tooManyOf
		case f.agg == nil:
		case f.agg.Spec.Name == "count_distinct":
			return tooDistinct
		case f.agg.Spec.Name == "count":
			return noEvents
		case f.agg.Spec.Name == "capped_sum":
			return overCaps
		}
	}
	return clashing
}

// tellVerdict is the body of the lints that speak of one cause.
func tellVerdict(want cause, format string, hint string) func(p *Pass, r *Rule) {
	return func(p *Pass, r *Rule) {
		if v := r.verdict(); v.kind == want {
			p.Tell(v.part.Span(), format, plan.String(v.part)).Hint = hint
		}
	}
}

// clash finds two parts of conditions that exclude each other.
func (r *Rule) clash(conds []plan.Expr) (a, b plan.Expr) {
	parts := conjuncts(conds)
	if len(parts) > 50 {
		return nil, nil
	}
	for i, x := range parts {
		for _, y := range parts[:i] {
			if !r.possible([]plan.Expr{x, y}) {
				return y, x
			}
		}
	}
	return nil, nil
}

// conjuncts are the parts of conditions that are joined by and.
func conjuncts(conds []plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, x := range conds {
		if a, ok := bare(x).(*plan.And); ok {
			out = append(out, conjuncts(a.Xs)...)
		} else {
			out = append(out, x)
		}
	}
	return out
}
