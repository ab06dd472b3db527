package lint_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/detlang/det/compiler/lint"
)

var update = flag.Bool("update", false, "write docs/lints.md and docs/lints anew")

// TestPages keeps the pages of the lints what the rows say, and no page without a
// row.
func TestPages(t *testing.T) {
	const docs = "../../docs"
	want := map[string]string{"lints.md": index()}
	for _, l := range lint.All() {
		want["lints/"+l.Code+".md"] = page(&l)
	}
	if *update {
		if err := os.RemoveAll(filepath.Join(docs, "lints")); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(docs, "lints"), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(docs, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range want {
		have, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil || string(have) != text {
			t.Errorf("docs/%s is not what the rows say; go test ./compiler/lint -update writes it anew", name)
		}
	}
	pages, err := filepath.Glob(filepath.Join(docs, "lints", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != len(want)-1 {
		t.Errorf("docs/lints has %d pages for %d lints", len(pages), len(want)-1)
	}
}

func index() string {
	var b strings.Builder
	b.WriteString("# Lints\n\nPrinted from the rows in `compiler/lint`; `go test ./compiler/lint -update` writes it anew. " +
		"`det lint --explain CODE` prints a page. A lint that is *off* runs where `.detlint` gives it a level by its code or name; " +
		"*fix* marks those that `det lint --fix` mends.\n")
	all := lint.All()
	for _, c := range lint.Categories {
		fmt.Fprintf(&b, "\n## %s\n\n| code | name | level | | |\n|---|---|---|---|---|\n", c)
		for _, l := range all {
			if l.Category != c {
				continue
			}
			fix := ""
			if l.Fixes {
				fix = "fix"
			}
			fmt.Fprintf(&b, "| [%s](lints/%s.md) | %s | %s | %s | %s |\n", l.Code, l.Code, l.Name, l.Level, cell(l.Summary), fix)
		}
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func page(l *lint.Lint) string {
	fix := "no fix"
	if l.Fixes {
		fix = "`det lint --fix` mends it"
	}
	lang := "det"
	if l.Ext != "" {
		lang = "yaml"
	}
	return fmt.Sprintf("# %s %s\n\n%s.\n\nCategory %s, level %s, %s.\n\n%s\n\nAvoid:\n\n```%s\n%s```\n\nPrefer:\n\n```%s\n%s```\n",
		l.Code, l.Name, strings.ToUpper(l.Summary[:1])+l.Summary[1:], l.Category, l.Level, fix, l.Why, lang, l.Avoid, lang, l.Prefer)
}
