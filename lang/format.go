package lang

import (
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Format rewrites a file in canonical form: a stage a line, two spaces for each
// brace, single spaces between words, at most one empty line, and lines that are
// broken, where they can be, to keep to 100 columns. Every comment stays, and the
// meaning is the same. A file with syntax errors comes back as it is, with the
// errors in diags and false.
func Format(f *source.File, diags *diag.List) (string, bool) {
	errors := diags.Errors()
	tree := Parse(f, diags)
	if diags.Errors() > errors {
		return f.Text, false
	}
	return Print(tree), true
}
