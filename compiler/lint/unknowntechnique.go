package lint

import (
	"strconv"
	"strings"

	"github.com/detlang/det/stdlib"
)

var unknownTechnique = Lint{
	Code: "L710", Name: "unknown-technique", Category: Metadata, Level: Warning,
	Summary: "an ATT&CK id that does not exist",
	Why: "Coverage is counted from these ids. The list that ships is that of ATT&CK for Enterprise 17; ids of later " +
		"versions, and of the matrices for mobile devices and industry, are let pass.",
	Avoid: `import std.web

rule errors {
  attack [T1190, T1059.099]
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  attack [T1190, T1059.007]
  from web_access
  when status >= 500
}
`,
	Rule: func(p *Pass, r *Rule) {
		elems, ids := r.metaList("attack")
		for i, id := range ids {
			if !attackExists(strings.ToUpper(id)) {
				p.Tell(elems[i].Span(), "ATT&CK has no %s", id)
			}
		}
	},
}

// attackExists reports whether an id may exist: it is on the list, was, or lies
// where the list does not reach.
func attackExists(id string) bool {
	if _, was := stdlib.Revoked()[id]; was || stdlib.Techniques()[id].ID != "" {
		return true
	}
	if n, ok := strings.CutPrefix(id, "TA"); ok {
		v, err := strconv.Atoi(n)
		return err != nil || v >= 1 && v <= 11 || v >= 27 && v <= 43 || v >= 100 && v < 200
	}
	parent, sub, isSub := strings.Cut(id, ".")
	n, err := strconv.Atoi(strings.TrimPrefix(parent, "T"))
	if err != nil || !strings.HasPrefix(id, "T") {
		return true // groups and software
	}
	if n >= 800 && n < 900 || n > 1397 && n < 1900 && stdlib.Techniques()[parent].ID == "" {
		return true // industry, mobile devices, later versions
	}
	if !isSub || stdlib.Techniques()[parent].ID == "" {
		return false
	}
	last := 0
	for known := range stdlib.Techniques() {
		if s, ok := strings.CutPrefix(known, parent+"."); ok {
			if v, err := strconv.Atoi(s); err == nil {
				last = max(last, v)
			}
		}
	}
	v, err := strconv.Atoi(sub)
	return err == nil && v > last && v <= last+10 // later versions add at the end
}
