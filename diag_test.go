package det_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
)

// unearned are the codes that no single small file can earn, and why.
var unearned = map[string]string{
	"D0114": "ten thousand operators; the catalogue's own example has them",
	"D0115": "a file of 64 MiB",
	"D0121": "more than a thousand errors",
	"D0602": "two files with a rule of one name",
	"D0608": "two files with a schema of one name",
}

// want is a diagnostic that a comment asks for: // want D0203 "cannot compare"
var (
	wantComment = regexp.MustCompile(`(?://|#) want((?: D\d{4} "(?:[^"\\]|\\.)*")+)`)
	wantOne     = regexp.MustCompile(`(D\d{4}) ("(?:[^"\\]|\\.)*")`)
)

type wanted struct{ code, text string }

// TestWrongPrograms compiles the files of testdata/diag. Each must earn exactly
// the diagnostics that its comments want, on the lines on which they stand, with
// a message that holds the text in quotes.
func TestWrongPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/diag/*.det")
	if sigmas, _ := filepath.Glob("testdata/diag/*.yml"); err == nil {
		files = append(files, sigmas...)
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("no wrong programs: %v", err)
	}
	earned := map[string]bool{}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			lines := readWants(t, name)
			_, diags, err := det.Compiler{}.Files(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range diags.All {
				line := 0
				if d.Span.File != nil {
					line, _ = d.Span.File.Position(d.Span.Start)
				}
				i := slices.IndexFunc(lines[line], func(w wanted) bool {
					return w.code == d.Code && strings.Contains(d.Message, w.text)
				})
				if i < 0 {
					t.Errorf("%s:%d: not wanted: %s %q", name, line, d.Code, d.Message)
					continue
				}
				earned[d.Code] = true
				lines[line] = slices.Delete(lines[line], i, i+1)
			}
			for line, rest := range lines {
				for _, w := range rest {
					t.Errorf("%s:%d: wanted and not told: %s %q", name, line, w.code, w.text)
				}
			}
		})
	}
	for _, c := range diag.Codes {
		switch why := unearned[c.ID]; {
		case !earned[c.ID] && why == "":
			t.Errorf("no file of testdata/diag earns %s, %s", c.ID, c.Title)
		case earned[c.ID] && why != "":
			t.Errorf("%s is earned, so it is not %s", c.ID, why)
		}
	}
}

// readWants finds what the comments of a file want, by line.
func readWants(t *testing.T, name string) map[int][]wanted {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int][]wanted{}
	for i, line := range strings.Split(string(text), "\n") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			if strings.Contains(line, "// want") || strings.Contains(line, "# want") {
				t.Fatalf("%s:%d: cannot read the comment", name, i+1)
			}
			continue
		}
		for _, one := range wantOne.FindAllStringSubmatch(m[1], -1) {
			msg, err := strconv.Unquote(one[2])
			if err != nil {
				t.Fatalf("%s:%d: %v", name, i+1, err)
			}
			out[i+1] = append(out[i+1], wanted{one[1], msg})
		}
	}
	return out
}
