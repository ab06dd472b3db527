package main

import (
	"bytes"
	"context"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
)

func planCommand() *command {
	var written bool
	return &command{
		name:     "plan",
		operands: "RULES…",
		summary:  "Show what a rule will do, step by step",
		about: `Prints the typed plan of each rule after it was rewritten: the fields that it
reads, its stages in order, what they compute.`,
		examples: []example{
			{"det plan brute.det", "the plan that runs"},
			{"det plan --as-written brute.det", "the plan before it was rewritten"},
		},
		complete: ruleFiles,
		flags: func(f *pflag.FlagSet) {
			f.BoolVar(&written, "as-written", false, "show the plan before it was rewritten")
		},
		run: func(_ context.Context, s *streams, args []string) error {
			rules, diags, err := compile(s.err, det.Compiler{NoOptimise: written}, args)
			if err != nil {
				return err
			}
			var b bytes.Buffer
			rules.Plan(&b)
			if _, err := b.WriteTo(s.out); err != nil {
				return err
			}
			if diags.Errors() > 0 {
				return notCompiled(diags)
			}
			return nil
		},
	}
}
