package lint

import "strings"

var sigmaNoStatus = Lint{
	Code: "L802", Name: "sigma-without-status", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a Sigma rule without a status",
	Why:     "It says whether the rule is on trial (experimental, test) or may wake somebody up (stable).",
	Avoid:   strings.Replace(sigmaExample(sigmaID, sigmaDetection), "status: test\n", "", 1),
	Prefer:  sigmaExample(sigmaID, sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma && len(r.written("status")) == 0 {
			p.Tell(r.Block.Name.At, "this rule has no status")
		}
	},
}
