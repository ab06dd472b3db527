package why

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime"
)

// Refine tells the reasons apart for which a condition was false: that statistics
// had too few samples, or that the floor of a deviation stood in the way. It also
// names the values of the row as the rule does.
func Refine(r *plan.Rule, j *runtime.Judgement) {
	plain(r, j)
	if j.Outcome != runtime.ConditionFalse && j.Outcome != runtime.Excluded {
		return
	}
	if j.Stage < 0 || j.Stage >= len(r.Stages) || r.Stages[j.Stage].Cond == nil {
		return
	}
	cold, floored := statistics(r, j)
	if len(cold)+len(floored) == 0 {
		return
	}
	cond, at := r.Stages[j.Stage].Cond, newRow(j)
	if len(cold) > 0 {
		if _, known := decided(cond, at, cold); !known {
			j.Outcome = runtime.WarmingUp
			return
		}
	}
	for column, deviation := range floored {
		at = at.with(column, deviation)
	}
	if len(floored) > 0 && at.holds(cond) {
		j.Outcome = runtime.BelowFloor
	}
}

// unfloored is the least that a deviation of zero is divided by when a rule sets no
// floor.
const unfloored = 1e-9

// statistics finds, among the statistics of a row, the names of those that have too
// few samples, and the scales that are the floor with the deviation under it. Of a
// robust scale only the floor is known to be at least the deviation.
func statistics(r *plan.Rule, j *runtime.Judgement) (cold []string, floored map[string]any) {
	for _, st := range r.Stages[:j.Stage] {
		name := st.Args.Bound
		if name == "" {
			continue
		}
		if warm, ok := j.Value(name + ".warm"); ok && warm.Value != true {
			cold = append(cold, name)
			continue
		}
		floor := st.Args.Float("floor", unfloored)
		for scale, deviation := range map[string]string{"scale": "stddev", "rscale": ""} {
			s, ok := j.Value(name + "." + scale)
			if f, _ := s.Value.(float64); !ok || f != floor {
				continue
			}
			d, _ := j.Value(name + "." + deviation)
			sd, _ := d.Value.(float64)
			if sd < floor {
				if floored == nil {
					floored = map[string]any{}
				}
				floored[name+"."+scale] = max(sd, unfloored)
			}
		}
	}
	return cold, floored
}

// decided is the answer of a condition where what reads cold statistics is not
// known (three-valued logic, S. C. Kleene 1938).
func decided(x plan.Expr, r *row, cold []string) (holds, known bool) {
	join := func(xs []plan.Expr, stop bool) (bool, bool) {
		all := true
		for _, e := range xs {
			v, ok := decided(e, r, cold)
			if ok && v == stop {
				return stop, true
			}
			all = all && ok
		}
		return !stop, all
	}
	switch x := x.(type) {
	case *plan.And:
		return join(x.Xs, false)
	case *plan.Or:
		return join(x.Xs, true)
	case *plan.Not:
		v, ok := decided(x.X, r, cold)
		return !v, ok
	case *plan.Named:
		return decided(x.X, r, cold)
	}
	if readsCold(x, cold) {
		return false, false
	}
	return r.holds(x), true
}

// readsCold reports whether an expression reads statistics that are missing because
// there are too few samples. How many there are is known.
func readsCold(x plan.Expr, cold []string) bool {
	found := false
	plan.Walk(x, func(e plan.Expr) bool {
		if col, ok := e.(*plan.Col); ok {
			name, member, has := strings.Cut(col.Column.Name, ".")
			for _, c := range cold {
				found = found || has && c == name && member != "n"
			}
		}
		return !found
	})
	return found
}
