package lint

var unusedBaseline = Lint{
	Code: "L128", Name: "unused-baseline", Category: Dead, Level: Warning,
	Summary: "a baseline or peers of which nothing is read",
	Why:     "It keeps the history of every key for nothing, and the rule compares with less than it seems to.",
	Avoid: `import std.auth

rule guessing {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10 floor 1.0
  when failed >= 20
}
`,
	Prefer: `import std.auth

rule guessing {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  baseline usual of failed over 30d min 10 floor 1.0
  when failed >= 20 and zscore(failed, usual) > 3
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("baseline", "peers") {
			if name := l.plan.Args.Bound; r.uses(nil)[name] == 0 {
				p.remove(p.Tell(l.ast.At, "nothing reads %s", name), l.ast.At)
			}
		}
	},
}
