package lint

import (
	"path/filepath"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Set is all that is looked at in one run.
type Set struct {
	Files  []*File
	Rules  []*Rule // those that compile, in the order of the files
	Plan   *plan.Set
	Config *Config
	Diags  *diag.List // of the compiler
	byFile map[*source.File]*File
	single []*simple // see simples
}

// File is one file.
type File struct {
	Tree  *ast.File
	Set   *Set
	Rules []*Rule
	Sigma bool // a rule in YAML
	used  map[string]int
}

// Rule is a rule as written and as checked.
type Rule struct {
	File   *File
	Block  *ast.Block
	Plan   *plan.Rule
	placed map[place]plan.Expr
	lines  []*line
	known  map[*plan.Column]fact
	judged *verdict

	// What many lints go over, listed when the first one asks.
	listed    []plan.Expr
	operators []*ast.Binary
	chained   []chain
	split     []parted
}

// line is a stage as written, beside what became of it; let and from have no plan.
type line struct {
	ast  *ast.Stage
	plan *plan.Stage
}

type place struct{ start, end int }

func newSet(trees []*ast.File, set *plan.Set, cfg *Config, diags *diag.List) *Set {
	s := &Set{Plan: set, Config: cfg, Diags: diags, byFile: map[*source.File]*File{}}
	plans := map[source.Span]*plan.Rule{}
	for _, r := range set.Rules {
		plans[r.At] = r
	}
	for _, t := range trees {
		f := &File{Tree: t, Set: s, Sigma: isSigma(t.Source.Name)}
		s.Files = append(s.Files, f)
		s.byFile[t.Source] = f
		for _, d := range t.Decls {
			b, ok := d.(*ast.Block)
			if !ok || b.Keyword.Name != "rule" || b.Name == nil || plans[b.Name.At] == nil {
				continue
			}
			r := &Rule{File: f, Block: b, Plan: plans[b.Name.At]}
			r.pair()
			f.Rules = append(f.Rules, r)
		}
		s.Rules = append(s.Rules, f.Rules...)
	}
	return s
}

func isSigma(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

// file is the file that is looked at with this text, or nil.
func (s *Set) file(f *source.File) *File { return s.byFile[f] }

// pair puts the stages as written beside the stages as checked.
func (r *Rule) pair() {
	checked := map[place]*plan.Stage{}
	for _, st := range r.Plan.Stages {
		checked[place{st.At.Start, st.At.End}] = st
	}
	for _, st := range r.Block.Body {
		r.lines = append(r.lines, &line{st, checked[place{st.At.Start, st.At.End}]})
	}
}

// stages are the checked stages of a name, with how they are written.
func (r *Rule) stages(names ...string) []*line {
	var out []*line
	for _, l := range r.lines {
		for _, n := range names {
			if l.plan != nil && l.ast.Name.Name == n {
				out = append(out, l)
			}
		}
	}
	return out
}

// written are the lines of a name as written, metadata too.
func (r *Rule) written(name string) []*ast.Stage {
	var out []*ast.Stage
	for _, l := range r.lines {
		if l.ast.Name.Name == name {
			out = append(out, l.ast)
		}
	}
	return out
}

// at is the place of a line of metadata, or of the rule's name without one.
func (r *Rule) at(name string) source.Span {
	if lines := r.written(name); len(lines) > 0 {
		return lines[0].At
	}
	return r.Block.Name.At
}

// exprs calls f for every expression that the rule computes, each once.
func (r *Rule) exprs(f func(x plan.Expr)) {
	if r.listed == nil {
		r.list()
	}
	for _, x := range r.listed {
		f(x)
	}
}

func (r *Rule) list() {
	seen := map[plan.Expr]bool{}
	visit := func(x plan.Expr) {
		plan.Walk(x, func(e plan.Expr) bool {
			if seen[e] {
				return false
			}
			seen[e] = true
			r.listed = append(r.listed, e)
			return true
		})
	}
	for _, st := range r.Plan.Stages {
		if st.Cond != nil {
			visit(st.Cond)
		}
		for _, x := range st.Inputs {
			visit(x)
		}
	}
	for _, o := range r.Plan.Alert.Values {
		visit(o.X)
	}
	for _, k := range r.Plan.Alert.Risk {
		visit(k.Score)
		visit(k.Entity)
	}
}

// checked is what became of an expression as written, or nil where nothing reads
// it.
func (r *Rule) checked(x ast.Expr) plan.Expr {
	if r.placed == nil {
		r.placed = map[place]plan.Expr{}
		r.exprs(func(e plan.Expr) {
			at := e.Span()
			k := place{at.Start, at.End}
			if at.File == r.File.Tree.Source && r.placed[k] == nil {
				r.placed[k] = e
			}
		})
	}
	at := ast.Unparen(x).Span()
	return r.placed[place{at.Start, at.End}]
}

// before are the conditions that hold for every row that reaches a stage, as far
// back as the row has the same columns.
func (r *Rule) before(st *plan.Stage) []plan.Expr {
	var out []plan.Expr
	for _, s := range r.Plan.Stages {
		if s == st {
			break
		}
		if s.Fresh {
			out = nil
		}
		if s.Cond != nil {
			out = append(out, s.Cond)
		}
	}
	return out
}

// broken reports whether the file has errors, so that part of it may not be seen.
func (f *File) broken() bool {
	for i := range f.Set.Diags.All {
		d := &f.Set.Diags.All[i]
		if d.Severity == diag.Error && d.Span.File == f.Tree.Source {
			return true
		}
	}
	return false
}
