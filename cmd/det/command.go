package main

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det/lang/diag"
)

// command is one subcommand: a row of commands and a file.
type command struct {
	name     string
	operands string // as the usage line shows them
	summary  string // one line, for the overview and completion
	about    string // paragraphs, divided by empty lines
	examples []example
	flags    func(*pflag.FlagSet) // declares the flags
	complete completes            // what the operands can be
	more     *paths               // a flag that operands behind it belong to, once there are others
	run      func(ctx context.Context, s *streams, args []string) error
}

// example is a command line that a reader can copy.
type example struct{ line, does string }

// completes is what a shell offers for an operand: words, or files with one of
// the suffixes (all folders are offered too).
type completes struct {
	words    func() []string
	suffixes []string
}

// commands are the subcommands in the order of the overview. Each call makes
// fresh flag values.
func commands() []*command {
	return []*command{
		runCommand(),
		demoCommand(),
		checkCommand(),
		lintCommand(),
		fmtCommand(),
		testCommand(),
		backtestCommand(),
		diffCommand(),
		sweepCommand(),
		coverageCommand(),
		importCommand(),
		planCommand(),
		whyCommand(),
		lspCommand(),
		explainCommand(),
		funcsCommand(),
		completionCommand(),
		versionCommand(),
		helpCommand(),
	}
}

// names are the names of all subcommands.
func names() []string {
	var all []string
	for _, c := range commands() {
		all = append(all, c.name)
	}
	return all
}

// findCommand finds a subcommand by its name.
func findCommand(name string) (*command, error) {
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
	}
	if _, err := os.Stat(name); err == nil {
		return nil, usagef("%s is no command: to run its rules, write: det run %s --input PATH", name, name)
	}
	return nil, usagef("unknown command %q%s\nrun 'det help' for the commands", name, didYouMean(name, names()))
}

// didYouMean is a clause that names the candidate nearest to name, or nothing.
func didYouMean(name string, candidates []string) string {
	if near, ok := diag.Nearest(strings.TrimSpace(name), candidates); ok {
		return ": did you mean " + near + "?"
	}
	return ""
}
