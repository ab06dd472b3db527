package lint

import (
	"slices"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Apply makes the fixes of one file, the first of those that overlap, and tells
// how many it made.
func Apply(f *source.File, diags []diag.Diagnostic) (text string, made int) {
	var edits []*diag.Edit
	for i := range diags {
		if e := diags[i].Fix; e != nil && e.Span.File == f {
			edits = append(edits, e)
		}
	}
	slices.SortStableFunc(edits, func(a, b *diag.Edit) int { return a.Span.Start - b.Span.Start })
	end := 0
	for _, e := range edits {
		if e.Span.Start < end {
			continue
		}
		text += f.Text[end:e.Span.Start] + e.Text
		end = e.Span.End
		made++
	}
	return text + f.Text[end:], made
}
