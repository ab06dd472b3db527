package lint

import (
	"regexp"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

var caseKey = Lint{
	Code: "L501", Name: "case-varying-key", Category: Robustness, Level: Warning,
	Summary: "grouping by a field that is the same in any case",
	Why: "Keys are exact. Names of hosts, domains, mail addresses and, on Windows, paths and users are the same in any " +
		"case, so one of them is spread over several groups, each below the threshold: an easy way around.",
	Avoid: `import std.dns

rule many_hosts {
  from dns
  window 5m by query max 100_000 keys { clients = count_distinct(src_ip) }
  when clients > 500
}
`,
	Prefer: `import std.dns

rule many_hosts {
  from dns
  window 5m by lower(query) max 100_000 keys { clients = count_distinct(src_ip) }
  when clients > 500
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		for _, l := range r.stages("window") {
			by := l.ast.Clause("by")
			if by == nil {
				continue
			}
			for i, k := range l.plan.Args.Clauses["by"] {
				if k.Col < 0 || i >= len(by.Args) {
					continue
				}
				x := l.plan.Inputs[k.Col]
				c, ok := x.(*plan.Col)
				if ok && c.Type().Kind == types.String && len(c.Column.Enum) == 0 && !r.derived(c.Column) && r.anyCase(c.Column.Name) {
					at := by.Args[i].Value.Span()
					p.mend(p.Tell(at, "%s is the same in any case, but keys are exact", c.Column.Name), at, "lower("+at.Text()+")")
				}
			}
		}
	},
}

// anyCase reports whether a field holds what is the same in any case.
func (r *Rule) anyCase(name string) bool {
	if r.Plan.From.Schema == nil {
		return false
	}
	switch r.Plan.From.Schema.Name {
	case "process_creation":
		return caselessOnWindows.MatchString(name)
	case "dns":
		return name == "query"
	}
	return caseless.MatchString(name)
}

// derived reports whether a column is not as events have it.
func (r *Rule) derived(c *plan.Column) bool {
	for _, s := range r.Plan.From.Columns {
		if s == c {
			return r.Plan.From.Schema == nil
		}
	}
	return true
}

var (
	caseless          = regexp.MustCompile(`(?i)^(.*[._])?(domain|domain_?name|fqdn|host_?name|e?mail|e?mail_?address|sender|recipient)$`)
	caselessOnWindows = regexp.MustCompile(`^(Image|ParentImage|User|ParentUser|Computer|CurrentDirectory|OriginalFileName)$`)
)
