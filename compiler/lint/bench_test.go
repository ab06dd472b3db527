package lint_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang/source"
)

// sigmaRules are the rules of the Sigma project, from the shared data.
func sigmaRules(t testing.TB) []*source.File {
	t.Helper()
	const dir = "../../../shared/data/sigma/rules"
	var files []*source.File
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yml") {
			return err
		}
		text, err := os.ReadFile(name)
		files = append(files, source.New(name, string(text)))
		return err
	})
	if err != nil {
		if os.Getenv("DET_DEMAND_DATA") == "1" {
			t.Fatal(err)
		}
		t.Skip("the rules of the Sigma project are not here: ", err)
	}
	return files
}

// BenchmarkSigma compiles and lints all rules of the Sigma project.
func BenchmarkSigma(b *testing.B) {
	files := sigmaRules(b)
	for b.Loop() {
		compiler.Lint(files, compiler.Options{}, &lint.Config{Whole: true})
	}
	b.ReportMetric(float64(len(files)), "files")
}
