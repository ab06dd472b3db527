package main

import (
	"fmt"
	"strings"
)

// fishCompletion is a script for fish 3: one `complete` a command, flag and kind
// of operand.
func fishCompletion(all []*command) string {
	var b strings.Builder
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	before := "not __fish_seen_subcommand_from " + strings.Join(names, " ")
	b.WriteString("# fish completion for det\ncomplete -c det -f\n")
	for _, f := range flagsOf(newRootFlags().FlagSet) {
		fishFlag(&b, before, f)
	}
	for _, c := range all {
		fmt.Fprintf(&b, "complete -c det -n %s -a %s -d %s\n", fishQuote(before), c.name, fishQuote(c.summary))
	}
	for _, c := range all {
		when := "__fish_seen_subcommand_from " + c.name
		for _, f := range c.completedFlags() {
			fishFlag(&b, when, f)
		}
		switch {
		case c.complete.words != nil:
			fmt.Fprintf(&b, "complete -c det -n %s -a %s\n", fishQuote(when), fishQuote(strings.Join(c.words(), " ")))
		case c.complete.suffixes != nil:
			for _, s := range c.complete.suffixes {
				if s == "" {
					fmt.Fprintf(&b, "complete -c det -n %s -F\n", fishQuote(when))
				} else {
					fmt.Fprintf(&b, "complete -c det -n %s -k -a '(__fish_complete_suffix %s)'\n", fishQuote(when), s)
				}
			}
		}
	}
	return b.String()
}

func fishFlag(b *strings.Builder, when string, f completedFlag) {
	fmt.Fprintf(b, "complete -c det -n %s -l %s", fishQuote(when), f.long)
	if f.short != "" {
		fmt.Fprintf(b, " -s %s", f.short)
	}
	switch f.takes {
	case takesChoice:
		fmt.Fprintf(b, " -x -a %s", fishQuote(strings.Join(f.choices, " ")))
	case takesFile:
		b.WriteString(" -r -F")
	case takesText:
		b.WriteString(" -x")
	}
	fmt.Fprintf(b, " -d %s\n", fishQuote(f.does))
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
