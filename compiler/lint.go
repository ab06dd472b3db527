package compiler

import (
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// maxRounds bounds how often fixes are made: one can bring another to light.
const maxRounds = 10

// Lint compiles files together and adds what the linter finds to what the
// compiler says.
func Lint(files []*source.File, opts Options, cfg *lint.Config) *diag.List {
	return Examine(files, opts, cfg).Diags
}

// Examined is what was found out about files, without those beside them.
type Examined struct {
	Trees []*ast.File
	Set   *plan.Set // as it was written, without the rules that have errors
	Diags *diag.List
}

// Examine parses and checks files together, and lints them unless cfg is nil.
func Examine(files []*source.File, opts Options, cfg *lint.Config) *Examined {
	x := &Examined{Diags: &diag.List{}}
	x.Set, x.Trees = checked(files, opts, x.Diags)
	if cfg != nil {
		with := *cfg
		with.Stopped = opts.Stopped
		lint.Run(x.Trees, x.Set, &with, x.Diags)
	}
	x.Diags.Sort()
	return x
}

// Fix makes the fixes that the linter proposes, again until none is left, and
// gives the files as they are then with what remains to be said about them. A file
// that was in canonical form is so afterwards. Fixes after which less would compile are
// not made.
func Fix(files []*source.File, opts Options, cfg *lint.Config) (fixed []*source.File, left *diag.List, made int) {
	left = Lint(files, opts, cfg)
	for range maxRounds {
		next, n := fixRound(files, left)
		if n == 0 {
			break
		}
		after := Lint(next, opts, cfg)
		if errorsOf(after) > errorsOf(left) {
			break
		}
		files, left, made = next, after, made+n
	}
	return files, left, made
}

// fixRound makes the fixes that do not overlap.
func fixRound(files []*source.File, diags *diag.List) (next []*source.File, made int) {
	for _, f := range files {
		text, n := lint.Apply(f, diags.All)
		if n == 0 {
			next = append(next, f)
			continue
		}
		made += n
		fixed := source.New(f.Name, text)
		if before, ok := lang.Format(f, &diag.List{}); ok && before == f.Text {
			if after, ok := lang.Format(fixed, &diag.List{}); ok {
				fixed = source.New(f.Name, after)
			}
		}
		next = append(next, fixed)
	}
	return next, made
}

// errorsOf counts the errors of the compiler, which no fix may add to.
func errorsOf(l *diag.List) int {
	n := 0
	for _, d := range l.All {
		if d.Severity == diag.Error && lint.Find(d.Code) == nil {
			n++
		}
	}
	return n
}
