package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/lang/source"
)

// standardInput is the name of what is read from standard input.
const standardInput = "<stdin>"

func fmtCommand() *command {
	var how formatting
	return &command{
		name:     "fmt",
		operands: "[RULES…]",
		summary:  "Write rules in the canonical format",
		about: `Formats rule files, and all .det files of folders; Sigma rules are left as they stand. Without a flag the result is
printed; without files, or for -, it formats standard input. A file with syntax
errors is left as it is, and the exit code is 3.`,
		examples: []example{
			{"det fmt -w rules/", "format a folder in place"},
			{"det fmt --check rules/", "name the files that are not formatted; exit code 1 if any"},
			{"det fmt -d brute.det", "show what would change"},
		},
		complete: ruleFiles,
		flags: func(f *pflag.FlagSet) {
			f.BoolVar(&how.check, "check", false, "list the files that are not formatted, and fail if there are any")
			f.BoolVarP(&how.write, "write", "w", false, "write the result to the file")
			f.BoolVarP(&how.diff, "diff", "d", false, "print the differences")
		},
		run: func(_ context.Context, s *streams, args []string) error {
			files, err := filesToFormat(args)
			if err != nil {
				return err
			}
			return how.all(s, files)
		},
	}
}

// filesToFormat are the files that the arguments name; standard input without any.
func filesToFormat(args []string) ([]string, error) {
	if len(args) == 0 || len(args) == 1 && args[0] == "-" {
		return []string{standardInput}, nil
	}
	files, err := det.RuleFiles(args...)
	if err != nil {
		return nil, &exit{exitInput, err}
	}
	return files, nil
}

// formatting is what is done with formatted files.
type formatting struct{ check, write, diff bool }

// all formats every file, also after one with errors; the worst outcome decides on
// the exit code.
func (how formatting) all(s *streams, files []string) error {
	if how.write && files[0] == standardInput {
		return usagef("--write needs files")
	}
	code := exitDone
	for _, name := range files {
		text, err := readText(s, name)
		if err != nil {
			return &exit{exitInput, err}
		}
		var diags diag.List
		formatted, ok := text, true
		if !sigma.Is(name) { // YAML is left as it stands
			formatted, ok = lang.Format(source.New(name, text), &diags)
		}
		if !ok {
			if err := diag.Render(s.err, &diags, diag.Options{Color: s.err.color, Width: s.err.width}); err != nil {
				return err
			}
			code = exitRules
			continue
		}
		if how.check && formatted != text {
			code = max(code, exitAlerts)
		}
		if err := how.one(s, name, text, formatted); err != nil {
			return err
		}
	}
	if code != exitDone {
		return &exit{code: code}
	}
	return nil
}

// one does with a formatted file what the flags ask for.
func (how formatting) one(s *streams, name, text, formatted string) error {
	changed := formatted != text
	if how.check && changed && !how.diff {
		if _, err := fmt.Fprintln(s.out, name); err != nil {
			return err
		}
	}
	if how.diff && changed {
		if _, err := s.out.Write(diff.Diff(name, []byte(text), name+" (formatted)", []byte(formatted))); err != nil {
			return err
		}
	}
	if how.write && changed {
		return replaceFile(name, formatted)
	}
	if !how.check && !how.diff && !how.write {
		_, err := io.WriteString(s.out, formatted)
		return err
	}
	return nil
}

func readText(s *streams, name string) (string, error) {
	var text []byte
	var err error
	if name == standardInput {
		text, err = io.ReadAll(s.in)
	} else {
		text, err = os.ReadFile(name)
	}
	return string(text), err
}

// replaceFile puts a new text in the place of a file's at once, so that the file is
// whole at any moment. Its mode stays; a link stays a link.
func replaceFile(name, text string) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it is renamed
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
