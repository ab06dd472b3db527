package lint

import (
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
)

// score is a comparison of a z-score with a constant.
type score struct {
	at      *plan.Op
	op      string // as if the score stood on the left
	limit   float64
	measure plan.Expr
	robust  bool
	stats   *plan.Stage // the baseline or the peers
}

// scores finds the comparisons of zscore and robust_zscore with constants.
func (r *Rule) scores() []score {
	var out []score
	for _, st := range r.Plan.Stages {
		if st.Cond == nil {
			continue
		}
		plan.Walk(st.Cond, func(x plan.Expr) bool {
			o, ok := x.(*plan.Op)
			if !ok || len(o.Args) != 2 || mirrored[o.Op] == "" {
				return true
			}
			s := score{at: o, op: o.Op}
			z, limit := o.Args[0], o.Args[1]
			if _, isConst := number(z); isConst {
				z, limit, s.op = limit, z, mirrored[o.Op]
			}
			if s.limit, ok = number(limit); !ok || !r.scored(z, &s) {
				return true
			}
			out = append(out, s)
			return true
		})
	}
	return out
}

// scored reads the form that the checker gives zscore(x, usual): the difference
// from usual.mean over usual.scale.
func (r *Rule) scored(z plan.Expr, s *score) bool {
	q, ok := bare(z).(*plan.Op)
	if !ok || q.Op != "/" {
		return false
	}
	d, ok := bare(q.Args[0]).(*plan.Op)
	scale := column(q.Args[1])
	if !ok || d.Op != "-" || scale == nil {
		return false
	}
	name, ok := strings.CutSuffix(scale.Name, ".scale")
	if !ok {
		name, s.robust = strings.CutSuffix(scale.Name, ".rscale")
	}
	if !ok && !s.robust {
		return false
	}
	s.measure = d.Args[0]
	for _, st := range r.Plan.Stages {
		if st.Args != nil && st.Args.Bound == name {
			s.stats = st
		}
	}
	return s.stats != nil
}

// counted reports whether an expression is a count of events, or of different
// values.
func (r *Rule) counted(x plan.Expr) bool {
	f := r.aggregate(x)
	return f != nil && slices.Contains([]string{"count", "count_distinct", "approx_count_distinct"}, f.agg.Spec.Name)
}
