package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/types"
)

// sweeping is what the flags of sweep ask for.
type sweeping struct {
	past
	params sweepParams
	labels *path
	format *choice
}

func sweepCommand() *command {
	w := &sweeping{past: newPast(), labels: &path{kind: "file"}, format: &choice{"text", []string{"text", "csv", "json"}}}
	return &command{
		name:     "sweep",
		operands: "[RULES…] RULE --param NAME=VALUES --input PATH…",
		summary:  "Try values of a rule's parameters over past events",
		about: `Runs a rule with many values of its parameters (param k = 3.0) over past events, in
one pass: what comes before the first stage that a value changes is computed once.
For each value it tells the alerts a day and, with --labels, how many of the labels
were found and how many alerts are right.

Values are a range with a step, 2..5/0.25 or 10m..1h/10m, or a list, 1,2,5. Of
several parameters all combinations are tried.`,
		examples: []example{
			{"det sweep spike.det spike --param k=2..5/0.25 --input logs/", "how many alerts does each threshold give?"},
			{"det sweep spike --param k=2..5/0.5 --input logs/ --labels known.csv", "with the labels that each still finds"},
		},
		complete: completes{suffixes: []string{""}},
		more:     &w.inputs,
		flags: func(f *pflag.FlagSet) {
			f.VarP(&w.params, "param", "p", "a parameter and its values: k=2..5/0.25 or k=1,2,5; may be repeated")
			w.declare(f)
			f.Var(w.labels, "labels", "what should have been found; see det help backtest")
			f.Var(w.format, "format", "how the result is printed")
		},
		run: w.run,
	}
}

func (w *sweeping) run(ctx context.Context, s *streams, args []string) error {
	var files []string
	rule := ""
	for _, a := range args {
		if _, err := os.Stat(a); err == nil || strings.HasSuffix(a, ".det") {
			files = append(files, a)
		} else if rule == "" {
			rule = a
		} else {
			return usagef("one rule is tried at a time; %s is no file", rule)
		}
	}
	if len(files) == 0 {
		files = []string{"."}
	}
	rules, diags, err := compile(s.err, det.Compiler{}, files)
	if err != nil {
		return err
	}
	if list := rules.Rules(); rule == "" && len(list) == 1 {
		rule = list[0].Name
	} else if rule == "" {
		return usagef("there are %s: name one", counted(len(list), "rule"))
	}
	if diags.Errors() > 0 {
		return notCompiled(diags)
	}
	if len(w.params.list) == 0 {
		return usagef("no parameter given: write --param NAME=FROM..TO/STEP")
	}
	var labels []det.Label
	if w.labels.value != "" {
		if labels, err = det.ReadLabels(w.labels.value); err != nil {
			return &exit{exitInput, err}
		}
	}
	bar := newProgress(s.err)
	opts, err := w.options(s, bar)
	if err != nil {
		return err
	}
	det.BoundGarbage()
	result, err := det.Compiler{}.Sweep(ctx, rule, w.params.list, opts, labels, files...)
	bar.clear()
	if result == nil {
		return runError(err)
	}
	switch w.format.value {
	case "csv":
		return writeSweepCSV(s.out, result)
	case "json":
		return writeIndented(s.out, sweepJSONOf(result))
	}
	return writeSweep(s.out, result)
}

// sweepParams is a flag value: parameters with their values.
type sweepParams struct{ list []det.SweepParam }

func (p *sweepParams) Type() string { return "NAME=VALUES" }

func (p *sweepParams) String() string {
	var names []string
	for _, x := range p.list {
		names = append(names, x.Name)
	}
	return strings.Join(names, ",")
}

func (p *sweepParams) Set(s string) error {
	name, values, ok := strings.Cut(s, "=")
	if !ok || name == "" || values == "" {
		return fmt.Errorf("%q is not NAME=VALUES, such as k=2..5/0.25", s)
	}
	out := det.SweepParam{Name: name}
	span, step, ranged := strings.Cut(values, "/")
	from, to, dots := strings.Cut(span, "..")
	if ranged != dots {
		return fmt.Errorf("%q: a range is FROM..TO/STEP", values)
	}
	if !ranged {
		for _, v := range strings.Split(values, ",") {
			x, err := sweepValue(v)
			if err != nil {
				return err
			}
			out.Values = append(out.Values, x)
		}
		p.list = append(p.list, out)
		return nil
	}
	var ends [3]any
	for i, v := range []string{from, to, step} {
		x, err := sweepValue(v)
		if err != nil {
			return err
		}
		ends[i] = x
	}
	var err error
	if out.Values, err = sweepRange(ends[0], ends[1], ends[2]); err != nil {
		return fmt.Errorf("%q: %w", values, err)
	}
	p.list = append(p.list, out)
	return nil
}

// maxRange is how many values a range may have.
const maxRange = 1000

func sweepRange(from, to, step any) ([]any, error) {
	if a, ok := from.(time.Duration); ok {
		b, okTo := to.(time.Duration)
		d, okStep := step.(time.Duration)
		if !okTo || !okStep || d <= 0 || b < a || (b-a)/d >= maxRange {
			return nil, fmt.Errorf("a range of times is such as 10m..1h/10m, with at most %d values", maxRange)
		}
		var out []any
		for x := a; x <= b; x += d {
			out = append(out, x)
		}
		return out, nil
	}
	a, okFrom := sweepNumber(from)
	b, okTo := sweepNumber(to)
	d, okStep := sweepNumber(step)
	if !okFrom || !okTo || !okStep || d <= 0 || b < a || (b-a)/d >= maxRange {
		return nil, fmt.Errorf("a range is such as 2..5/0.25, with at most %d values", maxRange)
	}
	whole := from == any(int64(a)) && to == any(int64(b)) && step == any(int64(d))
	var out []any
	for i := range int(math.Floor((b-a)/d+1e-9)) + 1 {
		x := a + float64(i)*d
		if whole {
			out = append(out, int64(x))
		} else {
			out = append(out, math.Round(x*1e9)/1e9)
		}
	}
	return out, nil
}

func sweepNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func sweepValue(s string) (any, error) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	if x, err := strconv.ParseFloat(s, 64); err == nil {
		return x, nil
	}
	var d period
	if err := d.Set(s); err == nil && d.value != nil {
		return *d.value, nil
	}
	return nil, fmt.Errorf("%q is no number and no length of time", s)
}

// paramText is a value of a parameter as the language writes it.
func paramText(v any) string {
	if d, ok := v.(time.Duration); ok {
		return types.FormatDuration(d)
	}
	return fmt.Sprint(v)
}

func writeSweep(o *console, w *det.Sweep) error {
	var b strings.Builder
	top := 1
	for _, p := range w.Points {
		top = max(top, p.Backtest.Alerts)
	}
	labelled := len(w.Points) > 0 && w.Points[0].Backtest.Labelled
	for _, p := range w.Params {
		fmt.Fprintf(&b, "%10s  ", p)
	}
	fmt.Fprintf(&b, "%8s  %8s", "alerts", "a day")
	if labelled {
		fmt.Fprintf(&b, "  %9s  %8s", "precision", "recall")
	}
	b.WriteByte('\n')
	for _, p := range w.Points {
		for _, v := range p.Values {
			fmt.Fprintf(&b, "%10s  ", paramText(v))
		}
		t := &p.Backtest
		fmt.Fprintf(&b, "%8d  %8.2f", t.Alerts, float64(t.Alerts)/float64(max(t.Days(), 1)))
		if labelled {
			for i, f := range []func() (float64, bool){t.Precision, t.Recall} {
				x, ok := f()
				text := "-"
				if ok {
					text = fmt.Sprintf("%.3f", x)
				}
				fmt.Fprintf(&b, "  %*s", 9-i, text)
			}
		}
		fmt.Fprintf(&b, "  %s\n", strings.Repeat("#", (t.Alerts*30+top-1)/top))
	}
	fmt.Fprintf(&b, "\n%s of rule %s; %d of %s ran once for all\n", counted(len(w.Points), "value"), w.Rule, w.Shared, counted(w.Stages, "stage"))
	_, err := io.WriteString(o, b.String())
	return err
}

func writeSweepCSV(out io.Writer, w *det.Sweep) error {
	c := csv.NewWriter(out)
	c.Write(append(append([]string{}, w.Params...), "alerts", "days", "alerts_a_day", "labels", "found", "right"))
	for _, p := range w.Points {
		var row []string
		for _, v := range p.Values {
			row = append(row, paramText(v))
		}
		t := &p.Backtest
		days := max(t.Days(), 1)
		c.Write(append(row, strconv.Itoa(t.Alerts), strconv.Itoa(t.Days()), strconv.FormatFloat(float64(t.Alerts)/float64(days), 'g', 6, 64),
			strconv.Itoa(t.Labels), strconv.Itoa(t.Found), strconv.Itoa(t.Right)))
	}
	c.Flush()
	return c.Error()
}

func sweepJSONOf(w *det.Sweep) any {
	points := []any{}
	for _, p := range w.Points {
		values := map[string]string{}
		for i, v := range p.Values {
			values[w.Params[i]] = paramText(v)
		}
		t := &p.Backtest
		points = append(points, map[string]any{"values": values, "alerts": t.Alerts, "days": t.Days(), "labels": t.Labels, "found": t.Found, "right": t.Right})
	}
	return map[string]any{"rule": w.Rule, "points": points, "shared_stages": w.Shared, "stages": w.Stages}
}
