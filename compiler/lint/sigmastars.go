package lint

import (
	"regexp"
	"strings"
	"unicode"
)

var sigmaStars = Lint{
	Code: "L807", Name: "sigma-idle-star", Category: Sigma, Level: Warning, Ext: ".yml",
	Summary: "a star at the ends of a value whose modifier has it already",
	Why:     "contains puts a star before and behind, startswith behind, endswith before. One more changes nothing, or was meant as a character.",
	Avoid: sigmaExample(sigmaID, `    selection:
        Image|endswith: '*\vssadmin.exe'
        CommandLine|contains: delete
    condition: selection
`),
	Prefer: sigmaExample(sigmaID, sigmaDetection),
	Fixes:  true,
	Rule: func(p *Pass, r *Rule) {
		if !r.File.Sigma || !strings.Contains(r.yaml(), "*") {
			return
		}
		at, modifier, indent, plain := 0, "", -1, false
		for l := range strings.Lines(r.yaml()) {
			body := strings.TrimLeft(l, " ")
			depth := len(l) - len(body)
			if key, ok := yamlField(body); ok {
				modifier, indent, plain = "", depth, true
				for _, mod := range strings.Split(key, "|")[1:] {
					if mod == "contains" || mod == "startswith" || mod == "endswith" {
						modifier = mod
					} else if mod != "all" && mod != "cased" {
						plain = false // what it makes of a star is its own matter
					}
				}
			} else if !strings.HasPrefix(body, "-") && strings.TrimSpace(body) != "" && !strings.HasPrefix(body, "#") {
				modifier = ""
			}
			if modifier != "" && depth >= indent && strings.Contains(l, "*") {
				if m := yamlValue.FindStringSubmatchIndex(l); m != nil && idleStar(modifier, l[m[2]:m[3]]) {
					value := l[m[2]:m[3]]
					d := p.Tell(r.yamlAt(at+m[2], at+m[3]), "%s has this star already", modifier)
					if fixed := withoutStars(modifier, value); plain && fixed != "" {
						p.rewrite(d, r.yamlAt(at+m[2], at+m[3]), value, fixed)
					}
				}
			}
			at += len(l)
		}
	},
}

// idleStar reports whether a value has a star where its modifier puts one.
func idleStar(modifier, s string) bool {
	if len(s) < 3 || strings.HasSuffix(s, `\*`) {
		return false
	}
	begins, ends := s[0] == '*', s[len(s)-1] == '*'
	return begins && modifier != "startswith" || ends && modifier != "endswith"
}

// withoutStars is a value without the stars that its modifier puts, or "" where one
// of them may be a character.
func withoutStars(modifier, s string) string {
	if modifier != "startswith" {
		s = strings.TrimLeft(s, "*")
	}
	if modifier != "endswith" {
		s = strings.TrimRight(s, "*")
	}
	if strings.HasSuffix(s, `\`) || strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "" // an escape, or the star of a keycap
	}
	return s
}

// yamlField is the key with which a line begins, modifiers included.
func yamlField(line string) (key string, ok bool) {
	key, _, ok = strings.Cut(strings.TrimPrefix(line, "- "), ":")
	return key, ok && !strings.ContainsAny(key, " '\"#")
}

var yamlValue = regexp.MustCompile(`(?:: |- )\s*['"]([^'"]+)['"]\s*$`)
