package lint

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var caseDistinct = Lint{
	Code: "L502", Name: "case-varying-distinct", Category: Robustness, Level: Warning,
	Summary: "counting different values of a field that is the same in any case",
	Why:     "Texts are distinct by their bytes, so Example.com and example.com are counted as two.",
	Avoid: `import std.dns

rule many_names {
  from dns
  window 5m by src_ip { names = count_distinct(query) }
  when names > 500
}
`,
	Prefer: `import std.dns

rule many_names {
  from dns
  window 5m by src_ip { names = count_distinct(lower(query)) }
  when names > 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			for i := range l.plan.Args.Aggs {
				a := &l.plan.Args.Aggs[i]
				if !strings.HasSuffix(a.Spec.Name, "count_distinct") || len(a.Args) == 0 || a.Args[0].Col < 0 {
					continue
				}
				c, ok := l.plan.Inputs[a.Args[0].Col].(*plan.Col)
				if ok && c.Type().Kind == types.String && len(c.Column.Enum) == 0 && !r.derived(c.Column) && r.anyCase(c.Column.Name) {
					p.mend(p.Tell(c.At, "%s is the same in any case", c.Column.Name), c.At, "lower("+c.At.Text()+")")
				}
			}
		}
	},
}
