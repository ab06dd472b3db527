package lang

import (
	"os"
	"testing"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// parseClean parses text that must have no errors.
func parseClean(t testing.TB, text string) *ast.File {
	t.Helper()
	var diags diag.List
	tree := Parse(source.New("test.det", text), &diags)
	for _, d := range diags.All {
		t.Errorf("%s: %s %s", d.Span, d.Code, d.Message)
	}
	if t.Failed() {
		t.Fatalf("in:\n%s", text)
	}
	return tree
}

// TestShapes parses the examples from which the language was designed.
func TestShapes(t *testing.T) {
	text, err := os.ReadFile("testdata/shapes.det")
	if err != nil {
		t.Fatal(err)
	}
	if tree := parseClean(t, string(text)); len(tree.Decls) != 10 {
		t.Errorf("got %d declarations, want 10", len(tree.Decls))
	}
}
