package lint

import (
	"regexp"
	"strings"
)

var sigmaTimeframe = Lint{
	Code: "L810", Name: "sigma-idle-timeframe", Category: Sigma, Level: Warning, Ext: ".yml",
	Summary: "a timeframe that no aggregation reads",
	Why:     "It belonged to conditions with a bar (`| count() > 5`). Without one it does nothing; a correlation counts over time.",
	Avoid:   sigmaExample(sigmaID, strings.Replace(sigmaDetection, "    condition", "    timeframe: 5m\n    condition", 1)),
	Prefer:  sigmaExample(sigmaID, sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if !r.File.Sigma || !strings.Contains(r.yaml(), "timeframe:") || barred.MatchString(r.yaml()) {
			return
		}
		if m := timeframe.FindStringIndex(r.yaml()); m != nil {
			p.Tell(r.yamlAt(m[0], m[1]), "nothing reads this")
		}
	},
}

var (
	timeframe = regexp.MustCompile(`(?m)^ +timeframe:.*$`)
	barred    = regexp.MustCompile(`(?m)^ +condition:[^#]*\|`)
)
