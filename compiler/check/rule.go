package check

import (
	"slices"
	"sort"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
)

// ruleDecl is a rule of the set, checked when it is first needed.
type ruleDecl struct {
	decl  *decl
	block *ast.Block
	state resolution
	plan  *plan.Rule   // nil when it has errors
	by    *ruleChecker // what checked it: rules that read it may ask for more columns
}

// ruleChecker follows the row through the stages of one rule.
type ruleChecker struct {
	c       *checker
	decl    *ruleDecl
	rule    *plan.Rule
	scope   *scope
	grouped bool   // past a stage that regroups rows: the event's fields are gone
	lost    string // why they are gone, for messages
	gone    map[string]bool
	keys    []*plan.Column
	whom    []plan.Output // of single events, the keys of what they fired for
	what    []plan.Output // and its values
	row     op.Row        // what the last stage gives, as its operator declares it
	aggs    []*plan.Column
	stats   []*stats
	when    plan.Expr
	fires   bool // the rows at hand fire without a when
	whenAt  *ast.Stage
	titleAt source.Span
	extra   map[string]*plan.Column // fields of an open schema that rules named
	source  sourceParts             // the log source, if there is one
	known   logFields               // of the events of the log source
	asked   map[string]bool         // columns of a union that all its rules were asked for
}

// rule checks a rule and those it depends on; nil when it has errors.
func (c *checker) rule(d *ruleDecl) *plan.Rule {
	switch d.state {
	case resolved:
		return d.plan
	case resolving:
		c.diags.Errorf("D0601", d.block.Name.At, "rule %s reads its own alerts, directly or through other rules", d.block.Name.Name)
		return nil
	}
	d.state = resolving
	defer c.afresh()()
	before := c.diags.Errors()
	r := &ruleChecker{
		c: c, decl: d,
		rule:  &plan.Rule{Name: d.block.Name.Name, At: d.block.Name.At},
		gone:  map[string]bool{},
		extra: map[string]*plan.Column{},
	}
	r.scope = &scope{mod: d.decl.mod, locals: map[string]local{}, rule: r}
	r.check()
	d.state, d.by = resolved, r
	if c.diags.Errors() == before && !c.broken(d.block) && !d.decl.second {
		d.plan = r.rule
		c.set.Rules = append(c.set.Rules, r.rule)
	}
	return d.plan
}

// broken reports whether the parser found something wrong inside the block, so
// that parts of it may be missing.
func (c *checker) broken(b *ast.Block) bool {
	for i := range c.diags.All {
		d := &c.diags.All[i]
		if d.Severity == diag.Error && strings.HasPrefix(d.Code, "D01") && d.Span.File == b.At.File && d.Span.Start >= b.At.Start && d.Span.Start <= b.At.End {
			return true
		}
	}
	return false
}

func (r *ruleChecker) check() {
	c := r.c
	for _, st := range r.decl.block.Body {
		if m, ok := metadata[st.Name.Name]; ok {
			r.meta(st, m)
		}
	}
	r.titleAt = r.rule.At
	for _, st := range r.decl.block.Body {
		if st.Name.Name == "title" {
			r.titleAt = st.At
		}
	}
	if r.rule.Meta.Title == "" {
		r.rule.Meta.Title = r.rule.Name
	}
	if r.rule.Meta.Level == "" {
		r.rule.Meta.Level = "medium"
	}
	started := false
	for _, st := range r.decl.block.Body {
		name := st.Name.Name
		if _, ok := metadata[name]; ok {
			continue
		}
		if name == "param" {
			r.param(st)
			c.opts.Uses.scene(r, st, false)
			continue
		}
		spec := c.stages[name]
		if spec == nil {
			r.unknownStage(st)
			continue
		}
		if name == "from" {
			if started {
				c.diags.Errorf("D0405", st.At, "a rule has one `from`, before its other stages")
				continue
			}
			started = true
			if !r.from(st) {
				return // without a row, everything after would be an echo
			}
			r.source = r.logSource()
			c.opts.Uses.scene(r, st, false)
			continue
		}
		if !started {
			if r.rule.At.File != nil && !r.hasFrom() {
				c.diags.Errorf("D0406", r.decl.block.Name.At, "rule %s has no `from`", r.rule.Name).Hint = "say which events it reads: from web_access"
				return
			}
			c.diags.Errorf("D0405", st.At, "`%s` stands before `from`", name)
			continue
		}
		before := len(r.scope.row)
		r.stage(st, spec)
		c.opts.Uses.scene(r, st, spec.Fresh || len(r.scope.row) != before)
	}
	switch {
	case !started && !c.broken(r.decl.block):
		c.diags.Errorf("D0406", r.decl.block.Name.At, "rule %s has no `from`", r.rule.Name).Hint = "say which events it reads: from web_access"
	case r.when == nil && r.whenAt == nil && r.fires:
		r.when = &plan.And{At: r.rule.At}
	case r.when == nil && r.whenAt == nil && !c.broken(r.decl.block):
		c.diags.Errorf("D0406", r.decl.block.Name.At, "rule %s has no `when`", r.rule.Name).Hint = "say when it fires: when attempts > 100"
	}
	r.finish()
}

func (r *ruleChecker) hasFrom() bool {
	for _, st := range r.decl.block.Body {
		if st.Name.Name == "from" {
			return true
		}
	}
	return false
}

func (r *ruleChecker) unknownStage(st *ast.Stage) {
	name := st.Name.Name
	d := r.c.diags.Errorf("D0401", st.Name.At, "unknown stage %s", name)
	candidates := names(r.c.stages)
	candidates = append(candidates, names(metadata)...)
	candidates = append(candidates, "param")
	d.Hint = hint(name, candidates)
	if d.Hint == "" {
		list := names(r.c.stages)
		sort.Strings(list)
		d.Hint = "the stages are " + strings.Join(list, ", ")
	}
}

// visible lists what names an expression may use, for a hint.
func (r *ruleChecker) visible() []string {
	var out []string
	for _, col := range r.scope.row {
		out = append(out, col.Name)
	}
	for n := range r.scope.locals {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// fieldOf reports whether a name is a field of what the rule reads.
func (r *ruleChecker) fieldOf(name string) bool {
	from := &r.rule.From
	in := func(s *types.Schema) bool { return s != nil && s.Find(name) >= 0 }
	switch {
	case r.c.variant(from.Schema, r.source, name) != nil || in(from.Schema) || slices.ContainsFunc(from.Union, in):
		return true
	case from.Schema == nil && slices.ContainsFunc(from.Columns, func(col *plan.Column) bool { return col.Name == name }):
		return true
	case len(from.Union) > 0 && name == "schema":
		return true
	}
	return slices.ContainsFunc(from.Rules, func(of *plan.Rule) bool {
		up := r.c.rules[of.Name].by
		return !up.grouped && up.fieldOf(name)
	})
}

// param gives a constant a name that can be set from outside.
func (r *ruleChecker) param(st *ast.Stage) {
	if len(st.Args) != 1 || st.Args[0].Name == nil {
		r.c.diags.Errorf("D0407", st.At, "a parameter is written: param k = 3.0")
		return
	}
	a := st.Args[0]
	r.rule.Params = append(r.rule.Params, a.Name.Name)
	v, ok := r.c.constValue(r.scope, a.Value)
	l := local{}
	if ok {
		if set, has := r.c.opts.Params[r.rule.Name+"."+a.Name.Name]; has {
			v = set
		} else if set, has := r.c.opts.Params[a.Name.Name]; has {
			v = set
		}
		l.x = &plan.Const{Value: v, T: valueType(v), Name: a.Name.Name, At: a.Value.Span()}
	}
	r.bind(a.Name, l)
}

// sourceColumn is the column of a field of what the rule reads. With open, a field
// that the schema does not name is admitted where the schema is open.
func (r *ruleChecker) sourceColumn(name string, at *ast.Ident, open bool) *plan.Column {
	from := &r.rule.From
	for _, col := range from.Columns {
		if col.Name == name {
			r.askOthers(col, at)
			return col
		}
	}
	if from.Schema == nil {
		return r.joined(name, at, open)
	}
	s := from.Schema
	col := &plan.Column{Name: name, Optional: true, At: at.At}
	if v := r.c.variant(s, r.source, name); v != nil {
		col.Type, col.Enum, col.Variant = v.Type, v.Enum, v.Column
	} else if i := s.Find(name); i >= 0 {
		f := &s.Fields[i]
		col.Type, col.Enum = f.Type, f.Enum
		col.Optional = f.Name != s.Time
	} else if open && s.Open {
		col.Type = types.TString
		r.openField(name, at)
	} else {
		return nil
	}
	from.Columns = append(from.Columns, col)
	return col
}

// openField warns of a field that looks like a misspelling of one that what the rule
// reads does name.
func (r *ruleChecker) openField(name string, at *ast.Ident) {
	if r.c.mapped[r.rule.From.Schema] != nil {
		r.unmapped(name, at)
		return
	}
	if near, ok := diag.Nearest(name, r.fields()); ok {
		d := r.c.diags.Warnf("D0309", at.At, "schema %s does not name a field %s; it is read as text", r.rule.From.Name(), name)
		d.Hint = "did you mean " + near + "?"
	}
}
