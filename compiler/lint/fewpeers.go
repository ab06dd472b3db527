package lint

import "github.com/detlang/det/compiler/plan"

var fewPeers = Lint{
	Code: "L114", Name: "too-few-peers", Category: Dead, Level: Error,
	Summary: "peers that want more members than there are keys",
	Why:     "The schema says which values the key has. The judged one is left out of its own sample, so one fewer remain.",
	Avoid: `import std.auth

rule odd_outcome {
  from authentication
  window 1h by outcome { logins = count() }
  peers others of logins min 8
  when logins > others.max
}
`,
	Prefer: `import std.auth

rule odd_outcome {
  from authentication
  window 1h by outcome { logins = count() }
  peers others of logins min 3
  when logins > others.max
}
`,
	Rule: func(p *Pass, r *Rule) {
		var window *plan.Stage
		for _, l := range r.lines {
			if l.plan == nil {
				continue
			}
			if l.plan.Fresh {
				window = l.plan
			}
			if l.ast.Name.Name != "peers" || window == nil || len(window.Args.Clauses["by"]) != 1 {
				continue
			}
			for _, c := range window.Out {
				if c.Name != window.Args.Clauses["by"][0].Name {
					continue
				}
				n := int64(len(r.columnFacts()[c].values))
				if least := leastSamples(l.plan); n > 0 && least > n-1 {
					p.Tell(l.ast.At, "this wants %d others, but %s has %d values", least, c.Name, n).Hint = "lower `min`"
				}
			}
		}
	},
}
