package sigma

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// bothWays reads a document with and without the YAML library, and reports whether
// it was read without. Places are compared on demand: those of the library are not
// right everywhere.
func bothWays(t *testing.T, text string, places bool) bool {
	t.Helper()
	f := source.New("rule.yml", text)
	fast := false
	for _, p := range parts(text) {
		got, ok := readBlock(f, p)
		if !ok {
			continue
		}
		fast = true
		var diags diag.List
		want := readLibrary(f, p, &diags)
		if len(diags.All) > 0 {
			t.Fatalf("%q: the library says: %v", p.text, diags.All)
		}
		if w, g := shown(want, places), shown(got, places); !reflect.DeepEqual(w, g) {
			t.Fatalf("%q: the library (-) and the reader of blocks (+):\n%s", p.text, cmp.Diff(w, g))
		}
	}
	return fast
}

// shownNode is a node for comparison.
type shownNode struct {
	Form   string
	Text   string
	Plain  bool
	At     int
	Stands string
	Below  []shownNode
}

func shown(n *node, places bool) shownNode {
	if n == nil {
		return shownNode{}
	}
	s := shownNode{Form: n.form.String(), Text: n.text, Plain: n.plain}
	if places && n.form != null {
		s.At, s.Stands = n.at.Start, n.at.Text()
	}
	for _, x := range n.items {
		s.Below = append(s.Below, shown(x, places))
	}
	for _, f := range n.fields {
		s.Below = append(s.Below, shown(f.key, places), shown(f.value, places))
	}
	return s
}

// TestBlockPublicRules holds the two readers against each other over all public
// rules, nearly all of which are read without the library.
func TestBlockPublicRules(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "data", "sigma", "rules")
	files, fast := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !Is(path) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if bothWays(t, string(text), true) {
			fast++
		} else {
			t.Log(path)
		}
		return nil
	})
	if os.IsNotExist(err) {
		if os.Getenv("DET_DEMAND_DATA") == "1" {
			t.Fatal(err)
		}
		t.Skip("the public rules are not here: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d without the library", fast, files)
	if fast < files*95/100 {
		t.Errorf("%d of %d files were read without the library", fast, files)
	}
}

// TestBlock are the forms that are read without the library, and some that are not.
func TestBlock(t *testing.T) {
	for _, x := range []struct {
		text string
		fast bool
	}{
		{"a: b\n", true},
		{"a: b", true},
		{"\n# a rule\na: b # why\n\n# end\n", true},
		{"a:\nb:\n- c\n- d: e\n  f: g\n-\n  h:\n", true},
		{"a:\n  - b\n  -\n    - c\n  - d\ne:\n", true},
		{"a: 'it''s' # x\nb: '' \nc: ''''\nd: \"q\\\\ \\\"\"\n'e f': g\n", true},
		{"a: one\n  two\n\n  three\n\n\n  four\nb: five # six\n", true},
		{"a: |\n  one\n   two\n\n  three\n\nb: |-\n    # four\n    five\n\n# six\nc: |\n  seven", true},
		{"- one\n- two: three\n", true},
		{"a: null\nb: ~\nc: 010\nd: no\ne: 2024-01-01\nf: 1.50\n", true},
		{"a|contains|all:\n    - b:c\n    - d#e\n    - http://f\n", true},
		{"first: 1\n---\nsecond: 2\n--- \nthird: 3\n", true},
		{"a: {b: c}\n", false},
		{"a: [b]\n", false},
		{"a: &x b\n", false},
		{"a: *x\n", false},
		{"a: !!str 1\n", false},
		{"a: >\n  b\n", false},
		{"a: |2\n   b\n", false},
		{"a: \"\\n\"\n", false},
		{"a: 'one\n  two'\n", false},
		{"a: b\na: c\n", false},
		{"a: b: c\n", false},
		{"a: b\n  c: d\n", false},
		{"a:\n    b: c\n  d: e\n", false},
		{"\ta: b\n", false},
		{"a: b\r\n", false},
		{"<<: b\n", false},
		{"a<<: b\n", false},
		{"? a\n: b\n", false},
		{"", false},
	} {
		if fast := bothWays(t, x.text, true); fast != x.fast {
			t.Errorf("%q: read without the library: %v, want %v", x.text, fast, x.fast)
		}
	}
}

// FuzzBlock holds the two readers against each other. Brackets that the library's
// guard against nesting counts, but that are text, are left out.
func FuzzBlock(f *testing.F) {
	for _, s := range []string{
		"title: T\ndetection:\n  sel:\n    Image|endswith:\n      - 'a.exe'\n      - \"b\"\n    C: |\n      x\n  condition: sel\n",
		"a: one\n  two\n\n  three\n", "- a\n-\n  - b\n- c: d\n  e:\n  - f\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		opened := strings.Count(text, "[") + strings.Count(text, "{")
		if len(text) < 1<<12 && opened < maxDepth && strings.ToValidUTF8(text, "") == text {
			bothWays(t, text, false)
		}
	})
}
