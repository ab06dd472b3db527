package det

import (
	"context"
	"os"
	goruntime "runtime"
	"slices"
	"sync"

	"github.com/detlang/det/compiler/mutate"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/source"
)

// Mutation is what tests notice of the mutants of their rules.
type Mutation struct {
	Mutants  int // that compile, of rules that tests are about
	Noticed  int
	Survived []mutate.Mutant // in order of file and place
}

// Mutate changes the rules of rule files in one small way after another and runs
// the tests that depend on the changed rule, on all cores. A mutant that no test
// notices survives: the tests do not say that this part of the rule matters.
// Mutants that do not compile are left out, as are rules without tests. The tests
// must pass on the rules as they are. Progress, where not nil, is told how many
// mutants are done.
func (c Compiler) Mutate(ctx context.Context, progress func(done, all int), paths ...string) (Mutation, error) {
	names, err := RuleFiles(paths...)
	if err != nil {
		return Mutation{}, err
	}
	var files []*source.File
	var mutants []mutate.Mutant
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return Mutation{}, err
		}
		f := source.New(name, string(text))
		files = append(files, f)
		mutants = append(mutants, mutate.File(f)...)
	}
	around := c.around(files, paths)
	rules, _ := c.compile(files, around)
	tested := map[string]bool{}
	for _, t := range rules.set.Tests {
		for _, r := range plan.Closure(t.Rule, rules.set.Rules) {
			tested[r.Name] = true
		}
	}
	mutants = slices.DeleteFunc(mutants, func(m mutate.Mutant) bool { return !tested[m.Rule] })

	fates := make([]fate, len(mutants))
	var mu sync.Mutex
	done := 0
	var wait sync.WaitGroup
	next := make(chan int)
	for range goruntime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				fates[i] = c.fate(ctx, files, around, &mutants[i])
				mu.Lock()
				done++
				if progress != nil {
					progress(done, len(mutants))
				}
				mu.Unlock()
			}
		})
	}
	for i := range mutants {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return Mutation{}, err
	}
	var out Mutation
	for i, f := range fates {
		switch f {
		case noticed:
			out.Noticed++
		case survived:
			out.Survived = append(out.Survived, mutants[i])
		}
	}
	out.Mutants = out.Noticed + len(out.Survived)
	return out, nil
}

// fate is what became of a mutant.
type fate uint8

const (
	invalid fate = iota // it does not compile
	noticed
	survived
)

// fate compiles a mutant and runs the tests that depend on its rule.
func (c Compiler) fate(ctx context.Context, files []*source.File, around *neighbours, m *mutate.Mutant) fate {
	changed := slices.Clone(files)
	for i, f := range changed {
		if f == m.At.File {
			changed[i] = source.New(f.Name, m.Apply())
		}
	}
	rules, diags := c.compile(changed, around)
	if diags.Errors() > 0 {
		return invalid
	}
	for _, t := range rules.Tests() {
		if !slices.ContainsFunc(plan.Closure(t.test.Rule, rules.set.Rules), func(r *plan.Rule) bool { return r.Name == m.Rule }) {
			continue
		}
		if r := t.Run(ctx); !r.Passed() {
			return noticed
		}
	}
	return survived
}
