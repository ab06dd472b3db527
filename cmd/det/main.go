// Det checks, formats, explains and runs detection rules. `det help` lists what
// it can do; the exit codes are in exit.go.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

func main() {
	os.Exit(run(untilStopped(), os.Args[1:], newStreams(os.Stdin, os.Stdout, os.Stderr)))
}

// errTerminated is why a context ended: SIGTERM.
var errTerminated = errors.New("terminated")

// untilStopped is a context that ends with an interrupt or SIGTERM. The first one asks
// for a clean end, the next one is not waited for.
func untilStopped() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		cause := context.Canceled
		if <-signals == syscall.SIGTERM {
			cause = errTerminated
		}
		signal.Stop(signals)
		cancel(cause)
	}()
	return ctx
}

// run is the program: its exit code follows from the arguments.
func run(ctx context.Context, args []string, s *streams) int {
	err := dispatch(ctx, args, s)
	if err == nil {
		return exitDone
	}
	var e *exit
	switch {
	case errors.As(err, &e):
	case errors.Is(err, context.Canceled):
		e = interrupted(ctx)
	default:
		e = &exit{exitFailed, err}
	}
	if e.err != nil {
		s.report(e.err)
	}
	return e.code
}

// rootFlags are the flags that may stand before the command.
type rootFlags struct {
	*pflag.FlagSet
	help, version bool
	color         *choice
}

func newRootFlags() *rootFlags {
	r := &rootFlags{FlagSet: newFlagSet("det")}
	r.SetInterspersed(false)
	r.BoolVar(&r.version, "version", false, "show the version")
	r.color = colorFlag(r.FlagSet)
	r.BoolVarP(&r.help, "help", "h", false, "show this text")
	return r
}

// dispatch reads what stands before the command, finds the command and runs it.
func dispatch(ctx context.Context, args []string, s *streams) error {
	flags := newRootFlags()
	if err := parse(flags.FlagSet, args, "det help"); err != nil {
		return err
	}
	s.setColor(flags.color.value)
	switch args = flags.Args(); {
	case flags.version:
		return printVersion(s.out)
	case flags.help:
		return printOverview(s.out)
	case len(args) == 0:
		if err := printOverview(s.err); err != nil {
			return err
		}
		return &exit{code: exitUsage}
	}
	c, err := findCommand(args[0])
	if err != nil {
		return err
	}
	return c.start(ctx, args[1:], s)
}

// start reads a command's flags and runs it.
func (c *command) start(ctx context.Context, args []string, s *streams) error {
	flags, help, color := c.flagSet()
	operands, err := c.parse(flags, args)
	if err != nil {
		return err
	}
	if flags.Changed("color") { // else what stood before the command holds
		s.setColor(color.value)
	}
	if *help {
		return c.printHelp(s.out)
	}
	return c.run(ctx, s, operands)
}

// flagSet is the flags of a command with those that every command has.
func (c *command) flagSet() (flags *pflag.FlagSet, help *bool, color *choice) {
	flags = newFlagSet("det " + c.name)
	if c.flags != nil {
		c.flags(flags)
	}
	color = colorFlag(flags)
	return flags, flags.BoolP("help", "h", false, "show help for "+c.name), color
}
