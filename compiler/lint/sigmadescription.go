package lint

import (
	"strings"
	"unicode/utf8"
)

var sigmaDescription = Lint{
	Code: "L804", Name: "sigma-short-description", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a Sigma rule without a description, or with one of a word or two",
	Why:     "What was seen, why it matters and what to do: whoever answers the alert reads it first.",
	Avoid: strings.Replace(sigmaExample(sigmaID, sigmaDetection),
		"description: Copies of the volume are deleted before files are encrypted.\n", "description: Bad\n", 1),
	Prefer: sigmaExample(sigmaID, sigmaDetection),
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma && utf8.RuneCountInString(r.Plan.Meta.Description) < 16 {
			p.Tell(r.at("description"), "the description says nothing")
		}
	},
}
