package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime/output"
)

// backtesting is what the flags of backtest ask for.
type backtesting struct {
	past
	format               *choice
	labels, expect, page *path
}

func backtestCommand() *command {
	b := &backtesting{
		past: newPast(), format: &choice{"text", []string{"text", "json", "csv", "junit"}},
		labels: &path{kind: "file"}, expect: &path{kind: "file"}, page: &path{kind: "file"},
	}
	return &command{
		name:     "backtest",
		operands: "RULES… --input PATH…",
		summary:  "Count what rules would have said over past events",
		about: `Runs rules over past events and counts their alerts by day, rule and entity. With
--labels it tells the share of alerts that are right and of labels that were found:
a CSV file or NDJSON with the columns entity, from, to (timestamps or dates; time
stands for both) and rule (any, if empty). An alert finds a label if it names the
entity and its window or event meets the label's time.

--expect names a file of lines such as "failed_login_spike at most 3 a day",
"* at least 1", "recall at least 0.9"; the exit code is 1 if one is broken.`,
		examples: []example{
			{"det backtest rules/ --input logs/", "alerts by day and rule"},
			{"det backtest rules/ --input logs/ --labels known.csv --html report.html", "with precision and recall, and a page to show"},
			{"det backtest rules/ --input logs/ --expect bounds.txt --format junit", "for a pipeline"},
		},
		complete: completes{suffixes: []string{""}},
		more:     &b.inputs,
		flags: func(f *pflag.FlagSet) {
			b.declare(f)
			f.Var(b.labels, "labels", "what should have been found")
			f.Var(b.expect, "expect", "what the counts must keep to")
			f.Var(b.page, "html", "write a report to this file, with plots and without anything from the network")
			f.Var(b.format, "format", "how the counts are printed")
		},
		run: b.run,
	}
}

func (b *backtesting) run(ctx context.Context, s *streams, args []string) error {
	rules, diags, err := compile(s.err, det.Compiler{}, args)
	if err != nil {
		return err
	}
	if len(rules.Rules()) == 0 {
		return notCompiled(diags)
	}
	labels, expects, err := b.files()
	if err != nil {
		return err
	}
	bar := newProgress(s.err)
	opts, err := b.options(s, bar)
	if err != nil {
		return err
	}
	det.BoundGarbage()
	result, err := rules.Backtest(ctx, opts, labels)
	bar.clear()
	if result == nil {
		return runError(err)
	}
	bad := broken(expects, result)
	if b.page.value != "" {
		var out bytes.Buffer
		if err := writeReport(&out, result, expects, bad); err != nil {
			return err
		}
		if err := os.WriteFile(b.page.value, out.Bytes(), 0o644); err != nil {
			return &exit{exitFailed, err}
		}
	}
	if err := b.print(s.out, result, expects, bad); err != nil {
		return err
	}
	if err != nil {
		return runError(err)
	}
	if slices.ContainsFunc(bad, func(m string) bool { return m != "" }) {
		return &exit{code: exitAlerts}
	}
	return nil
}

// files reads the labels and the expectations.
func (b *backtesting) files() (labels []det.Label, expects []det.Expectation, err error) {
	if b.labels.value != "" {
		if labels, err = det.ReadLabels(b.labels.value); err != nil {
			return nil, nil, &exit{exitInput, err}
		}
	}
	if b.expect.value != "" {
		if expects, err = det.ReadExpectations(b.expect.value); err != nil {
			return nil, nil, &exit{exitInput, err}
		}
	}
	return labels, expects, nil
}

// broken tells for each expectation how it is broken, "" where it is not.
func broken(expects []det.Expectation, b *det.Backtest) []string {
	out := make([]string, len(expects))
	for i := range expects {
		out[i] = expects[i].Check(b)
	}
	return out
}

func (b *backtesting) print(o *console, r *det.Backtest, expects []det.Expectation, broken []string) error {
	switch b.format.value {
	case "json":
		return writeIndented(o, backtestJSONOf(r, expects, broken))
	case "csv":
		return writeBacktestCSV(o, r)
	case "junit":
		return writeBacktestJUnit(o, r, expects, broken)
	}
	return writeBacktest(o, r, expects, broken)
}

// bars are the heights of a plot in text, from nothing to full.
var bars = []rune(" ▁▂▃▄▅▆▇█")

// sparkline draws counts as a line of at most width characters, each the largest of
// its days.
func sparkline(days []int, width int) string {
	top := 1
	for _, n := range days {
		top = max(top, n)
	}
	each := max(1, (len(days)+width-1)/width)
	var b strings.Builder
	for i := 0; i < len(days); i += each {
		n := slices.Max(days[i:min(i+each, len(days))])
		level := (n*(len(bars)-1) + top - 1) / top
		b.WriteRune(bars[level])
	}
	return b.String()
}

func writeBacktest(o *console, r *det.Backtest, expects []det.Expectation, broken []string) error {
	var b strings.Builder
	if r.Days() == 0 {
		b.WriteString("no events\n")
	} else {
		fmt.Fprintf(&b, "%s to %s, %s, %s events\n\n", r.From.Format(time.DateOnly), r.To.Format(time.DateOnly), counted(r.Days(), "day"), grouped(r.Rows))
	}
	wide := 4
	for _, x := range r.Rules {
		wide = max(wide, len(x.Name))
	}
	wide = min(wide, 40)
	list := slices.Clone(r.Rules)
	slices.SortStableFunc(list, func(x, y det.BacktestRule) int { return cmp.Compare(y.Alerts, x.Alerts) })
	fmt.Fprintf(&b, "%-*s  %7s  %6s  %5s  %s\n", wide, "RULE", "ALERTS", "A DAY", "MOST", "BY DAY")
	for _, x := range list {
		most := 0
		for _, n := range x.Days {
			most = max(most, n)
		}
		fmt.Fprintf(&b, "%-*s  %7d  %6.2f  %5d  %s\n", wide, cut(x.Name, wide), x.Alerts, float64(x.Alerts)/float64(max(r.Days(), 1)), most, strings.TrimRight(sparkline(x.Days, max(10, o.width-wide-26)), " "))
	}
	for _, x := range list {
		if len(x.Entities) == 0 {
			continue
		}
		var parts []string
		for _, e := range x.Entities[:min(len(x.Entities), 5)] {
			parts = append(parts, fmt.Sprintf("%s (%d)", output.Visible(e.Name), e.Alerts))
		}
		fmt.Fprintf(&b, "\n%s: %s", x.Name, strings.Join(parts, ", "))
	}
	fmt.Fprintf(&b, "\n\n%s\n", counted(r.Alerts, "alert"))
	if r.Labelled {
		if p, ok := r.Precision(); ok {
			fmt.Fprintf(&b, "precision %.3f: %d of %d alerts have a label\n", p, r.Right, r.Alerts)
		}
		if p, ok := r.Recall(); ok {
			fmt.Fprintf(&b, "recall    %.3f: %d of %d labels were found\n", p, r.Found, r.Labels)
		}
		for _, l := range r.Missed[:min(len(r.Missed), 10)] {
			fmt.Fprintf(&b, "  missed: %s%s\n", l.Entity, span(l))
		}
	}
	for i, e := range expects {
		if broken[i] == "" {
			fmt.Fprintf(&b, "%s  %s\n", o.paint(cyan, "ok  "), e.Text)
		} else {
			fmt.Fprintf(&b, "%s  %s: %s\n", o.paint(red, "FAIL"), e.Text, broken[i])
		}
	}
	_, err := io.WriteString(o, b.String())
	return err
}

func span(l det.Label) string {
	switch {
	case l.From.IsZero() && l.To.IsZero():
		return ""
	case l.From.Equal(l.To):
		return " at " + l.From.Format(time.RFC3339)
	}
	return " " + l.From.Format(time.RFC3339) + " to " + l.To.Format(time.RFC3339)
}

// cut shortens a text to a width.
func cut(s string, width int) string {
	if r := []rune(s); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return s
}

type backtestJSON struct {
	From      string             `json:"from"`
	To        string             `json:"to"`
	Rows      int64              `json:"events"`
	Alerts    int                `json:"alerts"`
	Precision *float64           `json:"precision"`
	Recall    *float64           `json:"recall"`
	Labels    int                `json:"labels"`
	Found     int                `json:"found"`
	Rules     []backtestRuleJSON `json:"rules"`
	Expects   []expectJSON       `json:"expectations"`
}

type backtestRuleJSON struct {
	Rule     string         `json:"rule"`
	Level    string         `json:"level"`
	Alerts   int            `json:"alerts"`
	Right    int            `json:"right"`
	Days     map[string]int `json:"days"`
	Entities []det.Entity   `json:"entities"`
}

type expectJSON struct {
	Text   string `json:"text"`
	Broken string `json:"broken"`
}

func backtestJSONOf(r *det.Backtest, expects []det.Expectation, broken []string) backtestJSON {
	out := backtestJSON{Rows: r.Rows, Alerts: r.Alerts, Labels: r.Labels, Found: r.Found, Rules: []backtestRuleJSON{}, Expects: []expectJSON{}}
	if r.Days() > 0 {
		out.From, out.To = r.From.Format(time.RFC3339), r.To.Format(time.RFC3339)
	}
	if p, ok := r.Precision(); ok {
		out.Precision = &p
	}
	if p, ok := r.Recall(); ok {
		out.Recall = &p
	}
	for _, x := range r.Rules {
		row := backtestRuleJSON{x.Name, x.Level, x.Alerts, x.Right, map[string]int{}, x.Entities}
		if row.Entities == nil {
			row.Entities = []det.Entity{}
		}
		for i, n := range x.Days {
			if n > 0 {
				row.Days[r.From.AddDate(0, 0, i).Format(time.DateOnly)] = n
			}
		}
		out.Rules = append(out.Rules, row)
	}
	for i, e := range expects {
		out.Expects = append(out.Expects, expectJSON{e.Text, broken[i]})
	}
	return out
}

// writeBacktestCSV writes a line a day and rule that has alerts.
func writeBacktestCSV(w io.Writer, r *det.Backtest) error {
	c := csv.NewWriter(w)
	c.Write([]string{"day", "rule", "alerts"})
	for _, x := range r.Rules {
		for i, n := range x.Days {
			if n > 0 {
				c.Write([]string{r.From.AddDate(0, 0, i).Format(time.DateOnly), x.Name, strconv.Itoa(n)})
			}
		}
	}
	c.Flush()
	return c.Error()
}

// writeBacktestJUnit writes a case an expectation.
func writeBacktestJUnit(w io.Writer, r *det.Backtest, expects []det.Expectation, broken []string) error {
	suite := testSuite{Name: "backtest", Seconds: r.Elapsed.Seconds()}
	for i, e := range expects {
		c := testCase{Name: e.Text, Class: "backtest"}
		if broken[i] != "" {
			c.Failure = &testFailure{Message: broken[i], Text: e.Text + ": " + broken[i]}
			suite.Failures++
		}
		suite.Tests++
		suite.Cases = append(suite.Cases, c)
	}
	all := testSuites{Tests: suite.Tests, Failures: suite.Failures, Suites: []testSuite{suite}}
	return all.write(w)
}
