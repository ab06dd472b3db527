package det_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms is the import picture: what each package may import of ours, and which
// outside libraries have their only home there. ARCHITECTURE.md explains it.
var rooms = []struct {
	pkg  string
	may  []string // packages of ours; "x/*" is everything below x
	owns []string // modules that no other room imports
}{
	{pkg: "lang/source"},
	{pkg: "lang/types"},
	{pkg: "lang/diag", may: []string{"lang/source"}},
	{pkg: "lang/ast", may: []string{"lang/source"}},
	{pkg: "lang/report", may: []string{"lang/diag", "lang/source"}},
	{pkg: "lang/sigma", may: []string{"lang/ast", "lang/diag", "lang/source"}, owns: []string{"github.com/goccy/go-yaml"}},
	{pkg: "lang", may: []string{"lang/*"}, owns: []string{"github.com/alecthomas/participle/v2"}},

	{pkg: "runtime/vec", may: []string{"lang/types"}},
	{pkg: "runtime/state", may: []string{"lang/types", "runtime/vec"}},
	{pkg: "runtime/agg", may: []string{"lang/types", "runtime/state", "runtime/vec"}},
	{pkg: "runtime/eval", may: []string{"lang/types", "runtime/vec"}, owns: []string{"github.com/expr-lang/expr"}},
	{pkg: "runtime", may: []string{"lang/types", "runtime/state", "runtime/vec"}},
	{pkg: "runtime/order", may: []string{"lang/types", "runtime", "runtime/state", "runtime/vec"}},
	{pkg: "runtime/op", may: []string{"lang/types", "runtime", "runtime/agg", "runtime/state", "runtime/vec"}},
	{pkg: "runtime/input/evtx"},
	{pkg: "runtime/input/evtx/evtxtest"},
	{pkg: "runtime/input", may: []string{"lang/types", "runtime/input/evtx", "runtime/vec"}, owns: []string{"github.com/klauspost/compress"}},
	{pkg: "runtime/output", may: []string{"lang/types", "runtime"}},
	{pkg: "runtime/match", may: []string{"lang/types", "runtime/vec"}},
	{pkg: "runtime/engine", may: []string{"lang/types", "runtime", "runtime/eval", "runtime/match", "runtime/order", "runtime/state", "runtime/vec"}},

	{pkg: "stdlib", may: []string{"lang/types", "runtime/vec"}},
	{pkg: "compiler/plan", may: []string{"lang/source", "lang/types", "runtime", "runtime/op", "stdlib"}},
	{pkg: "compiler/fold", may: []string{"compiler/plan", "lang/types", "runtime/eval", "runtime/vec"}},
	{pkg: "compiler/check", may: []string{"compiler/plan", "lang/ast", "lang/diag", "lang/source", "lang/types", "runtime", "runtime/agg", "runtime/op", "stdlib"}},
	{pkg: "compiler/lint", may: []string{"compiler/plan", "lang/ast", "lang/diag", "lang/source", "lang/types", "runtime/op", "runtime/vec", "stdlib"}},
	{pkg: "compiler/opt", may: []string{"compiler/fold", "compiler/plan", "lang/types"}},
	{pkg: "compiler/mutate", may: []string{"lang", "lang/ast", "lang/diag", "lang/source", "lang/types"}},
	{pkg: "compiler/build", may: []string{"compiler/fold", "compiler/plan", "lang/types", "runtime", "runtime/engine", "runtime/eval", "runtime/match", "runtime/op"}},
	{pkg: "compiler/why", may: []string{"compiler/fold", "compiler/plan", "lang/diag", "lang/types", "runtime", "runtime/op"}},
	{pkg: "compiler", may: []string{"compiler/*", "lang", "lang/*", "runtime/agg", "runtime/op", "stdlib"}},

	{pkg: ".", may: []string{"compiler", "compiler/*", "lang/diag", "lang/sigma", "lang/source", "lang/types", "runtime", "runtime/*", "stdlib"}},
	{pkg: "examples"},
	{pkg: "examples/company"},
	{pkg: "examples/embed", may: []string{".", "lang/types", "runtime", "runtime/vec", "stdlib"}},
	{pkg: "cmd/det/lsp", may: []string{".", "compiler", "compiler/*", "lang", "lang/*", "runtime/agg", "runtime/op", "stdlib"}, owns: []string{"github.com/sourcegraph/jsonrpc2"}},
	{pkg: "cmd/det", may: []string{".", "cmd/det/lsp", "examples", "compiler/*", "examples/*", "lang", "lang/*", "runtime", "runtime/*", "stdlib"}, owns: []string{"github.com/spf13/pflag"}},
}

// TestImportPicture holds the code against the picture: every package has a row,
// imports only what its row names, and leaves libraries to their homes.
func TestImportPicture(t *testing.T) {
	const module = "github.com/detlang/det"
	rows := map[string]int{}
	for i, r := range rooms {
		rows[r.pkg] = i
	}
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bench") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		seen[pkg] = true
		i, ok := rows[pkg]
		if !ok {
			t.Errorf("%s: package %s has no place in the import picture", path, pkg)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			name := strings.Trim(imp.Path.Value, `"`)
			if name == module || strings.HasPrefix(name, module+"/") {
				of := "."
				if name != module {
					of = strings.TrimPrefix(name, module+"/")
				}
				if !slices.ContainsFunc(rooms[i].may, func(p string) bool {
					below, all := strings.CutSuffix(p, "/*")
					return p == of || all && strings.HasPrefix(of, below+"/")
				}) {
					t.Errorf("%s imports %s, which the picture does not allow %s", path, of, pkg)
				}
				continue
			}
			for _, other := range rooms {
				for _, lib := range other.owns {
					if other.pkg != pkg && (name == lib || strings.HasPrefix(name, lib+"/")) {
						t.Errorf("%s imports %s, whose home is %s", path, lib, other.pkg)
					}
				}
			}
			if strings.HasPrefix(pkg, "lang") || pkg == "compiler/plan" {
				if strings.Contains(name, "apache/arrow") {
					t.Errorf("%s imports Arrow, which stays out of %s", path, pkg)
				}
			}
			if strings.Contains(name, "apache/arrow/go/v17/parquet") || strings.Contains(name, "apache/arrow/go/v17/arrow/flight") {
				t.Errorf("%s imports %s, which breaks hosts that use a later Arrow", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rooms {
		if !seen[r.pkg] {
			t.Errorf("the import picture has a row for %s, which does not exist", r.pkg)
		}
	}
}
