package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

func helpCommand() *command {
	return &command{
		name:     "help",
		operands: "[COMMAND]",
		summary:  "Show help for a command",
		about:    "Shows what det can do, or how one command is used.",
		examples: []example{{"det help run", "the flags of det run"}},
		complete: completes{words: names},
		run: func(_ context.Context, s *streams, args []string) error {
			switch len(args) {
			case 0:
				return printOverview(s.out)
			case 1:
				c, err := findCommand(args[0])
				if err != nil {
					return err
				}
				return c.printHelp(s.out)
			}
			return usagef("help takes one command, not %d", len(args))
		},
	}
}

// printOverview lists the commands, the flags before them and the exit codes.
func printOverview(o *console) error {
	var b strings.Builder
	fmt.Fprintf(&b, "det checks, explains and runs detection rules.\n\n%s\n  det COMMAND [flags] …\n\n%s\n",
		o.paint(bold, "Usage"), o.paint(bold, "Commands"))
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %s  %s\n", o.paint(cyan, fmt.Sprintf("%-10s", c.name)), c.summary)
	}
	fmt.Fprintf(&b, "\n%s\n%s\n%s\n", o.paint(bold, "Flags"), flagLines(newRootFlags().FlagSet, o.width), o.paint(bold, "Exit codes"))
	for _, e := range exitCodes {
		fmt.Fprintf(&b, "  %3d  %s\n", e.code, e.meaning)
	}
	b.WriteString("\nStart with 'det demo'. 'det help COMMAND' shows flags and examples.\n")
	_, err := io.WriteString(o, b.String())
	return err
}

// printHelp shows everything about one command.
func (c *command) printHelp(o *console) error {
	flags, _, _ := c.flagSet()
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n  %s\n\n%s\n", c.summary+".", o.paint(bold, "Usage"),
		strings.TrimSpace("det "+c.name+" [flags] "+c.operands), wrapAll(c.about, o.width))
	if len(c.examples) > 0 {
		fmt.Fprintf(&b, "\n%s\n", o.paint(bold, "Examples"))
		for _, e := range c.examples {
			fmt.Fprintf(&b, "  %s\n  %s\n", o.paint(dim, "# "+e.does), e.line)
		}
	}
	fmt.Fprintf(&b, "\n%s\n%s", o.paint(bold, "Flags"), flagLines(flags, o.width))
	_, err := io.WriteString(o, b.String())
	return err
}

// flagLines describes flags, one or more lines each: -w, --write  what it does.
func flagLines(flags *pflag.FlagSet, width int) string {
	var names, does []string
	widest := 0
	flags.VisitAll(func(f *pflag.Flag) {
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if f.NoOptDefVal == "" {
			name += " " + placeholder(f.Value.Type())
		}
		usage := f.Usage
		if f.DefValue != "" && f.NoOptDefVal == "" {
			usage += " (default " + f.DefValue + ")"
		}
		names, does = append(names, name), append(does, usage)
		if len(name) <= widestFlag {
			widest = max(widest, len(name))
		}
	})
	var b strings.Builder
	for i, name := range names {
		indent := strings.Repeat(" ", widest+2)
		text := strings.ReplaceAll(wrap(does[i], width-widest-2), "\n", "\n"+indent)
		if len(name) > widest {
			fmt.Fprintf(&b, "  %s\n%s%s\n", name, indent, text)
		} else {
			fmt.Fprintf(&b, "  %-*s%s\n", widest, name, text)
		}
	}
	return b.String()
}

// widestFlag is the longest flag that has its text beside it.
const widestFlag = 30

// placeholder is what stands for a flag's value: its type, but for Go's numbers.
func placeholder(kind string) string {
	switch kind {
	case "int", "uint64", "float64":
		return "number"
	}
	return kind
}
