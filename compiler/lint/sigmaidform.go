package lint

var sigmaIDForm = Lint{
	Code: "L801", Name: "sigma-id-form", Category: Sigma, Level: Warning, Ext: ".yml",
	Summary: "an id of a Sigma rule that is no UUID",
	Why:     "The specification asks for a UUID, version 4, so that rules of different people never collide.",
	Avoid:   sigmaExample("id: shadow-copies-1\n", sigmaDetection),
	Prefer:  sigmaExample(sigmaID, sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if id := r.Plan.Meta.ID; r.File.Sigma && id != "" && !uuid.MatchString(id) {
			p.Tell(r.at("id"), "this is no UUID")
		}
	},
}
