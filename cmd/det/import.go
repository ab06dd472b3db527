package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/lang/source"
)

func importCommand() *command {
	var to string
	var force bool
	return &command{
		name:     "import",
		operands: "sigma PATH…",
		summary:  "Write Sigma rules in the language",
		about: `Writes what Sigma rules mean as .det files: selections as lets, comments and
metadata kept, in the canonical format. A folder keeps its shape. Lists that
placeholders name are taken from .det files among the paths. Without --out the
text is printed.

A rule that is broken is told and left out, and the exit code is 3. A file that
is there already is not written over without --force.`,
		examples: []example{
			{"det import sigma rules/ -o detections/", "all rules of a folder"},
			{"det import sigma whoami.yml", "what one rule means"},
		},
		complete: completes{words: func() []string { return []string{"sigma"} }, suffixes: ruleFiles.suffixes},
		flags: func(f *pflag.FlagSet) {
			f.StringVarP(&to, "out", "o", "", "folder that the files are written to")
			f.BoolVar(&force, "force", false, "write over files that are there")
		},
		run: func(_ context.Context, s *streams, args []string) error {
			if len(args) < 2 || args[0] != "sigma" {
				return usagef("write: det import sigma PATH…")
			}
			return importSigma(s, args[1:], to, force)
		},
	}
}

// importing is one file, and where it goes below the folder.
type importing struct {
	file *source.File
	to   string
}

func importSigma(s *streams, paths []string, to string, force bool) error {
	files, others, err := importFiles(paths)
	if err != nil {
		return &exit{exitInput, err}
	}
	if len(files) == 0 {
		return &exit{exitInput, errors.New("there are no Sigma rules (.yml, .yaml)")}
	}
	var sources []*source.File
	for _, f := range files {
		sources = append(sources, f.file)
	}
	diags := &diag.List{}
	texts := lang.ImportSigma(sources, others, diags)
	if err := diag.Render(s.err, diags, diag.Options{Color: s.err.color, Width: s.err.width}); err != nil {
		return err
	}
	written := 0
	for i, text := range texts {
		switch {
		case text == "":
			continue
		case to == "":
			_, err = io.WriteString(s.out, text)
		default:
			err = writeNew(filepath.Join(to, files[i].to), text, force)
		}
		if err != nil {
			return err
		}
		written++
	}
	if to != "" {
		if _, err := fmt.Fprintf(s.err, "%s of %d written\n", counted(written, "file"), len(files)); err != nil {
			return err
		}
	}
	if diags.Errors() > 0 {
		return notCompiled(diags)
	}
	return nil
}

// importFiles reads the files that paths name. A file of a folder keeps its place
// below it.
func importFiles(paths []string) (files []importing, others []*ast.File, err error) {
	for _, p := range paths {
		names, err := det.RuleFiles(p)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, nil, err
			}
			f := source.New(name, string(text))
			if !sigma.Is(name) {
				others = append(others, lang.Parse(f, &diag.List{}))
				continue
			}
			rel, err := filepath.Rel(p, name)
			if err != nil || rel == "." {
				rel = filepath.Base(name)
			}
			files = append(files, importing{f, strings.TrimSuffix(rel, filepath.Ext(rel)) + ".det"})
		}
	}
	return files, others, nil
}

// writeNew writes a file and the folders above it.
func writeNew(name, text string, force bool) error {
	if _, err := os.Stat(name); !force && !errors.Is(err, fs.ErrNotExist) {
		return &exit{exitFailed, fmt.Errorf("%s is there already: use --force to write over it", name)}
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
