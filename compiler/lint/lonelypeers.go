package lint

import "github.com/detlang/det/compiler/plan"

var lonelyPeers = Lint{
	Code: "L113", Name: "lonely-peers", Category: Dead, Level: Error,
	Summary: "peers that are grouped so finely that nobody has any",
	Why: "The peers of a key are the other keys of its group. Where the group is named by all keys of the window, each is " +
		"alone in its group, and the rule is silent.",
	Avoid: `import std.auth

rule odd_one_out {
  from authentication
  window 1h by user { failed = count() }
  peers crowd of failed by user min 8 floor 1.0
  when zscore(failed, crowd) > 3
}
`,
	Prefer: `import std.auth

rule odd_one_out {
  from authentication
  window 1h by user, department { failed = count() }
  peers crowd of failed by department min 8 floor 1.0
  when zscore(failed, crowd) > 3
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
			if l.ast.Name.Name != "peers" || window == nil {
				continue
			}
			if _, by := l.plan.Args.Clauses["by"]; by && len(window.Args.Clauses["by"]) > 0 && sameKeys(window, l.plan) {
				p.Tell(l.ast.At, "each key is alone in its group: there are no peers")
			}
		}
	},
}
