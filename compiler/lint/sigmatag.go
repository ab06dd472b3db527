package lint

import (
	"slices"
	"strings"
)

var sigmaTag = Lint{
	Code: "L808", Name: "sigma-tag", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a tag of a Sigma rule without a namespace, or with an unknown one",
	Why: "The specification has attack, car, cve, d3fend, detection, stp and tlp. A tag such as T1490 alone is not found by " +
		"whoever looks for attack.t1490.",
	Avoid:  sigmaExample(sigmaID+"tags:\n    - t1490\n", sigmaDetection),
	Prefer: sigmaExample(sigmaID+"tags:\n    - attack.t1490\n", sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if !r.File.Sigma {
			return
		}
		elems, tags := r.metaList("tags")
		for i, tag := range tags {
			space, rest, ok := strings.Cut(tag, ".")
			if !ok || rest == "" || !slices.Contains([]string{"attack", "car", "cve", "d3fend", "detection", "stp", "tlp"}, strings.ToLower(space)) {
				p.Tell(elems[i].Span(), "%s is in no namespace of the specification", tag)
			}
		}
	},
}
