package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/detlang/det"
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/report"
)

// lintConfigName is the configuration that is taken where none is named: in the
// current folder or the nearest one above it, up to that of the repository.
const lintConfigName = ".detlint"

func lintCommand() *command {
	l := &linting{
		format: &choice{"text", lintFormats()},
		failOn: &choice{"warning", []string{"info", "warning", "error", "never"}},
		config: &path{kind: "file"},
	}
	return &command{
		name:     "lint",
		operands: "RULES…",
		summary:  "Find what compiles but is probably not meant",
		about: `Compiles rule files, and all of folders, and looks for conditions that can never
hold, thresholds that no window reaches, names that nothing reads, and more;
docs/lints.md lists the lints. The exit code is 3 when a rule does not compile,
and 1 when something is found that is at least as bad as --fail-on says.

A comment silences one finding: "// lint: ignore L204 because …", behind the line
or above it. Levels and exclusions stand in a file .detlint.`,
		examples: []example{
			{"det lint rules/", "look at every rule below a folder"},
			{"det lint --fix rules/", "mend what can be mended safely"},
			{"det lint --explain L100", "why a lint exists, and what to write instead"},
			{"det lint --format sarif rules/ > det.sarif", "for a code host or an editor"},
		},
		complete: ruleFiles,
		flags: func(f *pflag.FlagSet) {
			f.BoolVar(&l.fix, "fix", false, "make the fixes, in the files")
			f.Var(l.format, "format", "how findings are printed")
			f.StringVar(&l.explain, "explain", "", "explain a lint, by its code or name, or all")
			f.Var(l.config, "config", "levels, exclusions and forms of names (default .detlint)")
			f.Var((*words)(&l.categories), "category", "only these, with commas between: "+strings.Join(categoryNames(), ", "))
			f.Var(l.failOn, "fail-on", "the least level that makes the exit code 1")
		},
		run: func(_ context.Context, s *streams, args []string) error { return l.run(s, args) },
	}
}

// linting is what the flags ask for.
type linting struct {
	fix            bool
	format, failOn *choice
	config         *path
	explain        string
	categories     []string
}

func lintFormats() []string {
	names := []string{"text"}
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func categoryNames() []string {
	names := make([]string, len(lint.Categories))
	for i, c := range lint.Categories {
		names[i] = string(c)
	}
	return names
}

func (l *linting) run(s *streams, args []string) error {
	if l.explain != "" {
		return explainLint(s.out, l.explain)
	}
	if len(args) == 0 {
		return usagef("no rules given: name files or folders of rules")
	}
	cfg, err := l.configuration()
	if err != nil {
		return err
	}
	debug.SetGCPercent(400) // the process is short, and what it makes stays in use
	out, err := det.Compiler{}.Lint(cfg, l.fix, args...)
	if err != nil {
		return &exit{exitInput, err}
	}
	if l.fix {
		if err := writeFixed(out); err != nil {
			return err
		}
	}
	if err := l.print(s, out); err != nil {
		return err
	}
	return l.verdict(out.Findings)
}

// configuration is the file that was named, or the nearest .detlint, or none.
func (l *linting) configuration() (*lint.Config, error) {
	name := l.config.value
	if name == "" {
		name = nearestConfig()
	}
	cfg := &lint.Config{}
	if name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, &exit{exitInput, err}
		}
		if cfg, err = lint.ParseConfig(name, string(text)); err != nil {
			return nil, &exit{exitUsage, err}
		}
	}
	for _, c := range l.categories {
		if names := categoryNames(); !slices.Contains(names, c) {
			return nil, usagef("there is no category %q%s\nthere are %s", c, didYouMean(c, names), strings.Join(names, ", "))
		}
		cfg.Only = append(cfg.Only, lint.Category(c))
	}
	return cfg, nil
}

func nearestConfig() string {
	dir, err := os.Getwd()
	for err == nil {
		name := filepath.Join(dir, lintConfigName)
		if _, err := os.Stat(name); err == nil {
			return name
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// writeFixed writes the files that fixes changed.
func writeFixed(out *det.Linted) error {
	for _, f := range out.Files {
		old, err := os.ReadFile(f.Name)
		if err != nil {
			return err
		}
		if string(old) == f.Text {
			continue
		}
		if err := replaceFile(f.Name, f.Text); err != nil {
			return err
		}
	}
	return nil
}

func (l *linting) print(s *streams, out *det.Linted) error {
	if l.format.value == "text" {
		if err := diag.Render(s.out, out.Findings, diag.Options{Color: s.out.color, Width: s.out.width}); err != nil {
			return err
		}
		_, err := fmt.Fprintln(s.err, lintSummary(out))
		return err
	}
	r := &report.Report{Version: moduleVersion(), Findings: out.Findings.All, Rule: reportRule}
	for _, f := range out.Files {
		r.Files = append(r.Files, f.Name)
	}
	for _, f := range report.Formats() {
		if f.Name == l.format.value {
			return f.Write(s.out, r)
		}
	}
	return nil
}

// lintSummary counts: 2 errors, 1 warning in 7 files; 3 fixed.
func lintSummary(out *det.Linted) string {
	var n [3]int
	fixable := 0
	for _, d := range out.Findings.All {
		n[d.Severity]++
		if d.Fix != nil {
			fixable++
		}
	}
	var parts []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		if n[s] > 0 {
			parts = append(parts, counted(n[s], s.String()))
		}
	}
	text := "nothing found"
	if len(parts) > 0 {
		text = strings.Join(parts, ", ")
	}
	text += " in " + counted(len(out.Files), "file")
	if out.Fixed > 0 {
		text += fmt.Sprintf("; %d fixed", out.Fixed)
	}
	if fixable > 0 {
		text += fmt.Sprintf("; --fix mends %d", fixable)
	}
	return text
}

// verdict is the exit code.
func (l *linting) verdict(findings *diag.List) error {
	code := exitDone
	worst := map[string]diag.Severity{"error": diag.Error, "warning": diag.Warning, "info": diag.Info}
	for _, d := range findings.All {
		if d.Severity == diag.Error && lint.Find(d.Code) == nil {
			return &exit{code: exitRules}
		}
		if least, ok := worst[l.failOn.value]; ok && d.Severity <= least {
			code = exitAlerts
		}
	}
	if code != exitDone {
		return &exit{code: code}
	}
	return nil
}

// reportRule is what a code means, a lint's or the compiler's.
func reportRule(code string) report.Rule {
	if l := lint.Find(code); l != nil {
		level := max(l.Level, lint.Info)
		return report.Rule{
			Code: l.Code, Name: l.Name, Category: string(l.Category), Level: level.Severity(), Summary: l.Summary,
			Help:    l.Why + "\n\nAvoid:\n\n```\n" + l.Avoid + "```\n\nPrefer:\n\n```\n" + l.Prefer + "```\n",
			HelpURI: "https://github.com/detlang/det/blob/main/docs/lints/" + l.Code + ".md",
		}
	}
	r := report.Rule{Code: code, Summary: code}
	if c, ok := diag.Lookup(code); ok {
		r.Summary = c.Title
		r.Help = c.When + "\n\n" + c.Why + "\n"
		r.HelpURI = "https://github.com/detlang/det/blob/main/docs/codes.md"
	}
	return r
}

func explainLint(o *console, id string) error {
	if id == "all" {
		return listLints(o)
	}
	l := lint.Find(id)
	if l == nil {
		var names []string
		for _, l := range lint.All() {
			names = append(names, l.Code, l.Name)
		}
		return usagef("there is no lint %q%s\nrun 'det lint --explain all' for all lints", id, didYouMean(id, names))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", o.paint(cyan, l.Code+" "+l.Name), o.paint(bold, l.Summary))
	fixes := "no fix"
	if l.Fixes {
		fixes = "--fix mends it"
	}
	fmt.Fprintf(&b, "\n  %s, %s, %s\n", l.Category, l.Level, fixes)
	for _, part := range []struct{ title, text string }{
		{"Why", wrap(l.Why, min(o.width, 100)-2)}, {"Avoid", indented(l.Avoid)}, {"Prefer", indented(l.Prefer)},
	} {
		fmt.Fprintf(&b, "\n%s\n%s\n", o.paint(bold, part.title), part.text)
	}
	_, err := io.WriteString(o, b.String())
	return err
}

func listLints(o *console) error {
	var b strings.Builder
	for _, l := range lint.All() {
		fmt.Fprintf(&b, "%s  %-11s %-8s %s\n", o.paint(cyan, l.Code), l.Category, l.Level, l.Summary)
	}
	_, err := io.WriteString(o, b.String())
	return err
}
