package lang

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2/ebnf"

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

var update = flag.Bool("update", false, "rewrite what the tests compare with")

// TestGrammar keeps grammar.ebnf what the parser prints.
func TestGrammar(t *testing.T) {
	const name = "../grammar.ebnf"
	if *update {
		if err := os.WriteFile(name, []byte(Grammar()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != Grammar() {
		t.Error("grammar.ebnf is out of date: go test ./lang -update")
	}
}

// TestGrammarReads checks that the printed grammar is EBNF, and that every
// production and token that it names is explained.
func TestGrammarReads(t *testing.T) {
	tree, err := ebnf.ParseString(parser.String())
	if err != nil {
		t.Fatal(err)
	}
	productions := map[string]bool{}
	for _, p := range tree.Productions {
		productions[p.Production] = true
	}
	if !productions["File"] || !productions["Stage"] || !productions["Expression"] {
		t.Errorf("productions are missing from %v", productions)
	}
	for _, name := range regexp.MustCompile(`<\w+>`).FindAllString(parser.String(), -1) {
		if !strings.Contains(Grammar(), "   "+name+" ") {
			t.Errorf("%s is not explained", name)
		}
	}
}

// TestDefinition parses a whole file by participle alone, which takes the scanner
// and the token pass for its lexer.
func TestDefinition(t *testing.T) {
	text, err := os.Open("testdata/shapes.det")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	tree, err := parser.Parse("shapes.det", text)
	if err != nil || len(tree.Declarations) != 10 {
		t.Errorf("got %d declarations, %v", len(tree.Declarations), err)
	}
}

// fuzzSeeds are the shapes, the smallest wrong and right files of the catalogue,
// and some files that are hard on a parser.
func fuzzSeeds(f testing.TB) []string {
	shapes, err := os.ReadFile("testdata/shapes.det")
	if err != nil {
		f.Fatal(err)
	}
	seeds := []string{
		string(shapes), "", "\ufeff", "\xff", "rule x {", "}", "{{{{", "rule x { a ( [ { ) ] }", "const a = -+-not -1",
		"rule x { where a >\n from b\n when `c` // d\n }", "list a = [1, 'x', \"\\u{1F600}\", 10.0.0.0/8, 2024-01-01, // c\n]",
	}
	for _, c := range diag.Codes {
		if len(c.Wrong) < 1000 {
			seeds = append(seeds, c.Wrong, c.Right)
		}
	}
	return seeds
}

func FuzzParse(f *testing.F) {
	for _, seed := range fuzzSeeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var diags diag.List
		file := source.New("x.det", text)
		tree := Parse(file, &diags)
		if tree == nil || tree.Source != file {
			t.Fatal("no tree")
		}
		for _, d := range diags.All {
			if d.Span.File != file || d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(text) {
				t.Errorf("%s %q stands at %d to %d of %d", d.Code, d.Message, d.Span.Start, d.Span.End, len(text))
			}
			if _, ok := diag.Lookup(d.Code); !ok {
				t.Errorf("%s is not in the catalogue", d.Code)
			}
		}
		if diags.Errors() == 0 && strings.Contains(dump(tree), "BAD") {
			t.Error("something is bad, and no error was told")
		}
	})
}
