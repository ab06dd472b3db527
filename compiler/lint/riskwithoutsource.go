package lint

var riskWithoutSource = Lint{
	Code: "L117", Name: "risk-of-nobody", Category: Dead, Level: Info,
	Summary: "a rule over risk where no rule adds to it",
	Why:     "The stream of risk is empty, so the rule never fires, unless a ledger of risk is read. Looked at where whole folders are linted.",
	Avoid: `import std.antivirus

rule malware {
  from antivirus
  when severity == "high"
}

rule risky {
  from risk
  window 24h every 1h by entity { total = sum(score) }
  when total >= 100
}
`,
	Prefer: `import std.antivirus

rule malware {
  from antivirus
  when severity == "high"
  risk 40 on user(user)
}

rule risky {
  from risk
  window 24h every 1h by entity { total = sum(score) }
  when total >= 100
}
`,
	Rule: func(p *Pass, r *Rule) {
		if rules, whole := r.File.Set.contributors(); whole && len(rules) == 0 && r.Plan.From.Risk {
			p.Tell(r.Plan.From.At, "no rule adds to risk")
		}
	},
}
