package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
)

func planCommand() *command {
	var written, index bool
	return &command{
		name:     "plan",
		operands: "RULES…",
		summary:  "Show what a rule will do, step by step",
		about: `Prints the typed plan of each rule after it was rewritten: the fields that it
reads, its stages in order, what they compute, and what its state takes in memory
for each key, measured with made-up events, one of each key in each window. Then
what is read of each schema: the fields that any rule wants, and the conditions by
which Parquet's row groups are skipped.

With --index it prints instead how the conditions of rules over one schema are
judged together: what they share, and which rules are looked at for every event,
and why.`,
		examples: []example{
			{"det plan brute.det", "the plan that runs"},
			{"det plan --as-written brute.det", "the plan before it was rewritten"},
			{"det plan --index rules/", "what thousands of rules share"},
		},
		complete: ruleFiles,
		flags: func(f *pflag.FlagSet) {
			f.BoolVar(&written, "as-written", false, "show the plan before it was rewritten")
			f.BoolVar(&index, "index", false, "show how the conditions of all rules are judged together")
		},
		run: func(ctx context.Context, s *streams, args []string) error {
			rules, diags, err := compile(s.err, det.Compiler{NoOptimise: written}, args)
			if err != nil {
				return err
			}
			var b bytes.Buffer
			if index {
				err = rules.PlanIndex(&b)
			} else {
				rules.Plan(&b)
				err = planMemory(ctx, &b, rules)
				planReads(&b, rules)
			}
			if err != nil {
				return err
			}
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

// planMemory tells what the state of each rule takes a key.
func planMemory(ctx context.Context, w io.Writer, rules *det.Ruleset) error {
	prints, err := rules.Footprints(ctx)
	if err != nil || len(prints) == 0 {
		return err
	}
	fmt.Fprintln(w, "\nmemory")
	for _, f := range prints {
		var parts []string
		for _, st := range f.Stages {
			part := st.Stage + " " + size(int64(st.Bytes))
			if st.Windows > 0 {
				part += fmt.Sprintf(" over %s windows", grouped(int64(st.Windows)))
			}
			if st.Window > 0 {
				part += fmt.Sprintf(" and %s for each further one", size(int64(st.Window)))
			}
			parts = append(parts, part)
		}
		fmt.Fprintf(w, "  %s  about %s a key: %s\n", f.Rule, size(int64(f.Total())), strings.Join(parts, ", "))
	}
	return nil
}

// planReads tells what is read of each schema.
func planReads(w io.Writer, rules *det.Ruleset) {
	for _, r := range rules.Reads() {
		fmt.Fprintf(w, "\nreads %s\n  fields   %s\n", r.Schema, strings.Join(r.Fields, ", "))
		if len(r.Only) > 0 {
			fmt.Fprintf(w, "  only     blocks that may have %s\n", strings.Join(r.Only, " and "))
		}
	}
}
