package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

func testCommand() *command {
	t := &ruleTests{format: &choice{"text", []string{"text", "json", "junit", "tap"}}}
	return &command{
		name:     "test",
		operands: "RULES…",
		summary:  "Run the tests that rule files declare",
		about: `Runs the tests in rule files, and in all .det files of folders. A test gives events
to a rule by a clock of its own and says which alerts are expected; 90 days take
milliseconds. The exit code is 1 when a test fails, and 3 when rules do not compile.

With --mutate the rules are changed in one small way after another, and the changes
are listed that no test notices. With --coverage the conditions are listed that no
test saw true, or false, and the stages that no row came to.`,
		examples: []example{
			{"det test rules/", "run all tests below a folder"},
			{"det test --run burst brute.det", "only tests whose title has the word"},
			{"det test --format junit rules/ > tests.xml", "for a pipeline"},
			{"det test --mutate brute.det", "what do the tests not notice?"},
			{"det test --watch rules/", "again after every change"},
		},
		complete: ruleFiles,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&t.only, "run", "", "only tests whose title or rule this regular expression finds")
			f.Var(t.format, "format", "how results are printed")
			f.BoolVar(&t.coverage, "coverage", false, "list what the tests did not reach")
			f.BoolVar(&t.mutate, "mutate", false, "list the changes to rules that no test notices")
			f.Float64Var(&t.least, "min-noticed", 0, "with --mutate: fail when a smaller share, from 0 to 1, is noticed")
			f.BoolVar(&t.watch, "watch", false, "run again whenever a file changes")
			f.BoolVarP(&t.verbose, "verbose", "v", false, "show the alerts of tests that pass, too")
		},
		run: t.run,
	}
}

// ruleTests is what the flags ask for.
type ruleTests struct {
	format                           *choice
	only                             string
	least                            float64
	coverage, mutate, watch, verbose bool
}

func (t *ruleTests) run(ctx context.Context, s *streams, args []string) error {
	switch {
	case t.least < 0 || t.least > 1:
		return usagef("--min-noticed is a share from 0 to 1")
	case t.watch && (t.format.value != "text" || t.mutate || t.coverage):
		return usagef("--watch prints text, and goes without --mutate and --coverage")
	case t.mutate && t.coverage:
		return usagef("--mutate and --coverage are two runs")
	case (t.mutate || t.coverage) && t.format.value != "text" && t.format.value != "json":
		return usagef("--mutate and --coverage print text or json")
	}
	only, err := regexp.Compile("(?i)" + t.only)
	if err != nil {
		return usagef("--run %q is no regular expression: %w", t.only, err)
	}
	if t.watch {
		return t.watching(ctx, s, only, args)
	}
	return t.once(ctx, s, only, args)
}

// once compiles the rules and runs their tests.
func (t *ruleTests) once(ctx context.Context, s *streams, only *regexp.Regexp, args []string) error {
	o := s.out
	if t.format.value != "text" {
		o = s.err
	}
	rules, diags, err := compile(o, det.Compiler{Beside: true}, args)
	if err != nil {
		return err
	}
	var tests []det.Test
	for _, x := range rules.Tests() {
		if only.MatchString(x.Title) || only.MatchString(x.Rule) {
			tests = append(tests, x)
		}
	}
	began := time.Now()
	results := make([]det.TestResult, 0, len(tests))
	for _, x := range tests {
		r := x.Run(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		results = append(results, r)
		if t.format.value == "text" {
			t.print(s.out, &r)
		}
	}
	if err := t.summary(s, results, time.Since(began)); err != nil {
		return err
	}
	failed := 0
	for i := range results {
		if !results[i].Passed() {
			failed++
		}
	}
	switch {
	case diags.Errors() > 0:
		return notCompiled(diags)
	case failed > 0:
		return &exit{code: exitAlerts}
	case t.coverage:
		return t.cover(ctx, s, args)
	case t.mutate:
		return t.mutation(ctx, s, args)
	}
	return nil
}

// cover tells what no test reached.
func (t *ruleTests) cover(ctx context.Context, s *streams, args []string) error {
	c, err := det.Compiler{Beside: true}.Coverage(ctx, args...)
	if err != nil {
		return err
	}
	if t.format.value == "json" {
		return writeCoverageJSON(s.out, c)
	}
	for _, r := range c.Rules {
		for _, g := range r.Gaps() {
			fmt.Fprintf(s.out, "%s: rule %s: %s\n", g.At, r.Rule, g.What)
		}
	}
	seen, all := c.Seen()
	_, err = fmt.Fprintf(s.out, "%d of %d outcomes of conditions and stages were seen\n", seen, all)
	return err
}

// print tells the result of one test.
func (t *ruleTests) print(o *console, r *det.TestResult) {
	mark := o.paint(cyan, "ok  ")
	if !r.Passed() {
		mark = o.paint(red, "FAIL")
	}
	fmt.Fprintf(o, "%s  %s: %s  %s\n", mark, r.Test.Rule, r.Test.Title, o.paint(dim, took(r.Elapsed)))
	for _, f := range r.Failures {
		list := &diag.List{All: []diag.Diagnostic{failureDiagnostic(f)}}
		var b strings.Builder
		diag.Render(&b, list, diag.Options{Color: o.color, Width: o.width - 6})
		fmt.Fprintln(o, indentedBy("      ", b.String()))
	}
	if t.verbose && r.Passed() {
		for i := range r.Alerts {
			fmt.Fprintf(o, "      %s\n", r.Describe(i))
		}
	}
}

func failureDiagnostic(f det.TestFailure) diag.Diagnostic {
	d := diag.Diagnostic{Severity: diag.Error, Span: f.At, Message: f.Message}
	for _, n := range f.Notes {
		d.Notes = append(d.Notes, diag.Note{Span: source.Span{}, Message: n})
	}
	return d
}

// indentedBy sets every line of a text in.
func indentedBy(by, text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return by + strings.Join(lines, "\n"+by)
}

func took(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// summary writes all results in a form for programs, or a last line for people.
func (t *ruleTests) summary(s *streams, results []det.TestResult, elapsed time.Duration) error {
	failed := 0
	for i := range results {
		if !results[i].Passed() {
			failed++
		}
	}
	switch t.format.value {
	case "json":
		if t.mutate || t.coverage {
			return nil // theirs follows
		}
		return writeTestJSON(s.out, results)
	case "junit":
		return writeTestJUnit(s.out, results)
	case "tap":
		return writeTestTAP(s.out, results)
	}
	if len(results) == 0 {
		what := "there are no tests in these files"
		if t.only != "" {
			what = "no test's title or rule matches " + t.only
		}
		_, err := fmt.Fprintln(s.out, what)
		return err
	}
	line := counted(len(results), "test") + ", "
	if failed == 0 {
		line += "all pass"
	} else {
		line += fmt.Sprintf("%d failed", failed)
	}
	_, err := fmt.Fprintf(s.out, "\n%s, %s\n", line, took(elapsed))
	return err
}

// mutation tells which mutants no test notices.
func (t *ruleTests) mutation(ctx context.Context, s *streams, args []string) error {
	p := newProgress(s.err)
	result, err := det.Compiler{Beside: true}.Mutate(ctx, func(done, all int) { p.step(done, all, "mutants") }, args...)
	p.clear()
	if err != nil {
		return err
	}
	if t.format.value == "json" {
		return writeMutationJSON(s.out, result)
	}
	for _, m := range result.Survived {
		fmt.Fprintf(s.out, "%s: rule %s: %s\n", m.At, m.Rule, m.What)
	}
	if result.Mutants == 0 {
		_, err := fmt.Fprintln(s.out, "there are no mutants: no rule here has a test")
		return err
	}
	share := float64(result.Noticed) / float64(result.Mutants)
	if _, err := fmt.Fprintf(s.out, "%s, %d noticed (%.0f %%), %d survive\n", counted(result.Mutants, "mutant"), result.Noticed, 100*share, len(result.Survived)); err != nil {
		return err
	}
	if share < t.least {
		return &exit{exitAlerts, fmt.Errorf("%.0f %% of the mutants were noticed, less than %.0f %%", 100*share, 100*t.least)}
	}
	return nil
}

// watchEvery is how often files are looked at for a change.
const watchEvery = 300 * time.Millisecond

// watching runs the tests again after every change, until it is interrupted. Files
// are looked at now and then: that works on every file system, and costs little for
// the number of files that rules have.
func (t *ruleTests) watching(ctx context.Context, s *streams, only *regexp.Regexp, args []string) error {
	last := ""
	for {
		now, err := stamp(args)
		if err != nil && last == "" {
			return &exit{exitInput, err}
		}
		if err == nil && now != last { // else a file is away for a moment, as while an editor saves it
			last = now
			if s.out.terminal {
				io.WriteString(s.out, "\x1b[H\x1b[2J")
			}
			err := t.once(ctx, s, only, args)
			if x := (*exit)(nil); err != nil && (!errors.As(err, &x) || x.code == exitUsage) {
				return err
			}
			fmt.Fprintf(s.out, "%s\n", s.out.paint(dim, "waiting for changes; ctrl-C ends"))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
	}
}

// stamp changes when one of the rule files does.
func stamp(args []string) (string, error) {
	names, err := det.RuleFiles(args...)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, n := range names {
		if info, err := os.Stat(n); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", n, info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String(), nil
}
