package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/examples"
	"github.com/detlang/det/examples/company"
	"github.com/detlang/det/runtime"
)

func demoCommand() *command {
	var made company.Options
	generate := path{kind: "folder"}
	return &command{
		name:    "demo",
		summary: "Run the examples: nine rungs from a pattern to first sight",
		about: `Runs the examples that are part of this program over the data of a small company
and shows what each finds, and why. With --generate it writes data of the same
company to a folder instead: logins, web requests, blocked pages, detections,
documents, mails, name look-ups and processes of 90 days, with some trouble planted
among them. The same seed gives the same bytes.`,
		examples: []example{
			{"det demo", "see every rung fire"},
			{"det demo --generate company", "make 90 days of data, about 50 MB"},
			{"det demo --generate company --days 7 --scale 0.1", "make less"},
		},
		flags: func(f *pflag.FlagSet) {
			f.Var(&generate, "generate", "write the tables of a company to this folder")
			f.Uint64Var(&made.Seed, "seed", 1, "of the chance in the tables")
			f.IntVar(&made.Days, "days", 90, "how many days from 2024-01-01 on")
			f.Float64Var(&made.Scale, "scale", 1, "of people and traffic")
		},
		run: func(ctx context.Context, s *streams, args []string) error {
			switch {
			case len(args) > 0:
				return usagef("demo takes no arguments")
			case made.Days <= 0 || made.Scale <= 0:
				return usagef("--days and --scale must be greater than 0")
			case generate.value != "":
				return generateCompany(s.out, generate.value, made)
			}
			return demo(ctx, s)
		},
	}
}

// generateCompany writes the tables and says what was written.
func generateCompany(o *console, dir string, opts company.Options) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	err := company.Generate(func(table string) (io.WriteCloser, error) {
		return os.Create(filepath.Join(dir, company.FileName(table)))
	}, opts)
	if err != nil {
		return err
	}
	for _, table := range company.Tables() {
		name := filepath.Join(dir, company.FileName(table))
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(o, "%8s  %s\n", size(info.Size()), name); err != nil {
			return err
		}
	}
	return nil
}

// demo runs all examples out of a temporary folder.
func demo(ctx context.Context, s *streams) error {
	dir, err := os.MkdirTemp("", "det-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, examples.Files()); err != nil {
		return err
	}
	all, err := examples.All()
	if err != nil {
		return err
	}
	began := time.Now()
	for _, e := range all {
		if err := demonstrate(ctx, s, dir, e); err != nil {
			return err
		}
	}
	rest := fmt.Sprintf("%d rungs in %s. The rules are in the folder examples of the sources; 'det demo --generate DIR' makes data to try your own on.", len(all), round(time.Since(began)))
	_, err = io.WriteString(s.out, wrap(rest, s.out.width)+"\n")
	return err
}

// demonstrate runs one example and shows its alerts. Those of low level only add
// to a risk, and are counted.
func demonstrate(ctx context.Context, s *streams, dir string, e examples.Example) error {
	text, err := fs.ReadFile(examples.Files(), e.Rule)
	if err != nil {
		return err
	}
	rules, diags := det.Compiler{}.Sources(det.Source{Name: e.Rule, Text: string(text)})
	if diags.Errors() > 0 {
		return &exit{exitRules, &det.CompileError{Diagnostics: diags}}
	}
	var inputs []string
	for _, in := range e.Inputs {
		inputs = append(inputs, filepath.Join(dir, filepath.FromSlash(in)))
	}
	var alerts []runtime.Alert
	stats, err := rules.Run(ctx, det.RunOptions{Inputs: inputs, Alerts: func(list []runtime.Alert) error {
		alerts = append(alerts, list...)
		return nil
	}})
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s, %s, %s: %s\n", s.out.paint(bold, e.Title), counted(int(stats.Rows), "event"),
		counted(len(rules.Rules()), "rule"), round(stats.Elapsed), filepath.ToSlash(filepath.Join("examples", e.Rule)))
	weak := 0
	for i := range alerts {
		if alerts[i].Level == "low" {
			weak++
			continue
		}
		printAlert(&b, s.out, &alerts[i], dir)
	}
	if weak > 0 {
		fmt.Fprintf(&b, "  and %s that add to the risk\n", counted(weak, "weak sign"))
	}
	b.WriteByte('\n')
	_, err = io.WriteString(s.out, b.String())
	return err
}

// printAlert shows an alert in a few lines: when and what, about whom, why, and
// the events behind it.
func printAlert(b *strings.Builder, o *console, a *runtime.Alert, dir string) {
	at := time.UnixMicro(a.Time).UTC().Format(time.DateTime)
	fmt.Fprintf(b, "  %s  %s  %s\n", at, o.paint(levelStyle(a.Level), fmt.Sprintf("%-8s", a.Level)), o.paint(cyan, a.Rule))
	width := min(o.width, 100) - 4
	for _, named := range [][]runtime.Named{a.Keys, a.Values} {
		var parts []string
		for _, n := range named {
			if n.Value != nil {
				parts = append(parts, n.Name+" "+shown(n))
			}
		}
		if len(parts) > 0 {
			b.WriteString(indented(wrap(strings.Join(parts, ", "), width)) + "\n")
		}
	}
	if text := behind(a.Evidence, dir); text != "" {
		b.WriteString(indented(wrap(text, width)) + "\n")
	}
}

// behind names the events of an alert by file and record.
func behind(events []runtime.Event, dir string) string {
	rows := map[string][]int64{}
	var files []string
	for _, e := range events {
		if rows[e.Source] == nil {
			files = append(files, e.Source)
		}
		rows[e.Source] = append(rows[e.Source], e.Row)
	}
	var parts []string
	for _, f := range files {
		slices.SortFunc(rows[f], cmp.Compare[int64])
		var list []string
		for _, r := range rows[f] {
			list = append(list, strconv.FormatInt(r, 10))
		}
		name := f
		if rel, err := filepath.Rel(dir, f); err == nil && filepath.IsLocal(rel) {
			name = filepath.Base(rel)
		}
		what := "records "
		if len(list) == 1 {
			what = "record "
		}
		parts = append(parts, what+strings.Join(list, " ")+" of "+name)
	}
	return strings.Join(parts, "; ")
}

func levelStyle(level string) style {
	if level == "high" || level == "critical" {
		return red
	}
	return bold
}

// shown is a value for people: a fraction with four digits.
func shown(n runtime.Named) string {
	switch v := n.Value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', 4, 64)
	case []any:
		return valueText(v)
	}
	return runtime.FormatValue(n.Value, n.Kind)
}
