package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det/lang/sigma"
)

// newFlagSet is a flag set that reports errors by returning them.
func newFlagSet(name string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.SortFlags = false
	return flags
}

// parse reads the flags; help is the command that shows which there are.
func parse(flags *pflag.FlagSet, args []string, help string) error {
	err := flags.Parse(args)
	if err == nil {
		return nil
	}
	hint := ""
	if unknown := new(pflag.NotExistError); errors.As(err, &unknown) && len(unknown.GetSpecifiedName()) > 1 {
		var all []string
		flags.VisitAll(func(f *pflag.Flag) { all = append(all, "--"+f.Name) })
		hint = didYouMean("--"+unknown.GetSpecifiedName(), all)
	}
	return usagef("%w%s\nrun '%s' for the flags", err, hint, help)
}

// parse reads the command's flags and gives its operands. With a flag that takes
// more, as in `det run rules/ --input a.json b.json` after a shell has put file
// names in place of *.json, operands behind it are its values, provided that there
// were operands before, and but for rule files.
func (c *command) parse(flags *pflag.FlagSet, args []string) (operands []string, err error) {
	flags.SetInterspersed(c.more == nil)
	for {
		if err := parse(flags, args, "det help "+c.name); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if c.more == nil || len(rest) == 0 || flags.ArgsLenAtDash() >= 0 {
			return append(operands, rest...), nil
		}
		if len(operands) > 0 && len(c.more.values) > 0 && !strings.HasSuffix(rest[0], ".det") && !sigma.Is(rest[0]) {
			c.more.values = append(c.more.values, rest[0])
		} else {
			operands = append(operands, rest[0])
		}
		args = rest[1:]
	}
}

// choice is a flag value that is one of a few words.
type choice struct {
	value   string
	allowed []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.allowed, "|") }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("%q is not one of %s%s", s, strings.Join(c.allowed, ", "), didYouMean(s, c.allowed))
	}
	c.value = s
	return nil
}

// path is a flag value that names a file or, as its kind says, a folder.
type path struct {
	value string
	kind  string // "file" or "folder"
}

func (p *path) String() string     { return p.value }
func (p *path) Type() string       { return p.kind }
func (p *path) Set(s string) error { p.value = s; return nil }

// paths is a flag value that names files and folders, the flag given once each
// or with commas between.
type paths struct{ values []string }

func (p *paths) String() string { return strings.Join(p.values, ",") }
func (p *paths) Type() string   { return "path" }

func (p *paths) Set(s string) error {
	p.values = append(p.values, s)
	return nil
}

// words is a flag value of several words: the flag given once each, or with commas
// between.
type words []string

func (w *words) String() string { return strings.Join(*w, ",") }
func (w *words) Type() string   { return "name" }

func (w *words) Set(s string) error {
	*w = append(*w, strings.Split(s, ",")...)
	return nil
}

func colorFlag(flags *pflag.FlagSet) *choice {
	c := &choice{"auto", []string{"auto", "always", "never"}}
	flags.Var(c, "color", "colours; auto is on a terminal, unless NO_COLOR is set")
	return c
}
