package lang

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// expected reads the errors that a file expects of itself: a comment
//
//	// want D0101: part of the message
//
// at the end of the line, or, where that line cannot hold one, a comment
//
//	// above: D0101: part of the message
//
// on the next.
func expected(f *source.File) map[int]string {
	want := map[int]string{}
	for n := 1; n <= f.Lines(); n++ {
		if _, w, ok := strings.Cut(f.Line(n), "// want D"); ok {
			want[n] = "D" + w
		}
		if w, ok := strings.CutPrefix(f.Line(n), "// above: "); ok {
			want[n-1] = w
		}
	}
	return want
}

func TestWrong(t *testing.T) {
	files, err := filepath.Glob("testdata/wrong/*.det")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".det"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f := source.New(name, string(text))
			var diags diag.List
			Parse(f, &diags)
			want := expected(f)
			for _, d := range diags.All {
				at := d.Operator
				if at.IsZero() {
					at = d.Span
				}
				line, _ := f.Position(at.Start)
				got := fmt.Sprintf("%s: %s", d.Code, d.Message)
				code, message, _ := strings.Cut(want[line], ": ")
				if want[line] == "" || d.Code != code || !strings.Contains(d.Message, strings.TrimSpace(message)) {
					t.Errorf("%s: got %s\nwant %s", at, got, want[line])
				}
				delete(want, line)
			}
			for line, w := range want {
				t.Errorf("%s:%d: missing %s", name, line, w)
			}
		})
	}
}

// TestCatalogue checks that each syntax code's Wrong earns it and nothing else,
// and that its Right earns nothing.
func TestCatalogue(t *testing.T) {
	for _, c := range diag.Codes {
		if !strings.HasPrefix(c.ID, "D01") || c.Wrong == "" {
			continue // those without a small file are in TestLimits
		}
		t.Run(c.ID, func(t *testing.T) {
			var diags diag.List
			Parse(source.New("wrong.det", c.Wrong), &diags)
			if len(diags.All) != 1 || diags.All[0].Code != c.ID {
				t.Errorf("Wrong earns %v", diags.All)
			}
			parseClean(t, c.Right)
		})
	}
}

// TestFixes applies the edits that come with errors: the file must be right then.
func TestFixes(t *testing.T) {
	tests := []struct{ wrong, right string }{
		{"const a = 1 && 2", "const a = 1 and 2"},
		{"const a = 1 || 2", "const a = 1 or 2"},
		{"const a = 1 <> 2", "const a = 1 != 2"},
		{`const a = x =~ 'y'`, `const a = x matches 'y'`},
		{`const a = "\d+"`, `const a = '\d+'`},
		{"const a = 1 + 1 = 2", "const a = 1 + 1 == 2"},
		{"ruel a { when x }", "rule a { when x }"},
	}
	for _, tt := range tests {
		var diags diag.List
		Parse(source.New("wrong.det", tt.wrong), &diags)
		if len(diags.All) != 1 || diags.All[0].Fix == nil {
			t.Errorf("%s: no single fix in %v", tt.wrong, diags.All)
			continue
		}
		fix := diags.All[0].Fix
		if got := tt.wrong[:fix.Span.Start] + fix.Text + tt.wrong[fix.Span.End:]; got != tt.right {
			t.Errorf("%s becomes %s, want %s", tt.wrong, got, tt.right)
		}
		parseClean(t, tt.right)
	}
}

// TestRecovery checks what of a broken file still reaches the tree: every other
// stage, and the names that a broken one declares.
func TestRecovery(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a stage", "rule a { title \"t\" where a > \n let b = a + \n when b }", "rule a\n  title \"t\"\n  where BAD\n  let b=BAD\n  when b\n"},
		{"a block", "rule a { window 1h by k { x = count(), y = , not z = (  } when x }", "rule a\n  window <1h0m0s> :by k\n    x = (count)\n    y = BAD\n    not z = BAD\n  when x\n"},
		{"before a block", "rule a { window 1h by { x = count() } when x }", "rule a\n  window BAD\n    x = (count)\n  when x\n"},
		{"a heading", "filter a for b c { when x }", "filter a\n  when x\n"},
		{"no name", "rule { when x }\nconst a = 1", "const a = 1\n"},
		{"values", "const a = \nlist b = [1 2]\nfn c(x, y) = \nconst d = 1", "const a = BAD\nlist b = BAD\nfn c(x y) = BAD\nconst d = 1\n"},
		{"a lost brace", "rule a {\n  when x\n\nrule b {\n  when y\n}\n", "rule a\n  when x\nrule b\n  when y\n"},
		{"a brace too many", "rule a {\n  when x\n}\n}\nrule b {\n  when y\n}\n", "rule a\n  when x\nrule b\n  when y\n"},
		{"unknown text", "rulee a {\n  when x { y = 1 }\n}\nrule b {\n  when y\n}\n", "rule b\n  when y\n"},
		{"another's symbols", "const a = b && !c || d !== e", "const a = (or (and b (not c)) (!= d e))\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var diags diag.List
			got := dump(Parse(source.New("x.det", tt.text), &diags))
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if diags.Errors() == 0 {
				t.Error("no error was told")
			}
		})
	}
}
