package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
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

func colorFlag(flags *pflag.FlagSet) *choice {
	c := &choice{"auto", []string{"auto", "always", "never"}}
	flags.Var(c, "color", "colours; auto is on a terminal, unless NO_COLOR is set")
	return c
}
