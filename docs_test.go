package det_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// fence is one fenced block of a document. What it is for stands behind the
// backquotes:
//
//	sh            commands, run in the document's own folder, a copy of examples beside them
//	sh root       commands, run in the root of the repository
//	sh no-run     commands that are only shown
//	text output   what the block before it prints
//	det           rules that compile without a word, in canonical form
//	det wrong     rules that do not compile
//	det warns     rules that earn a warning
//	go main.go    a program, run inside the module
//
// A name with a dot behind that (det brute.det, json login.ndjson) writes the block
// to the document's folder.
type fence struct {
	lang, mark, name string
	line             int
	text             string
}

// TestDocuments runs what the documents say: every command, rule and program.
func TestDocuments(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("the commands need sh")
		}
		t.Skip("the commands need sh")
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "./cmd/det").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range documents(t) {
		t.Run(name, func(t *testing.T) {
			d := &document{name: name, root: root, bin: bin, dir: t.TempDir()}
			if err := os.CopyFS(filepath.Join(d.dir, "examples"), os.DirFS("examples")); err != nil {
				t.Fatal(err)
			}
			for _, f := range fences(t, name) {
				d.try(t, f)
			}
		})
	}
}

// documents are the documents at the root and in docs.
func documents(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, glob := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	if !slices.Contains(names, "README.md") {
		t.Fatal("there is no README.md")
	}
	return names
}

// fences cuts a document into its blocks.
func fences(t *testing.T, name string) []fence {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []fence
	open := false
	for i, line := range strings.SplitAfter(string(data), "\n") {
		info, is := strings.CutPrefix(strings.TrimRight(line, "\n"), "```")
		switch {
		case is && open:
			open = false
		case is:
			open = true
			f := fence{line: i + 1}
			f.lang, f.mark, _ = strings.Cut(info, " ")
			if at := strings.LastIndexByte(f.mark, ' ') + 1; strings.Contains(f.mark[at:], ".") {
				f.name, f.mark = f.mark[at:], strings.TrimSpace(f.mark[:at])
			}
			all = append(all, f)
		case open:
			all[len(all)-1].text += line
		}
	}
	if open {
		t.Fatalf("%s:%d: this block is never closed", name, all[len(all)-1].line)
	}
	return all
}

// document is one document while it is tried.
type document struct {
	name, root, bin, dir string
	printed              string // by the last block that was run
	ran                  bool
}

func (d *document) try(t *testing.T, f fence) {
	t.Helper()
	at := fmt.Sprintf("%s:%d", d.name, f.line)
	if f.name != "" {
		if err := os.WriteFile(filepath.Join(d.dir, f.name), []byte(f.text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	switch f.lang {
	case "sh":
		switch f.mark {
		case "", "root":
			dir := d.dir
			if f.mark == "root" {
				dir = d.root
			}
			d.run(t, at, dir, "sh", "-euc", f.text)
		case "no-run":
		default:
			t.Errorf("%s: sh %s means nothing", at, f.mark)
		}
	case "go":
		if f.name != "" {
			d.run(t, at, d.root, "go", "run", filepath.Join(d.dir, f.name))
		}
	case "text":
		if f.mark != "output" {
			return
		}
		if !d.ran {
			t.Errorf("%s: this is the output of nothing", at)
		}
		if diff := cmp.Diff(f.text, d.printed); diff != "" {
			t.Errorf("%s: (-written +printed)\n%s", at, diff)
		}
	case "det":
		d.compile(t, at, f)
	}
}

// run runs a command and keeps what it prints.
func (d *document) run(t *testing.T, at, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "PATH="+d.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Errorf("%s: %v\n%s", at, err, &out)
	}
	d.printed, d.ran = out.String(), true
}

func (d *document) compile(t *testing.T, at string, f fence) {
	t.Helper()
	name := filepath.Join(d.dir, f.name)
	if f.name == "" {
		name = filepath.Join(d.dir, fmt.Sprintf("line%d.det", f.line))
		if err := os.WriteFile(name, []byte(f.text), 0o644); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(name)
	}
	rules, diags, err := det.Compiler{}.Files(name)
	switch {
	case err != nil:
		t.Fatal(err)
	case f.mark == "wrong":
		if diags.Errors() == 0 {
			t.Errorf("%s: this compiles, though it is marked as wrong", at)
		}
		return
	case f.mark == "warns":
		if diags.Errors() > 0 || len(diags.All) == 0 {
			t.Errorf("%s: this should earn warnings alone\n%s", at, render(diags))
		}
		return
	case len(diags.All) > 0:
		t.Errorf("%s: this does not compile without a word\n%s", at, render(diags))
	}
	engine, err := rules.NewEngine(det.EngineOptions{})
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	engine.Close()
	if canonical, ok := lang.Format(source.New(name, f.text), &diag.List{}); ok && canonical != f.text {
		t.Errorf("%s: not in canonical form (-canonical +written)\n%s", at, cmp.Diff(canonical, f.text))
	}
}
