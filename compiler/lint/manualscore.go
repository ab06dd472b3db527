package lint

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

var manualScore = Lint{
	Code: "L207", Name: "score-by-hand", Category: Statistics, Level: Warning,
	Summary: "a z-score that is written out and divides by a deviation that can be zero",
	Why: "A history of equal values has a deviation of 0; the quotient is then missing and the rule silent, whatever " +
		"happens. zscore divides by no less than the floor, and shows what it used in the alert.",
	Avoid: `import std.auth

rule guessing {
  from authentication
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10
  when (failed - usual.mean) / usual.stddev > 3 and failed >= 5
}
`,
	Prefer: `import std.auth

rule guessing {
  from authentication
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10
  when zscore(failed, usual) > 3 and failed >= 5
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			d, ok := ast.Unparen(b.X).(*ast.Binary)
			if b.Op != "/" || !ok || d.Op != "-" {
				return
			}
			for name, f := range map[string]struct{ centre, spread string }{"zscore": {"mean", "stddev"}, "robust_zscore": {"median", "mad"}} {
				base, ok := strings.CutSuffix(dotted(b.Y), "."+f.spread)
				if ok && dotted(d.Y) == base+"."+f.centre {
					call := name + "(" + d.X.Span().Text() + ", " + base + ")"
					p.mend(p.Tell(b.Span(), "where the deviation is 0 this is missing; %s has a floor", name), b.Span(), call)
				}
			}
		})
	},
}
