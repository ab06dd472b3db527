package det_test

import (
	"strings"
	"testing"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
)

// TestCodeExamples compiles the examples of the catalogue: the wrong one earns its
// code, and the right one compiles without a word.
func TestCodeExamples(t *testing.T) {
	for _, c := range diag.Codes {
		t.Run(c.ID, func(t *testing.T) {
			if c.Wrong != "" && !earns(c.Wrong, c.ID) {
				_, diags := det.Compiler{}.Sources(det.Source{Name: exampleName(c.Wrong), Text: c.Wrong})
				t.Errorf("the wrong example does not earn %s; it is told\n%s\nfor\n%s", c.ID, render(diags), c.Wrong)
			}
			if c.Right == "" {
				return
			}
			if _, diags := (det.Compiler{}).Sources(det.Source{Name: exampleName(c.Right), Text: c.Right}); len(diags.All) > 0 {
				t.Errorf("the right example is told\n%s\nfor\n%s", render(diags), c.Right)
			}
		})
	}
}

// exampleName is a name for an example: YAML begins with a key.
func exampleName(text string) string {
	if key, _, ok := strings.Cut(text, ":"); ok && !strings.ContainsAny(key, " \n") {
		return "example.yml"
	}
	return "example.det"
}

func earns(text, code string) bool {
	_, diags := det.Compiler{}.Sources(det.Source{Name: exampleName(text), Text: text})
	for _, d := range diags.All {
		if d.Code == code {
			return true
		}
	}
	return false
}

func render(diags *diag.List) string {
	var b strings.Builder
	diag.Render(&b, diags, diag.Options{})
	return b.String()
}
