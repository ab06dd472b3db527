package lsp

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
)

// maxInlay is the longest hint, in characters; the rest is in its tooltip.
const maxInlay = 100

// inlayHints show, behind each stage that gives other rows than it takes, the row
// that it gives.
func (d *document) inlayHints(within span) (any, error) {
	out := []inlayHint{}
	if d.sigma() {
		return out, nil
	}
	a := d.full()
	start, end := d.offset(within.Start), d.offset(within.End)
	for i := range a.uses.Scenes {
		s := &a.uses.Scenes[i]
		at := s.Stage.At
		if !s.Flows || at.File != a.file || at.End < start || at.End > end {
			continue
		}
		var parts []string
		for _, col := range s.Row {
			if !strings.HasPrefix(col.Name, "$") {
				parts = append(parts, columnText(col))
			}
		}
		text := "→ " + strings.Join(parts, ", ")
		hint := inlayHint{Position: d.position(at.End), Label: text, Kind: 1, PaddingLeft: true}
		if r := []rune(text); len(r) > maxInlay {
			hint.Label = string(r[:maxInlay-1]) + "…"
			hint.Tooltip = markdown(strings.Join(parts, "  \n"))
		}
		out = append(out, hint)
	}
	return out, nil
}

func columnText(c *plan.Column) string { return c.Name + ": " + c.Type.String() }
