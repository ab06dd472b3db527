package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
)

// whyFlags are what `det why` is told.
type whyFlags struct {
	entity      entity
	at          instant
	inputs      paths
	inputFormat choice
	lateness    period
	until       instant
	format      choice
}

func whyCommand() *command {
	o := &whyFlags{inputFormat: choice{allowed: inputFormats()}, format: choice{"text", []string{"text", "json"}}}
	return &command{
		name:     "why",
		operands: "[RULES…] RULE|ALERT --input PATH…",
		summary:  "Explain why a rule fired, or did not",
		about: `Runs the rules over events and explains what a rule made of one entity at one
time: whether it fired and if not for which reason, its condition as a tree with
the values that it read, the history behind a baseline, the events behind a
window, and what would have made it fire.

RULE is the name of a rule and ALERT the id of an alert, or the beginning of one.
RULES are files or folders of rules (.det, .yml, .yaml); without them it is the current
folder. The time is one within the window, or that of the alert or event; without it the
last one is explained.`,
		examples: []example{
			{"det why many --entity user=ann --at 2024-03-05T10:00Z --input auth.ndjson", "why the rule was silent"},
			{"det why rules/ 8c1f0a --input auth.ndjson", "why an alert was made, by the beginning of its id"},
			{"det why brute.det many --entity user=ann --input auth.ndjson --format json", "the same for programs"},
		},
		complete: ruleFiles,
		more:     &o.inputs,
		flags:    o.declare,
		run:      o.run,
	}
}

func (o *whyFlags) declare(f *pflag.FlagSet) {
	f.VarP(&o.entity, "entity", "e", "whom it is about: KEY=VALUE, once for each key of the rule")
	f.Var(&o.at, "at", "when: a time within the window, or that of the alert or event")
	f.VarP(&o.inputs, "input", "i", "events to read; may be repeated, and further paths may follow")
	f.Var(&o.inputFormat, "input-format", "format of the inputs; found from name or content if not given")
	f.Var(&o.lateness, "lateness", "read as a stream, in which events come at most so late (5m)")
	f.Var(&o.until, "until", "end the clock at this time; later events are left out")
	f.VarP(&o.format, "format", "f", "text for people, json for programs")
}

func (o *whyFlags) run(ctx context.Context, s *streams, args []string) error {
	var files, subjects []string
	for _, a := range args {
		if _, err := os.Stat(a); err == nil || strings.HasSuffix(a, ".det") {
			files = append(files, a)
		} else {
			subjects = append(subjects, a)
		}
	}
	if len(files) == 0 {
		files = []string{"."}
	}
	if len(o.inputs.values) == 0 {
		return usagef("no input given: write --input PATH, or --input - for standard input")
	}
	// What will run is shown as it was written, so it is not rewritten.
	rules, diags, err := compile(s.err, det.Compiler{NoOptimise: true}, files)
	if err != nil {
		return err
	}
	if len(rules.Rules()) == 0 {
		return notCompiled(diags)
	}
	q, err := o.question(rules, subjects)
	if err != nil {
		return err
	}
	x, err := rules.Why(ctx, q, det.RunOptions{
		Inputs: o.inputs.values, Format: o.inputFormat.value, Lateness: o.lateness.value, Until: o.until.value,
		Note: func(note string) { fmt.Fprintln(s.err, s.err.paint(bold, "note:"), note) },
	})
	if x != nil {
		if o.format.value == "json" {
			err = errors.Join(writeWhyJSON(s.out, x), err)
		} else {
			err = errors.Join(writeWhy(s.out, x), err)
		}
	}
	if wrong := new(det.QuestionError); errors.As(err, &wrong) {
		return usagef("%w", err)
	}
	return runError(err)
}

// question finds out which rule or alert is meant.
func (o *whyFlags) question(rules *det.Ruleset, subjects []string) (det.Question, error) {
	q := det.Question{Entity: o.entity.values, At: o.at.value}
	list := rules.Rules()
	switch {
	case len(subjects) > 1:
		return q, usagef("one rule or alert is explained at a time; %s is no file", subjects[0])
	case len(subjects) == 0 && len(list) > 1:
		return q, usagef("there are %s: name one", counted(len(list), "rule"))
	case len(subjects) == 0:
		q.Rule = list[0].Name
		return q, nil
	}
	for _, r := range list {
		if r.Name == subjects[0] || r.ID == subjects[0] {
			q.Rule = r.Name
			return q, nil
		}
	}
	if strings.Trim(subjects[0], "0123456789abcdef") == "" && len(o.entity.values) == 0 {
		q.Alert = subjects[0]
	} else {
		q.Rule = subjects[0]
	}
	return q, nil
}

// entity is a flag value that names keys with their values.
type entity struct{ values map[string]string }

func (e *entity) Type() string   { return "key=value" }
func (e *entity) String() string { return "" }

func (e *entity) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return fmt.Errorf("%q is not KEY=VALUE: write user=ann", s)
	}
	if e.values == nil {
		e.values = map[string]string{}
	}
	e.values[name] = value
	return nil
}
