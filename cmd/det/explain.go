package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang/diag"
)

func explainCommand() *command {
	return &command{
		name:     "explain",
		operands: "[CODE…]",
		summary:  "Explain the code of a diagnostic",
		about: `Prints when a diagnostic is told, why, and a file that earns it beside the same
file mended; the same for a lint. Without a code all of the compiler's are listed.`,
		examples: []example{
			{"det explain D0203", "what D0203 means"},
			{"det explain", "every code with its title"},
		},
		complete: completes{words: codeIDs},
		run: func(_ context.Context, s *streams, args []string) error {
			if len(args) == 0 {
				return listCodes(s.out)
			}
			for i, id := range args {
				c, ok := diag.Lookup(id)
				if lint.Find(id) != nil {
					if i > 0 {
						fmt.Fprintln(s.out)
					}
					if err := explainLint(s.out, id); err != nil {
						return err
					}
					continue
				}
				if !ok {
					return usagef("there is no code %q%s\nrun 'det explain' for all codes", id, didYouMean(id, codeIDs()))
				}
				if i > 0 {
					fmt.Fprintln(s.out)
				}
				if err := printCode(s.out, c); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func codeIDs() []string {
	ids := make([]string, len(diag.Codes))
	for i, c := range diag.Codes {
		ids[i] = c.ID
	}
	return ids
}

func listCodes(o *console) error {
	var b strings.Builder
	for _, c := range diag.Codes {
		fmt.Fprintf(&b, "%s  %s\n", o.paint(cyan, c.ID), c.Title)
	}
	_, err := io.WriteString(o, b.String())
	return err
}

func printCode(o *console, c diag.Code) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", o.paint(cyan, c.ID), o.paint(bold, c.Title))
	for _, part := range []struct{ title, text string }{
		{"When", c.When}, {"Why", c.Why}, {"Wrong", indented(c.Wrong)}, {"Right", indented(c.Right)},
	} {
		text := part.text
		if !strings.HasPrefix(text, " ") {
			text = wrap(text, min(o.width, 100)-2)
		}
		if text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", o.paint(bold, part.title), text)
		}
	}
	_, err := io.WriteString(o, b.String())
	return err
}
