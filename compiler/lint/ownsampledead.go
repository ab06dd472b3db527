package lint

var ownSampleDead = Lint{
	Code: "L115", Name: "unreachable-score", Category: Dead, Level: Error,
	Summary: "a threshold that no value can pass within its own sample",
	Why: "With n values no z of one of them can pass (n−1)/√n, however far out it lies: with at most 6 rows that is 2.04, " +
		"so z > 3 never holds.",
	Avoid: `import std.web

rule large_answer {
  from web_access
  window 1h by ip {
    asked = count(),
    top = max(bytes),
    middle = avg(bytes),
    spread = stddev(bytes)
  }
  when (top - middle) / spread > 3 and asked <= 6
}
`,
	Prefer: `import std.web

rule large_answer {
  from web_access
  window 1h by ip { asked = count(), top = max(bytes) }
  baseline usual of top over 14d min 10 floor 1000
  when zscore(top, usual) > 3 and asked <= 6
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, z := range r.ownScores() {
			if z.dead {
				p.Tell(z.at.Span(), "of %g values none scores above %.2f in its own sample", z.n, z.most)
			}
		}
	},
}
