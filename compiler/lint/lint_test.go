package lint_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// configFor has every lint at its own level, and l at least a warning.
func configFor(l *lint.Lint) *lint.Config {
	cfg := &lint.Config{Whole: true}
	if l.Level == lint.Off {
		cfg.Set(l.Code, lint.Warning)
	}
	return cfg
}

func example(l *lint.Lint, text string) []*source.File {
	ext := l.Ext
	if ext == "" {
		ext = ".det"
	}
	return []*source.File{source.New("example"+ext, text)}
}

// TestExamples holds each row to its examples: the one to avoid earns the finding
// and no other, the one to prefer earns nothing, and a fix leads to a file in
// canonical form that compiles and has nothing left to be found.
func TestExamples(t *testing.T) {
	for _, l := range lint.All() {
		t.Run(l.Code+"_"+l.Name, func(t *testing.T) {
			cfg := configFor(&l)
			avoid := compiler.Lint(example(&l, l.Avoid), compiler.Options{}, cfg)
			if len(avoid.All) == 0 {
				t.Errorf("avoid earns nothing\n%s", l.Avoid)
			}
			fixes := 0
			for _, d := range avoid.All {
				if d.Code != l.Code {
					t.Errorf("avoid also earns\n%s", render(&diag.List{All: []diag.Diagnostic{d}}))
				}
				if d.Fix != nil {
					fixes++
				}
			}
			if (fixes > 0) != l.Fixes {
				t.Errorf("avoid has %d fixes, and the row says %v", fixes, l.Fixes)
			}
			if prefer := compiler.Lint(example(&l, l.Prefer), compiler.Options{}, cfg); len(prefer.All) > 0 {
				t.Errorf("prefer earns\n%s", render(prefer))
			}
			if l.Ext == "" {
				canonical(t, "avoid", l.Avoid)
				canonical(t, "prefer", l.Prefer)
			}
			if l.Fixes {
				fixed, left, _ := compiler.Fix(example(&l, l.Avoid), compiler.Options{}, cfg)
				if len(left.All) > 0 {
					t.Errorf("after the fix there is\n%s\nin\n%s", render(left), fixed[0].Text)
				}
				if l.Ext == "" {
					canonical(t, "fixed", fixed[0].Text)
				}
			}
		})
	}
}

func canonical(t *testing.T, what, text string) {
	t.Helper()
	diags := &diag.List{}
	if out, ok := lang.Format(source.New(what+".det", text), diags); !ok || out != text {
		t.Errorf("%s is not in canonical form, which is\n%s\n%s", what, out, render(diags))
	}
}

func render(l *diag.List) string {
	var b strings.Builder
	_ = diag.Render(&b, l, diag.Options{})
	return b.String()
}

// TestRows checks what a table of rows must keep.
func TestRows(t *testing.T) {
	hundreds := map[lint.Category]byte{
		lint.Bug: '0', lint.Dead: '1', lint.Statistics: '2', lint.State: '3', lint.Performance: '4',
		lint.Robustness: '5', lint.Style: '6', lint.Metadata: '7', lint.Sigma: '8',
	}
	code, name := regexp.MustCompile(`^L\d{3}$`), regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	all := lint.All()
	if !slices.IsSortedFunc(all, func(a, b lint.Lint) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("the table is not in the order of the codes")
	}
	seen := map[string]bool{}
	for _, l := range all {
		if !code.MatchString(l.Code) || !name.MatchString(l.Name) || seen[l.Code] || seen[l.Name] {
			t.Errorf("%s %s: the code or the name has a wrong form, or is taken", l.Code, l.Name)
		}
		seen[l.Code], seen[l.Name] = true, true
		if !slices.Contains(lint.Categories, l.Category) || l.Code[1] != hundreds[l.Category] && l.Code[1] != '9' {
			t.Errorf("%s is not of category %s", l.Code, l.Category)
		}
		for what, s := range map[string]string{"summary": l.Summary, "why": l.Why, "avoid": l.Avoid, "prefer": l.Prefer} {
			if s == "" {
				t.Errorf("%s has no %s", l.Code, what)
			}
		}
		if strings.HasSuffix(l.Summary, ".") || !strings.HasSuffix(l.Why, ".") {
			t.Errorf("%s: a summary is a clause, why is sentences", l.Code)
		}
	}
}
