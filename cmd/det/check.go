package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
)

func checkCommand() *command {
	format := &choice{"text", []string{"text", "json"}}
	return &command{
		name:     "check",
		operands: "RULES…",
		summary:  "Check rules without running them",
		about: `Compiles rule files, and all .det files of folders, and tells everything that is
wrong with them, each at its place. 'det explain CODE' tells more. Rules that
files name are looked for beside them, too. The exit code is 3 when a rule does
not compile; warnings alone do not change it.`,
		examples: []example{
			{"det check rules/", "check every rule below a folder"},
			{"det check --format json brute.det", "for an editor or a pipeline"},
		},
		complete: ruleFiles,
		flags: func(f *pflag.FlagSet) {
			f.Var(format, "format", "how findings are printed")
		},
		run: func(_ context.Context, s *streams, args []string) error {
			if format.value == "json" {
				return checkJSON(s, args)
			}
			rules, diags, err := compile(s.out, det.Compiler{Beside: true}, args)
			if err != nil {
				return err
			}
			if diags.Errors() > 0 {
				return notCompiled(diags)
			}
			_, err = fmt.Fprintf(s.out, "%s, no errors%s\n", ruleCount(rules), warnings(diags))
			return err
		},
	}
}

func checkJSON(s *streams, args []string) error {
	if len(args) == 0 {
		return usagef("no rules given: name files or folders of rules")
	}
	_, diags, err := det.Compiler{Beside: true}.Files(args...)
	if err != nil {
		return &exit{exitInput, err}
	}
	if err := diag.JSON(s.out, diags); err != nil {
		return err
	}
	if diags.Errors() > 0 {
		return &exit{code: exitRules}
	}
	return nil
}

// warnings says how many findings are not errors.
func warnings(diags *diag.List) string {
	if n := len(diags.All) - diags.Errors(); n > 0 {
		return ", " + counted(n, "warning")
	}
	return ""
}
