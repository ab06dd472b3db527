package det_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/detlang/det"
)

// TestExampleTests runs the tests of the examples. Their rules must survive few
// changes unnoticed: nine mutants in ten are found.
func TestExampleTests(t *testing.T) {
	dirs, err := filepath.Glob("examples/0*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			rules, err := det.Compile(dir)
			if err != nil {
				t.Fatal(err)
			}
			tests := rules.Tests()
			if len(tests) == 0 {
				t.Fatal("no tests")
			}
			for _, x := range tests {
				r := x.Run(context.Background())
				for _, f := range r.Failures {
					t.Errorf("%s: %s: %s %v", f.At, x.Title, f.Message, f.Notes)
				}
			}
			m, err := det.Compiler{}.Mutate(context.Background(), nil, dir)
			if err != nil {
				t.Fatal(err)
			}
			if m.Mutants == 0 || float64(m.Noticed) < 0.9*float64(m.Mutants) {
				t.Errorf("%d of %d mutants are noticed", m.Noticed, m.Mutants)
				for _, s := range m.Survived {
					t.Logf("%s: %s", s.At, s.What)
				}
			}
		})
	}
}
