package lint

var sigmaNoID = Lint{
	Code: "L800", Name: "sigma-without-id", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a Sigma rule without an id",
	Why:     "Other rules, filters and correlations refer to a rule by it, and it stays when the title changes.",
	Avoid:   sigmaExample("", sigmaDetection),
	Prefer:  sigmaExample(sigmaID, sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma && r.Plan.Meta.ID == "" {
			p.Tell(r.Block.Name.At, "this rule has no id")
		}
	},
}
