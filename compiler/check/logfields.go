package check

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
)

// logFields are the fields that the events of a rule's log source have, as far as the
// mappings name them.
type logFields struct {
	names []string
	under []string // prefixes of fields of any name
	open  bool     // some events may have any others
}

// add adds those of a source: its own, and those of the sources that say less of
// what it says, which have its events too.
func (k *logFields) add(m *mapped, src *logSource) {
	k.open = k.open || src.open
	k.names = append(k.names, src.fields...)
	k.under = append(k.under, src.under...)
	for _, o := range m.sources {
		if o.parts != src.parts && o.parts.within(src.parts) {
			k.names = append(k.names, o.fields...)
			k.under = append(k.under, o.under...)
		}
	}
}

// misspelt reports whether the events have no field of that name, and what was
// probably meant. Where they may have others than those that are named, only what
// is nearly one of these is misspelt.
func (k *logFields) misspelt(name string) (meant string, ok bool) {
	if len(k.names) == 0 || slices.Contains(k.names, name) ||
		slices.ContainsFunc(k.under, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
		return "", false
	}
	if k.open {
		return diag.Slip(name, k.names)
	}
	meant, _ = diag.Nearest(name, k.names)
	return meant, true
}

// unmapped warns of a field that the events of the rule's log source do not have,
// where the mappings name those that they do.
func (r *ruleChecker) unmapped(name string, at *ast.Ident) {
	meant, ok := r.known.misspelt(name)
	if !ok {
		return
	}
	d := r.c.diags.Warnf("D0908", at.At, "the events of this log source have no field %s, as far as the mappings know", name)
	if meant != "" {
		d.Hint = "did you mean " + meant + "?"
	}
}
