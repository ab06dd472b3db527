package lint

import "strings"

var sigmaFalsePositives = Lint{
	Code: "L809", Name: "sigma-no-false-positives", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a Sigma rule that claims to have no false positives",
	Why:     "Every rule has some. `Unlikely` or `Unknown` is honest; what they are is useful.",
	Avoid:   sigmaExample(sigmaID+"falsepositives:\n    - None\n", sigmaDetection),
	Prefer:  sigmaExample(sigmaID+"falsepositives:\n    - Backup software that rotates its copies\n", sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if !r.File.Sigma {
			return
		}
		elems, list := r.metaList("falsepositives")
		for i, s := range list {
			if s := strings.ToLower(strings.Trim(s, ". ")); s == "none" || s == "no" || s == "n/a" {
				p.Tell(elems[i].Span(), "every rule has some")
			}
		}
	},
}
