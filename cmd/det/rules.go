package main

import (
	"fmt"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
)

// ruleFiles completes rule files.
var ruleFiles = completes{suffixes: []string{".det", ".yml", ".yaml"}}

// ruleCount says how much was compiled: 7 rules in 3 files.
func ruleCount(rules *det.Ruleset) string {
	return counted(len(rules.Rules()), "rule") + " in " + counted(rules.Files(), "file")
}

// compile compiles rule files and folders and tells on o what is wrong with them.
// The error is for what cannot be read; how many errors there are, diags tells.
func compile(o *console, c det.Compiler, paths []string) (*det.Ruleset, *diag.List, error) {
	if len(paths) == 0 {
		return nil, nil, usagef("no rules given: name files or folders of rules")
	}
	rules, diags, err := c.Files(paths...)
	if err != nil {
		return nil, nil, &exit{exitInput, err}
	}
	if err := diag.Render(o, diags, diag.Options{Color: o.color, Width: o.width}); err != nil {
		return nil, nil, err
	}
	return rules, diags, nil
}

// notCompiled is the end of a command whose rules have errors, which were told.
func notCompiled(diags *diag.List) error {
	return &exit{exitRules, fmt.Errorf("%s in the rules", counted(diags.Errors(), "error"))}
}
