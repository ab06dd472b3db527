package lint

import (
	"math"
	"slices"

	"github.com/detlang/det/compiler/plan"
)

var ownSample = Lint{
	Code: "L200", Name: "own-sample", Category: Statistics, Level: Warning,
	Summary: "a value judged by the mean and deviation of a sample that it is part of",
	Why: "An outlier raises the mean and the deviation that it is held against. With n values no z can pass (n−1)/√n: " +
		"2.85 with 10, 2.04 with 6. A baseline or peers leave the judged value out.",
	Avoid: `import std.web

rule large_answer {
  from web_access
  window 1h by ip { top = max(bytes), middle = avg(bytes), spread = stddev(bytes) }
  when (top - middle) / spread > 3
}
`,
	Prefer: `import std.web

rule large_answer {
  from web_access
  window 1h by ip { top = max(bytes) }
  baseline usual of top over 14d min 10 floor 1000
  when zscore(top, usual) > 3
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, z := range r.ownScores() {
			if !z.dead {
				p.Tell(z.at.Span(), "this value is part of the sample that it is judged by")
			}
		}
	},
}

// ownScore is a score of a value within its own sample, and a condition on it.
type ownScore struct {
	at   plan.Expr // the comparison
	dead bool      // it is never reached
	most float64   // the largest score that there can be
	n    float64   // with so many values
}

// ownScores finds comparisons of (x − mean) / deviation where all three are
// aggregates of one expression in one window. Where the conditions bound the
// number of rows, so is the score: by (n−1)/√n with the deviation of a sample and
// by √(n−1) with that of a population (Shiffler 1988).
func (r *Rule) ownScores() []ownScore {
	var out []ownScore
	if r.verdict().kind != possible {
		return nil
	}
	for _, st := range r.Plan.Stages {
		if st.Cond == nil {
			continue
		}
		all := append(r.before(st), st.Cond)
		plan.Walk(st.Cond, func(x plan.Expr) bool {
			o, ok := x.(*plan.Op)
			if !ok || len(o.Args) != 2 || complement[o.Op] == "" {
				return true
			}
			q, ok := bare(o.Args[0]).(*plan.Op)
			limit, isConst := number(o.Args[1])
			if !ok || !isConst || q.Op != "/" || o.Op != ">" && o.Op != ">=" {
				return true
			}
			d, ok := bare(q.Args[0]).(*plan.Op)
			if !ok || d.Op != "-" {
				return true
			}
			v, mean, dev := r.aggregate(d.Args[0]), r.aggregate(d.Args[1]), r.aggregate(q.Args[1])
			if v == nil || mean == nil || dev == nil || mean.agg.Spec.Name != "avg" || !slices.Contains(inSample, v.agg.Spec.Name) {
				return true
			}
			sample := dev.agg.Spec.Name == "stddev"
			if !sample && dev.agg.Spec.Name != "stddev_pop" || measured(v) == "" || measured(v) != measured(mean) || measured(v) != measured(dev) {
				return true
			}
			z := ownScore{at: o, most: math.Inf(1), n: r.rows(all, v.of)}
			if !math.IsInf(z.n, 1) {
				z.most = math.Sqrt(z.n - 1)
				if sample {
					z.most = (z.n - 1) / math.Sqrt(z.n)
				}
			}
			z.dead = limit > z.most || limit == z.most && o.Op == ">"
			out = append(out, z)
			return true
		})
	}
	return out
}

// inSample are the aggregates that give a value of the sample, or one between two.
var inSample = []string{"max", "min", "first", "last", "median", "percentile"}

// measured is what an aggregate is of, as text.
func measured(f *fact) string {
	if len(f.agg.Args) == 0 || f.agg.Args[0].Col < 0 {
		return ""
	}
	return plan.String(unnamed(f.of.Inputs[f.agg.Args[0].Col]))
}

// rows is how many rows a window has, at most, where conditions hold.
func (r *Rule) rows(given []plan.Expr, window *plan.Stage) float64 {
	most := math.Inf(1)
	for _, c := range window.Out {
		f := r.columnFacts()[c]
		if f.agg != nil && f.agg.Spec.Name == "count" && len(f.agg.Args) == 0 {
			most = min(most, r.span(&plan.Col{Column: c}, given).hi)
		}
	}
	return most
}
