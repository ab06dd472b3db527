package lint

import (
	"math"

	"github.com/detlang/det/compiler/plan"
)

var aboveCaps = Lint{
	Code: "L116", Name: "risk-above-caps", Category: Dead, Level: Warning,
	Summary: "a threshold of risk above the sum of all caps",
	Why: "capped_sum adds at most the cap for each rule, and only so many rules add to risk. Looked at where whole folders " +
		"are linted, since rules elsewhere may add, too, as may a ledger of risk.",
	Avoid: `import std.antivirus

rule malware {
  from antivirus
  when severity == "high"
  risk 40 on user(user)
}

rule risky {
  from risk
  window 24h every 1h by entity { total = capped_sum(score, cap: 60, per: rule) }
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
  window 24h every 1h by entity { total = capped_sum(score, cap: 60, per: rule) }
  when total >= 60
}
`,
	Rule: tellVerdict(overCaps, "%s: all caps together are less", "raise the cap, add rules, or lower the threshold"),
}

// contributors are the rules that add to risk, if the set is whole.
func (s *Set) contributors() (rules []*plan.Rule, whole bool) {
	if !s.Config.Whole || s.Diags.Errors() > 0 {
		return nil, false
	}
	for _, r := range s.Plan.Rules {
		if len(r.Alert.Risk) > 0 {
			rules = append(rules, r)
		}
	}
	return rules, true
}

// riskVariety is how many values a column of the stream of risk has, at most.
func (r *Rule) riskVariety(name string) float64 {
	rules, whole := r.File.Set.contributors()
	if !whole || !r.Plan.From.Risk {
		return math.Inf(1)
	}
	seen := map[string]bool{}
	for _, c := range rules {
		for _, k := range c.Alert.Risk {
			switch name {
			case "rule":
				seen[c.Name] = true
			case "stage":
				if k.Stage != "" {
					seen[k.Stage] = true
				}
			case "category":
				if k.Category != "" {
					seen[k.Category] = true
				}
			case "level":
				seen[c.Meta.Level] = true
			case "entity_type":
				seen[k.EntityType] = true
			default:
				return math.Inf(1)
			}
		}
	}
	return float64(len(seen))
}
