package lint

var zerosAsValues = Lint{
	Code: "L217", Name: "zeros-as-values", Category: Statistics, Level: Warning,
	Summary: "a baseline of an average or a least value in which windows without events count as 0",
	Why: "No events have a count of 0, but no average of 0. An account whose requests always take 100 ms has a mean of 4 ms " +
		"if it has requests in one hour of 24, and each further one is an anomaly. `fill skip` leaves those hours out.",
	Avoid: `import std.web

rule larger {
  from web_access
  window 1h by ip { typical = avg(bytes) }
  baseline usual of typical over 30d min 10 floor 1.0
  when zscore(typical, usual) > 3
}
`,
	Prefer: `import std.web

rule larger {
  from web_access
  window 1h by ip { typical = avg(bytes) }
  baseline usual of typical over 30d fill skip min 10 floor 1.0
  when zscore(typical, usual) > 3
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline") {
			of := l.plan.Args.Clauses["of"]
			if l.plan.Args.Has("fill") || len(of) == 0 || of[0].Col < 0 {
				continue
			}
			if f := r.aggregate(l.plan.Inputs[of[0].Col]); f != nil && levels[f.agg.Spec.Name] {
				p.Tell(l.ast.Clause("of").At, "of windows without events there is no %s, but they are samples of 0", f.agg.Spec.Name).Hint =
					"write fill skip, or fill zero if that is meant"
			}
		}
	},
}

// levels are the aggregates that say where values lie, not how many or how large they
// are at most.
var levels = map[string]bool{"avg": true, "min": true, "median": true, "percentile": true, "first": true, "last": true, "mode": true}
