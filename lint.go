package det

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Linted is what the linter says about rule files.
type Linted struct {
	Files    []*source.File // as they are after fixes
	Findings *diag.List     // what the compiler says, too
	Fixed    int            // fixes that were made
}

// Lint compiles rule files, and those of folders, and looks for what is probably
// not meant. Where all paths are folders, lints about what exists nowhere run too;
// else a rule that reads the alerts of another finds that one beside its own file.
// With fix, fixes are made in the result; the files on disk stay as they are. The
// error is for files that cannot be read.
func (c Compiler) Lint(cfg *lint.Config, fix bool, paths ...string) (*Linted, error) {
	names, err := RuleFiles(paths...)
	if err != nil {
		return nil, err
	}
	out := &Linted{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out.Files = append(out.Files, source.New(name, string(text)))
	}
	with := *cfg
	with.Whole = true
	for _, p := range paths {
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			with.Whole = false
		}
	}
	opts := compiler.Options{Functions: c.Functions, Params: c.Params}
	out.Findings = compiler.Lint(out.Files, opts, &with)
	if !with.Whole && slices.ContainsFunc(out.Findings.All, func(d diag.Diagnostic) bool { return d.Code == "D0307" }) {
		opts.Beside = beside(names)
		out.Findings = compiler.Lint(out.Files, opts, &with)
	}
	if fix {
		out.Files, out.Findings, out.Fixed = compiler.Fix(out.Files, opts, &with)
	}
	return out, nil
}

// beside are the rule files that lie in the folders of others: where a hook gets
// the changed files only, the rules that they read may be there.
func beside(names []string) []*source.File {
	var out []*source.File
	seen := map[string]bool{}
	for _, name := range names {
		seen[filepath.Clean(name)] = true
	}
	for _, name := range names {
		found, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*.det")) // the pattern is a good one
		for _, f := range found {
			if text, err := os.ReadFile(f); err == nil && !seen[filepath.Clean(f)] {
				out = append(out, source.New(f, string(text)))
			}
			seen[filepath.Clean(f)] = true
		}
	}
	return out
}
