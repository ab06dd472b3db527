package lint

import (
	"regexp"
	"strings"
)

var sigmaThem = Lint{
	Code: "L805", Name: "sigma-of-them", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a condition over all selections, whatever they are",
	Why: "`1 of them` takes in every selection that is added later, a filter, too. A pattern such as selection_* says " +
		"which are meant.",
	Avoid: sigmaExample(sigmaID, `    selection_tool:
        Image|endswith: '\vssadmin.exe'
        CommandLine|contains: delete
    selection_wmi:
        CommandLine|contains: 'shadowcopy delete'
    condition: 1 of them
`),
	Prefer: sigmaExample(sigmaID, `    selection_tool:
        Image|endswith: '\vssadmin.exe'
        CommandLine|contains: delete
    selection_wmi:
        CommandLine|contains: 'shadowcopy delete'
    condition: 1 of selection_*
`),
	Rule: func(p *Pass, r *Rule) {
		if !r.File.Sigma || !strings.Contains(r.yaml(), " of them") {
			return
		}
		for _, m := range ofThem.FindAllStringSubmatchIndex(r.yaml(), -1) {
			p.Tell(r.yamlAt(m[2], m[3]), "this takes in every selection, also those that are added later").Hint = "name a pattern: 1 of selection_*"
		}
	},
}

var ofThem = regexp.MustCompile(`(?m)^\s+condition:.*?\b((?:1|any|all) of them)\b`)
