package det

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/build"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/stdlib"
)

// Compiler says how rules are compiled. The zero Compiler is ready to use.
type Compiler struct {
	// Functions are added to those of the standard library.
	Functions []stdlib.Func
	// Params set rule parameters from outside, by "rule.param" or "param". Values
	// are bool, int64, float64, string, time.Duration or time.Time.
	Params map[string]any
	// NoOptimise runs the plan as it was written, rule by rule.
	NoOptimise bool
	// IndexFrom is from how many rules over a schema on their conditions are judged
	// all at once, by an index; 0 is where that begins to pay, less than 0 is never.
	// The alerts are the same.
	IndexFrom int
	// Beside looks around files that are named by themselves for what they need: rules
	// that they name or that name theirs, anywhere in the repository, and the mappings
	// and lists of Sigma rules, in their folders and those above.
	Beside bool
}

// Source is a rule file that is not on disk.
type Source struct{ Name, Text string }

// Ruleset is a set of checked rules. It does not change; any number of engines may
// be made of it, also at the same time.
type Ruleset struct {
	set   *plan.Set
	files int
	own   map[*source.File]bool // the files, where others lie beside them
	plain bool                  // not optimised
	build build.Options
}

// CompileError says that rules did not compile.
type CompileError struct{ Diagnostics *diag.List }

func (e *CompileError) Error() string {
	var b strings.Builder
	diag.Render(&b, e.Diagnostics, diag.Options{})
	return strings.TrimRight(b.String(), "\n")
}

// Compile reads rule files, or all rule files in a folder and below, and compiles
// them together. If a rule is wrong, the error is a *CompileError that tells
// everything that is wrong with any of them.
func Compile(paths ...string) (*Ruleset, error) {
	rs, diags, err := Compiler{}.Files(paths...)
	if err != nil {
		return nil, err
	}
	if diags.Errors() > 0 {
		return nil, &CompileError{diags}
	}
	return rs, nil
}

// Files compiles rule files and folders of them. Rules with errors are left out of
// the set, and told in the list; err is for files that cannot be read.
func (c Compiler) Files(paths ...string) (*Ruleset, *diag.List, error) {
	names, err := RuleFiles(paths...)
	if err != nil {
		return nil, nil, err
	}
	var files []*source.File
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, source.New(name, string(text)))
	}
	rs, diags := c.compile(files, c.around(files, paths))
	return rs, diags, nil
}

// Sources compiles rule files given as text.
func (c Compiler) Sources(sources ...Source) (*Ruleset, *diag.List) {
	var files []*source.File
	for _, s := range sources {
		files = append(files, source.New(s.Name, s.Text))
	}
	return c.compile(files, nil)
}

// compile compiles files with those around them, unless that is nil.
func (c Compiler) compile(files []*source.File, around *neighbours) (*Ruleset, *diag.List) {
	diags := &diag.List{}
	opts := compiler.Options{Functions: c.Functions, Params: c.Params, NoOptimise: c.NoOptimise}
	rs := &Ruleset{files: len(files), plain: c.NoOptimise, build: build.Options{IndexFrom: c.IndexFrom}}
	if around != nil {
		opts = around.beside(opts, files)
		rs.own = map[*source.File]bool{}
		for _, f := range files {
			rs.own[f] = true
		}
	}
	rs.set = compiler.Compile(files, opts, diags)
	if c.NoOptimise {
		rs.build.IndexFrom = -1
	}
	return rs, diags
}

// RuleFiles lists the rule files that paths name: files as they are, and from
// folders all that end in .det, .yml or .yaml, sorted by name. Hidden files are left
// out.
func RuleFiles(paths ...string) ([]string, error) {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file or folder", p)
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			out = append(out, p)
			continue
		}
		before := len(out)
		err = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && ruleFile(name) {
				out = append(out, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(out) == before {
			return nil, fmt.Errorf("%s: no rule files (.det, .yml, .yaml) in this folder", p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// ruleFile reports whether a file of a folder holds rules.
func ruleFile(name string) bool {
	return !strings.HasPrefix(filepath.Base(name), ".") && (filepath.Ext(name) == ".det" || sigma.Is(name))
}

// RuleInfo is what a rule says of itself.
type RuleInfo struct {
	Name, ID, Title, Level, Status string
	Attack                         []string
	Reads                          string // the stream: a schema, "rule x" or "risk"
	File                           string
}

// Rules lists the rules of the files in the order in which they run.
func (r *Ruleset) Rules() []RuleInfo {
	var out []RuleInfo
	for _, x := range r.set.Rules {
		if !r.has(x) {
			continue
		}
		out = append(out, RuleInfo{
			Name: x.Name, ID: x.Meta.ID, Title: x.Meta.Title, Level: x.Meta.Level, Status: x.Meta.Status,
			Attack: x.Meta.Attack, Reads: x.From.Name(), File: x.At.File.Name,
		})
	}
	return out
}

// Schemas lists the names of the schemas whose events the rules read.
func (r *Ruleset) Schemas() []string {
	var out []string
	for _, s := range r.set.Schemas {
		out = append(out, s.Name)
	}
	return out
}

// Files is how many rule files the set was compiled from.
func (r *Ruleset) Files() int { return r.files }

// has reports whether a rule stands in the files, not beside them.
func (r *Ruleset) has(x *plan.Rule) bool { return r.own == nil || r.own[x.At.File] }

// Plan writes what will run, for people.
func (r *Ruleset) Plan(w io.Writer) {
	for i, x := range r.set.Rules {
		if i > 0 {
			fmt.Fprintln(w)
		}
		x.Print(w)
	}
}

// program builds the rules anew, with fresh state, those that are traced apart.
func (r *Ruleset) program(trace func(*runtime.Judgement), traced func(rule string) bool) (*program, error) {
	opts := r.build
	if opts.Traced = traced; trace == nil {
		opts.Traced = nil
	} else if traced == nil {
		opts.Traced = func(string) bool { return true }
	}
	return build.Program(r.set, opts)
}
