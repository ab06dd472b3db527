package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

func diffCommand() *command {
	p := newPast()
	format := &choice{"text", []string{"text", "json"}}
	return &command{
		name:     "diff",
		operands: "OLD NEW --input PATH…",
		summary:  "Compare the alerts of two versions of rules",
		about: `Runs two versions of rules, files or folders, over the same events and tells which
alerts the new one gains, which it loses, each with the reason why the other is
silent, and which have another time or other values. The exit code is 0 whatever
the differences are.`,
		examples: []example{
			{"det diff old/spike.det spike.det --input logs/", "what a change does"},
			{"det diff --format json main/rules rules --input logs/", "for a pipeline"},
		},
		complete: completes{suffixes: []string{""}},
		more:     &p.inputs,
		flags: func(f *pflag.FlagSet) {
			p.declare(f)
			f.Var(format, "format", "how differences are printed")
		},
		run: func(ctx context.Context, s *streams, args []string) error {
			if len(args) != 2 {
				return usagef("two versions are compared: det diff OLD NEW --input PATH")
			}
			if err := p.noStdin(); err != nil {
				return err
			}
			var versions []*det.Ruleset
			for _, a := range args {
				// Explanations show conditions as they were written.
				rules, diags, err := compile(s.err, det.Compiler{NoOptimise: true}, []string{a})
				if err != nil {
					return err
				}
				if diags.Errors() > 0 {
					return notCompiled(diags)
				}
				versions = append(versions, rules)
			}
			bar := newProgress(s.err)
			opts, err := p.options(s, bar)
			if err != nil {
				return err
			}
			det.BoundGarbage()
			d, err := det.Diff(ctx, versions[0], versions[1], opts)
			bar.clear()
			if d == nil {
				return runError(err)
			}
			if format.value == "json" {
				return writeIndented(s.out, diffJSONOf(d))
			}
			return writeDiff(s.out, d)
		},
	}
}

func writeDiff(o *console, d *det.RuleDiff) error {
	var b strings.Builder
	list := func(mark string, as style, all []det.DiffAlert) {
		for i := range all {
			fmt.Fprintf(&b, "%s %s\n", o.paint(as, mark), diffAlert(&all[i].Alert))
			if all[i].Why != "" {
				fmt.Fprintf(&b, "    %s\n", o.paint(dim, "the other: "+all[i].Why))
			}
		}
	}
	list("+", cyan, d.Gained)
	list("-", red, d.Lost)
	for i := range d.Moved {
		m := &d.Moved[i]
		fmt.Fprintf(&b, "%s %s\n    was %s; other: %s\n", o.paint(bold, "~"), diffAlert(&m.New), diffAlert(&m.Old), strings.Join(m.Changed, ", "))
	}
	fmt.Fprintf(&b, "%d gained, %d lost, %d moved, %d the same\n", len(d.Gained), len(d.Lost), len(d.Moved), d.Same)
	_, err := io.WriteString(o, b.String())
	return err
}

// diffAlert is an alert in a line.
func diffAlert(a *runtime.Alert) string {
	var parts []string
	for _, list := range [][]runtime.Named{a.Keys, a.Values} {
		for _, v := range list {
			text := "missing"
			if v.Value != nil {
				text = runtime.FormatValue(v.Value, v.Kind)
			}
			parts = append(parts, v.Name+"="+text)
		}
	}
	return fmt.Sprintf("%s  %s  %s", runtime.FormatTime(a.Time), a.Rule, strings.Join(parts, " "))
}

type (
	diffJSON struct {
		Gained []diffAlertJSON `json:"gained"`
		Lost   []diffAlertJSON `json:"lost"`
		Moved  []movedJSON     `json:"moved"`
		Same   int             `json:"same"`
	}
	diffAlertJSON struct {
		ID   string `json:"id"`
		Rule string `json:"rule"`
		Time string `json:"time"`
		Text string `json:"text"`
		Why  string `json:"why"`
	}
	movedJSON struct {
		Old     diffAlertJSON `json:"old"`
		New     diffAlertJSON `json:"new"`
		Changed []string      `json:"changed"`
	}
)

func diffJSONOf(d *det.RuleDiff) diffJSON {
	one := func(a *runtime.Alert, why string) diffAlertJSON {
		return diffAlertJSON{a.ID, a.Rule, runtime.FormatTime(a.Time), diffAlert(a), why}
	}
	list := func(all []det.DiffAlert) []diffAlertJSON {
		out := []diffAlertJSON{}
		for i := range all {
			out = append(out, one(&all[i].Alert, all[i].Why))
		}
		return out
	}
	out := diffJSON{Gained: list(d.Gained), Lost: list(d.Lost), Moved: []movedJSON{}, Same: d.Same}
	for i := range d.Moved {
		m := &d.Moved[i]
		out.Moved = append(out.Moved, movedJSON{one(&m.Old, ""), one(&m.New, ""), m.Changed})
	}
	return out
}
