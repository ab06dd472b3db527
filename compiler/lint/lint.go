// Package lint finds what compiles but is probably not meant: conditions that
// can never hold, thresholds that no window reaches, names that nothing reads.
// A lint is a row of All and a file; its row holds its documentation and two
// examples that are its tests.
//
// A false alarm costs more than a miss: where a lint cannot be sure, it is quiet.
package lint

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
)

// Category is what a lint is about.
type Category string

// The categories.
const (
	Bug         Category = "bug"         // it does not do what it seems to
	Dead        Category = "dead"        // it has no effect
	Statistics  Category = "statistics"  // the numbers do not mean what they seem to
	State       Category = "state"       // memory that grows, or is used up
	Performance Category = "performance" // the same result for less work
	Robustness  Category = "robustness"  // easily evaded, or at the mercy of the data
	Style       Category = "style"       // harder to read than it need be
	Metadata    Category = "metadata"    // what a rule says of itself
	Sigma       Category = "sigma"       // rules in YAML
)

// Categories are all categories, in the order of the manual.
var Categories = []Category{Bug, Dead, Statistics, State, Performance, Robustness, Style, Metadata, Sigma}

// Level is how loud a lint is.
type Level uint8

// The levels, quietest first. A lint that is Off runs only where it is asked for.
const (
	Off Level = iota
	Info
	Warning
	Error
)

func (l Level) String() string { return [...]string{"off", "info", "warning", "error"}[l] }

// Severity is the severity of the findings of a lint that is not Off.
func (l Level) Severity() diag.Severity { return diag.Severity(Error - l) }

// Lint is one row. Exactly one of Rule, File and Set is given: it is called for
// each rule that compiles, for each file, or once.
type Lint struct {
	Code     string // L and three digits; the hundreds are the category. Never reused
	Name     string // in kebab case
	Category Category
	Level    Level // unless the configuration says otherwise
	Summary  string
	Why      string
	Avoid    string // a file that earns this finding and no other
	Prefer   string // the same, mended
	Ext      string // of the examples' file names; ".det" unless given
	Fixes    bool   // it mends what it finds, at least in Avoid

	Rule func(p *Pass, r *Rule)
	File func(p *Pass, f *File)
	Set  func(p *Pass, s *Set)
}

// Find is the lint of this code or name, or nil.
func Find(id string) *Lint {
	for _, l := range All() {
		if l.is(id) {
			return &l
		}
	}
	return nil
}

// Run looks at files that were compiled together and adds findings to diags. set
// is their plan, before it was optimised.
func Run(trees []*ast.File, set *plan.Set, cfg *Config, diags *diag.List) {
	s := newSet(trees, set, cfg, diags)
	var lints []*Pass
	ran := map[string]bool{}
	for _, l := range All() {
		if level := cfg.level(&l); level != Off && cfg.wants(l.Category) {
			ran[l.Code] = true
			lints = append(lints, &Pass{lint: &l, level: level, set: s})
		}
	}
	found := s.each(lints)
	for _, p := range lints {
		p.found = found
		switch {
		case cfg.stopped():
		case p.lint.File != nil:
			for _, f := range s.Files {
				p.lint.File(p, f)
			}
		case p.lint.Set != nil:
			p.lint.Set(p, s)
		}
	}
	left := silence(s, cfg, ran, found)
	for _, d := range left {
		if !cfg.skips(&d) {
			diags.Add(d)
		}
	}
}

// each runs the lints of rules over all rules, on all processors: rules do not know
// each other. What is found stands in the order of the rules.
func (s *Set) each(lints []*Pass) *diag.List {
	found := make([]diag.List, len(s.Rules))
	parallel(len(s.Rules), func(i int) {
		for _, p := range lints {
			if p.lint.Rule != nil && !s.Config.stopped() {
				own := *p
				own.found = &found[i]
				p.lint.Rule(&own, s.Rules[i])
			}
		}
	})
	out := &diag.List{}
	for i := range found {
		for _, d := range found[i].All {
			out.Add(d)
		}
	}
	return out
}

// parallel calls f for 0 to n-1, on all processors.
func parallel(n int, f func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	workers.Wait()
}
