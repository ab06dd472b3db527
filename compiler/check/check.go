// Package check turns trees into plans: it resolves names, checks types and units,
// and follows the row of columns from stage to stage.
//
// All errors of a file are told in one run. An expression that is wrong is told
// once and then treated as unknown, so that nothing follows from it.
package check

import (
	"reflect"
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/op"
	"github.com/detlang/det/stdlib"
)

// Options are what a check needs to know of the world.
type Options struct {
	Functions []stdlib.Func // the functions that rules may call
	Aggs      []agg.Spec
	Stages    []op.Spec
	// Import loads the file of an import; it returns nil, having told why, when
	// there is none.
	Import func(from *ast.File, imp *ast.Import) *ast.File
	// Read gives the content of a file that a list or a table names, relative to
	// the rule file.
	Read func(from *source.File, name string) ([]byte, error)
	// Params override the value of rule parameters, by "rule.param" or "param".
	Params map[string]any
	// Fold evaluates an expression of constants; false if a part is not constant.
	Fold func(plan.Expr) (any, bool)
	// Title reports what is wrong with a rule's title, given the names it may use.
	Title func(text string, names map[string]types.Type) error
	// Condition and Assertion do the same with the conditions of tests: over one
	// alert, and over all.
	Condition func(text string, names map[string]types.Type) error
	Assertion func(text string) error
	// Uses, where set, is told what names mean, for editors.
	Uses *Uses
	// Stopped, where set, is asked before each rule and test; once it says so the
	// others are left out.
	Stopped func() bool
}

// Rules checks files together and gives the rules without errors, ordered so that
// each comes after the rules whose alerts it reads.
func Rules(files []*ast.File, opts Options, diags *diag.List) *plan.Set {
	c := &checker{
		opts:     opts,
		diags:    diags,
		modules:  map[*ast.File]*module{},
		funcs:    map[string]*stdlib.Func{},
		aggs:     map[string]*agg.Spec{},
		stages:   map[string]*op.Spec{},
		rules:    map[string]*ruleDecl{},
		builtins: builtins(),
		mapped:   map[*types.Schema]*mapped{},
	}
	c.afresh()
	for i := range opts.Functions {
		c.funcs[opts.Functions[i].Name] = &opts.Functions[i]
	}
	for i := range opts.Aggs {
		c.aggs[opts.Aggs[i].Name] = &opts.Aggs[i]
	}
	for i := range opts.Stages {
		c.stages[opts.Stages[i].Name] = &opts.Stages[i]
	}
	return c.run(files)
}

type checker struct {
	opts     Options
	diags    *diag.List
	modules  map[*ast.File]*module
	funcs    map[string]*stdlib.Func
	aggs     map[string]*agg.Spec
	stages   map[string]*op.Spec
	builtins map[string]builtin
	rules    map[string]*ruleDecl // all rules of the set, by name
	set      plan.Set
	mapping  []mappingDecl
	mapped   map[*types.Schema]*mapped
	growth   *growth // of the rule or declaration at hand
}

// stopped reports whether nobody waits for the answer any more.
func (c *checker) stopped() bool { return c.opts.Stopped != nil && c.opts.Stopped() }

func (c *checker) run(files []*ast.File) *plan.Set {
	var mods []*module
	for _, f := range files {
		mods = append(mods, c.module(f))
	}
	for _, m := range mods {
		for _, d := range m.order {
			if d.rule == nil {
				c.resolve(d)
			}
		}
	}
	for _, m := range mods {
		for _, d := range m.order {
			c.opts.Uses.decl(d.ast.DeclName().At, d)
		}
	}
	c.mappings()
	ids := map[string]*plan.Rule{}
	for _, m := range mods {
		for _, d := range m.order {
			if d.rule != nil && !c.stopped() {
				if r := c.rule(d.rule); r != nil {
					c.sameID(ids, r)
				}
			}
		}
	}
	for _, m := range mods {
		for _, t := range m.tests {
			if !c.stopped() {
				c.testDecl(m, t)
			}
		}
	}
	c.riskLast()
	c.schemas()
	c.unheard()
	return &c.set
}

// schemas lists the schemas that rules read. Two that are the same in every field
// are one stream; two different ones of one name could not be told apart in the
// input, so the rules over the second are refused.
func (c *checker) schemas() {
	first := map[string]*types.Schema{}
	out := map[*plan.Rule]bool{}
	var rules []*plan.Rule
	for _, r := range c.set.Rules {
		from := &r.From
		if from.Schema != nil {
			from.Schema = c.known(first, r, from.Schema)
			out[r] = from.Schema == nil
		}
		if from.Risk { // a ledger can be read into the stream
			from.Union = []*types.Schema{runtime.RiskSchema()}
		}
		for i, s := range from.Union {
			from.Union[i] = c.known(first, r, s)
			out[r] = out[r] || from.Union[i] == nil
		}
		for _, up := range from.Rules {
			if out[up] && !out[r] {
				out[r] = true
				c.diags.Errorf("D0607", from.At, "rule %s has errors, so its alerts cannot be read", up.Name)
			}
		}
		if !out[r] {
			rules = append(rules, r)
		}
	}
	c.set.Rules = rules
}

// known is the schema that stands for s, which is s where its name is new; nil where
// another schema has the name.
func (c *checker) known(first map[string]*types.Schema, r *plan.Rule, s *types.Schema) *types.Schema {
	switch known := first[s.Name]; {
	case known == nil:
		first[s.Name] = s
		c.set.Schemas = append(c.set.Schemas, s)
		return s
	case reflect.DeepEqual(known, s):
		return known
	}
	d := c.diags.Errorf("D0608", r.From.At, "schema %s is declared differently by another file of this set", s.Name)
	d.Hint = "declare it once, and import that file"
	return nil
}

func (c *checker) sameID(ids map[string]*plan.Rule, r *plan.Rule) {
	id := r.Meta.ID
	if id == "" {
		return
	}
	if first := ids[id]; first != nil && first != r {
		d := c.diags.Warnf("D0605", r.At, "rule %s has the id of rule %s", r.Name, first.Name)
		d.Notes = append(d.Notes, diag.Note{Span: first.At, Message: "the first one"})
		return
	}
	ids[id] = r
}

// riskLast orders the rules: those that read risk come after all that make it,
// and, as checked already, each after the rules whose alerts it reads.
func (c *checker) riskLast() {
	var before, after []*plan.Rule
	for _, r := range c.set.Rules {
		if readsRisk(r) {
			after = append(after, r)
		} else {
			before = append(before, r)
		}
	}
	c.set.Rules = append(before, after...)
}

// readsRisk reports whether a rule's alerts depend on the stream of risk.
func readsRisk(r *plan.Rule) bool {
	return r.From.Risk || slices.ContainsFunc(r.From.Rules, readsRisk)
}

// names lists the keys of a map that are no internals, for hints.
func names[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// hint proposes the nearest of some names.
func hint(name string, candidates []string) string {
	if near, ok := diag.Nearest(name, candidates); ok {
		return "did you mean " + near + "?"
	}
	return ""
}

// unheard warns of rules whose alerts go nowhere. Those that were only lent to rules
// that have errors send them.
func (c *checker) unheard() {
	read := map[*plan.Rule]bool{}
	for _, r := range c.set.Rules {
		for _, up := range r.From.Rules {
			read[up] = true
		}
	}
	for _, r := range c.set.Rules {
		if !r.Meta.Muted || read[r] {
			continue
		}
		if c.rules[r.Name].block.Lent {
			r.Meta.Muted = false
		} else if len(r.Alert.Risk) == 0 {
			c.diags.Warnf("D0610", r.At, "rule %s sends no alerts, adds no risk, and no rule reads it", r.Name).Hint = "read it with `from rule " + r.Name + "`, or leave `generate false` out"
		}
	}
}
