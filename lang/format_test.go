package lang

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// formatted formats text without errors.
func formatted(t testing.TB, text string) string {
	t.Helper()
	var diags diag.List
	out, ok := Format(source.New("test.det", text), &diags)
	if !ok {
		var b strings.Builder
		_ = diag.Render(&b, &diags, diag.Options{})
		t.Fatalf("%s\nin:\n%s", b.String(), text)
	}
	return out
}

// checkFormat formats text and checks what must hold of every formatting: the
// meaning and the comments are the same, and formatting again changes nothing.
func checkFormat(t testing.TB, text string) string {
	t.Helper()
	before := parseClean(t, text)
	out := formatted(t, text)
	after := parseClean(t, out)
	if d := cmp.Diff(dump(before), dump(after)); d != "" {
		t.Fatalf("the meaning changed: %s\nfrom:\n%s\nto:\n%s", d, text, out)
	}
	var a, b []string
	for _, c := range before.Comments {
		a = append(a, c.Text)
	}
	for _, c := range after.Comments {
		b = append(b, c.Text)
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Fatalf("the comments changed: %s\nfrom:\n%s\nto:\n%s", d, text, out)
	}
	if again := formatted(t, out); again != out {
		t.Fatalf("not idempotent: %s\nfrom:\n%s\nto:\n%s", cmp.Diff(out, again), text, out)
	}
	for i, l := range strings.Split(out, "\n") {
		if l != strings.TrimRight(l, " \t") {
			t.Errorf("line %d ends in space: %q", i+1, l)
		}
	}
	return out
}

// TestFormat compares the files of testdata/format: each holds an input and what
// it must become.
func TestFormat(t *testing.T) {
	files, err := filepath.Glob("testdata/format/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil || len(archive.Files) != 2 {
				t.Fatal("want two files, in and want", err)
			}
			got := checkFormat(t, string(archive.Files[0].Data))
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(string(archive.Files[1].Data), got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFormatLeavesErrors(t *testing.T) {
	const text = "rule   x {\n when a ==\n}\n"
	var diags diag.List
	if got, ok := Format(source.New("x.det", text), &diags); ok || got != text || diags.Errors() != 1 {
		t.Errorf("got %q, %v, %d errors", got, ok, diags.Errors())
	}
}

// TestPrintThenParse prints random trees, as a program makes them, and reads them
// back.
func TestPrintThenParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := gen{t}.file()
		text := Print(tree)
		var diags diag.List
		back := Parse(source.New("x.det", text), &diags)
		for _, d := range diags.All {
			t.Fatalf("%s: %s\n%s", d.Span, d.Message, text)
		}
		if d := cmp.Diff(dump(tree), unparenthesised(dump(back))); d != "" {
			t.Fatalf("%s\n%s", d, text)
		}
	})
}

// TestFormatMangled puts random space and comments between the tokens of random
// files, which must not change what they mean, and formats them.
func TestFormatMangled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Print(gen{t}.file())
		mangled := mangle(t, text)
		checkMangled(t, text, mangled)
	})
}

func checkMangled(t *rapid.T, text, mangled string) {
	var diags diag.List
	want := Parse(source.New("x.det", text), &diags)
	got := Parse(source.New("x.det", mangled), &diags)
	if diags.Errors() > 0 {
		t.Fatalf("%s: %s\n%s", diags.All[0].Span, diags.All[0].Message, mangled)
	}
	if d := cmp.Diff(dump(want), dump(got)); d != "" {
		t.Fatalf("space changed the meaning: %s\n%s", d, mangled)
	}
	out, _ := Format(source.New("x.det", mangled), &diags)
	after := Parse(source.New("x.det", out), &diags)
	if d := cmp.Diff(dump(want), dump(after)); d != "" || diags.Errors() > 0 {
		t.Fatalf("formatting changed the meaning: %s\nfrom:\n%s\nto:\n%s", d, mangled, out)
	}
	if len(after.Comments) != len(got.Comments) {
		t.Fatalf("%d of %d comments are left\nfrom:\n%s\nto:\n%s", len(after.Comments), len(got.Comments), mangled, out)
	}
	if again, _ := Format(source.New("x.det", out), &diags); again != out {
		t.Fatalf("not idempotent: %s\nfrom:\n%s\nto:\n%s", cmp.Diff(out, again), mangled, out)
	}
}

// mangle puts random space and comments between tokens, but none behind signs and
// dots, where it may show that an operand is missing.
// Each stage and each declaration still starts a line.
func mangle(t *rapid.T, text string) string {
	f := source.New("x.det", text)
	raw, _ := scan(f, &diag.List{})
	starts, tight := map[int32]bool{}, map[int32]bool{} // by where a token starts
	for _, tok := range tag(f, raw, &diag.List{}).tokens {
		if tok.kind == stageName || tok.kind == keyword {
			starts[tok.start] = true
		}
		tight[tok.end] = tok.kind == prefix
	}
	var b strings.Builder
	spaces := []string{" ", " ", " ", "  ", "\t", "\n", "\r\n", "\n\n\n"}
	for i, tok := range raw[:len(raw)-1] {
		if i > 0 {
			glued := raw[i-1].end == tok.start
			if glued && (tight[tok.start] || text[tok.start-1] == '.') {
				b.WriteString(text[tok.start:tok.end])
				continue
			}
			if !glued || rapid.IntRange(0, 5).Draw(t, "unglue") == 0 {
				b.WriteString(rapid.SampledFrom(spaces).Draw(t, "space"))
			}
		}
		for range rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 0, 1, 2}).Draw(t, "comments") {
			fmt.Fprintf(&b, "// c%d\n", b.Len())
		}
		if starts[tok.start] {
			b.WriteByte('\n')
		}
		b.WriteString(text[tok.start:tok.end])
	}
	return b.String()
}

func FuzzFormat(f *testing.F) {
	for _, seed := range fuzzSeeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var diags diag.List
		file := source.New("x.det", text)
		if out, ok := Format(file, &diags); !ok {
			if out != text || diags.Errors() == 0 {
				t.Error("a file with errors was changed, or the errors were not told")
			}
			return
		}
		checkFormat(t, text)
	})
}
