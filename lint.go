package det

import (
	"os"

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
// not meant. Where all paths are folders, lints about what exists nowhere run too,
// but those about risk only if no other file of the repository adds to it; else what
// the files need of those around them is looked for there, as with Beside.
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
	opts := compiler.Options{Functions: c.Functions, Params: c.Params}
	if onlyFolders(paths) {
		with.Whole = !readRisk(out.Files) || !newNeighbours(out.Files).addRisk()
	} else {
		around := newNeighbours(out.Files)
		opts = around.beside(opts, out.Files)
		with.Imported = around.imports
	}
	if fix {
		out.Files, out.Findings, out.Fixed = compiler.Fix(out.Files, opts, &with)
	} else {
		out.Findings = compiler.Lint(out.Files, opts, &with)
	}
	return out, nil
}
