package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// shells are those that completion can be had for.
var shells = []struct {
	name    string
	script  func([]*command) string
	install string // how to load it
}{
	{"bash", bashCompletion, "source <(det completion bash)"},
	{"zsh", zshCompletion, `det completion zsh > "${fpath[1]}/_det"`},
	{"fish", fishCompletion, "det completion fish > ~/.config/fish/completions/det.fish"},
}

func shellNames() []string {
	var names []string
	for _, s := range shells {
		names = append(names, s.name)
	}
	return names
}

func completionCommand() *command {
	c := &command{
		name:     "completion",
		operands: strings.Join(shellNames(), "|"),
		summary:  "Print a completion script for a shell",
		about: `Prints a script that teaches a shell to complete commands, flags, the choices of
a flag, and file names.`,
		complete: completes{words: shellNames},
		run: func(_ context.Context, s *streams, args []string) error {
			if len(args) != 1 {
				return usagef("completion takes one shell: %s", strings.Join(shellNames(), ", "))
			}
			for _, sh := range shells {
				if sh.name == args[0] {
					_, err := io.WriteString(s.out, sh.script(commands()))
					return err
				}
			}
			return usagef("no completion for %q: it is one of %s%s", args[0], strings.Join(shellNames(), ", "), didYouMean(args[0], shellNames()))
		},
	}
	for _, s := range shells {
		c.examples = append(c.examples, example{s.install, "load it into " + s.name})
	}
	return c
}

// completedFlag is what completion needs to know of a flag.
type completedFlag struct {
	long, short, does string
	takes             taken
	choices           []string
	repeats           bool
}

// taken is what follows a flag.
type taken uint8

const (
	takesNothing taken = iota
	takesText          // cannot be completed
	takesChoice
	takesFile
)

// completedFlags are the flags of a command.
func (c *command) completedFlags() []completedFlag {
	set, _, _ := c.flagSet()
	return flagsOf(set)
}

func flagsOf(set *pflag.FlagSet) []completedFlag {
	var all []completedFlag
	set.VisitAll(func(f *pflag.Flag) {
		does, _, _ := strings.Cut(f.Usage, ";")
		d := completedFlag{long: f.Name, short: f.Shorthand, does: does, takes: takesText}
		switch v := f.Value.(type) {
		case *choice:
			d.takes, d.choices = takesChoice, v.allowed
		case *path:
			d.takes = takesFile
		case *paths:
			d.takes, d.repeats = takesFile, true
		default:
			if f.NoOptDefVal != "" {
				d.takes = takesNothing
			}
		}
		all = append(all, d)
	})
	return all
}

// spellings are the ways to write a flag: --format, -f.
func (f completedFlag) spellings() []string {
	if f.short == "" {
		return []string{"--" + f.long}
	}
	return []string{"--" + f.long, "-" + f.short}
}

// words are what an operand can be, in order of the alphabet.
func (c *command) words() []string {
	if c.complete.words == nil {
		return nil
	}
	return slices.Sorted(slices.Values(c.complete.words()))
}
