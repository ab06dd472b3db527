package lint

import "strings"

var sigmaNoLevel = Lint{
	Code: "L803", Name: "sigma-without-level", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a Sigma rule without a level",
	Why:     "The specification asks for one. Without it alerts are of level medium, which nobody chose.",
	Avoid:   strings.Replace(sigmaExample(sigmaID, sigmaDetection), "level: high\n", "", 1),
	Prefer:  sigmaExample(sigmaID, sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma && len(r.written("level")) == 0 {
			p.Tell(r.Block.Name.At, "this rule has no level")
		}
	},
}
