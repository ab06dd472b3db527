package check

import (
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
	plan  *plan.Rule // nil when it has errors
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
	row     op.Row // what the last stage gives, as its operator declares it
	aggs    []*plan.Column
	stats   []*stats
	when    plan.Expr
	whenAt  *ast.Stage
	titleAt source.Span
	extra   map[string]*plan.Column // fields of an open schema that rules named
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
	d.state = resolved
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
		r.stage(st, spec)
	}
	switch {
	case !started && !c.broken(r.decl.block):
		c.diags.Errorf("D0406", r.decl.block.Name.At, "rule %s has no `from`", r.rule.Name).Hint = "say which events it reads: from web_access"
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
	if s := r.rule.From.Schema; s != nil {
		return s.Find(name) >= 0
	}
	for _, col := range r.rule.From.Columns {
		if col.Name == name {
			return true
		}
	}
	return false
}

// param gives a constant a name that can be set from outside.
func (r *ruleChecker) param(st *ast.Stage) {
	if len(st.Args) != 1 || st.Args[0].Name == nil {
		r.c.diags.Errorf("D0407", st.At, "a parameter is written: param k = 3.0")
		return
	}
	a := st.Args[0]
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

// sourceColumn is the column of a field of the event. With open, a field that the
// schema does not name is admitted where the schema is open.
func (r *ruleChecker) sourceColumn(name string, at *ast.Ident, open bool) *plan.Column {
	from := &r.rule.From
	for _, col := range from.Columns {
		if col.Name == name {
			return col
		}
	}
	if from.Schema == nil {
		return nil // the columns of other streams are all there from the start
	}
	s := from.Schema
	col := &plan.Column{Name: name, Optional: true, At: at.At}
	if i := s.Find(name); i >= 0 {
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

// openField warns of a field that looks like a misspelling of one that the schema
// names.
func (r *ruleChecker) openField(name string, at *ast.Ident) {
	var fields []string
	for _, f := range r.rule.From.Schema.Fields {
		fields = append(fields, f.Name)
	}
	if near, ok := diag.Nearest(name, fields); ok {
		d := r.c.diags.Warnf("D0309", at.At, "schema %s does not name a field %s; it is read as text", r.rule.From.Schema.Name, name)
		d.Hint = "did you mean " + near + "?"
	}
}

// from finds the stream that the rule reads.
func (r *ruleChecker) from(st *ast.Stage) bool {
	c := r.c
	r.rule.From.At = st.At
	if st.HasBody {
		c.diags.Errorf("D0409", st.At, "`from` takes no braces")
	}
	if cl := st.Clause("rule"); cl != nil && len(st.Args) == 0 {
		return r.fromRule(cl)
	}
	for _, cl := range st.Clauses {
		c.diags.Errorf("D0402", cl.Word.At, "`from` has no %s", cl.Word.Name)
	}
	if len(st.Args) != 1 || st.Args[0].Name != nil {
		c.diags.Errorf("D0407", st.At, "`from` names one schema").Hint = "from web_access, from rule other_rule, or from risk"
		return false
	}
	x := st.Args[0].Value
	d, name := c.lookup(r.scope.mod, x)
	if d == nil && name == "risk" {
		r.rule.From.Risk = true
		r.stream(riskColumns)
		return true
	}
	if d == nil {
		e := c.diags.Errorf("D0303", x.Span(), "unknown schema %s", x.Span().Text())
		e.Hint = hint(name, append(r.scope.mod.visible(func(d *decl) bool {
			b, ok := d.ast.(*ast.Block)
			return ok && b.Keyword.Name == "schema"
		}), "risk"))
		if e.Hint == "" {
			e.Hint = "declare it, or import the library that has it: import std.web"
		}
		return false
	}
	if d.rule != nil {
		c.diags.Errorf("D0311", x.Span(), "%s is a rule", name).Hint = "to read its alerts, write: from rule " + name
		return false
	}
	c.resolve(d)
	if d.schema == nil {
		if b, ok := d.ast.(*ast.Block); !ok || b.Keyword.Name != "schema" {
			c.diags.Errorf("D0311", x.Span(), "%s is %s, not a schema", name, d.kind())
		}
		return false
	}
	r.rule.From.Schema = d.schema
	return true
}

// riskColumns are the columns of the stream of risk.
var riskColumns = []plan.Column{
	{Name: "time", Type: types.TTimestamp},
	{Name: "entity_type", Type: types.TString},
	{Name: "entity", Type: types.TString},
	{Name: "score", Type: types.TFloat},
	{Name: "category", Type: types.TString, Optional: true},
	{Name: "stage", Type: types.TString, Optional: true},
	{Name: "rule", Type: types.TString},
	{Name: "rule_id", Type: types.TString, Optional: true},
	{Name: "level", Type: types.TString},
}

// stream makes the columns of a stream that is not events.
func (r *ruleChecker) stream(cols []plan.Column) {
	for _, col := range cols {
		r.rule.From.Columns = append(r.rule.From.Columns, &col)
	}
	r.scope.row = r.rule.From.Columns
}

// fromRule reads the alerts of another rule: its keys and values, and what every
// alert has.
func (r *ruleChecker) fromRule(cl *ast.Clause) bool {
	c := r.c
	if len(cl.Args) != 1 {
		c.diags.Errorf("D0407", cl.At, "`from rule` names one rule")
		return false
	}
	n, ok := cl.Args[0].Value.(*ast.Name)
	if !ok {
		c.diags.Errorf("D0407", cl.Args[0].Value.Span(), "`from rule` needs the name of a rule")
		return false
	}
	d := c.rules[n.Name]
	if d == nil {
		c.diags.Errorf("D0307", n.At, "unknown rule %s", n.Name).Hint = hint(n.Name, names(c.rules))
		return false
	}
	if d.state == resolving {
		c.diags.Errorf("D0601", n.At, "rule %s reads the alerts of %s, which depends on them", r.rule.Name, n.Name)
		return false
	}
	of := c.rule(d)
	if of == nil {
		// Its own errors were told; here is only a consequence of them.
		e := c.diags.Errorf("D0607", n.At, "rule %s has errors, so its alerts cannot be read", n.Name)
		e.Notes = append(e.Notes, diag.Note{Span: d.block.Name.At, Message: "this rule"})
		return false
	}
	r.rule.From.Rule = of
	r.stream(AlertColumns(of))
	return true
}

// AlertColumns are the columns that a rule's alerts have as a stream.
func AlertColumns(of *plan.Rule) []plan.Column {
	cols := []plan.Column{
		{Name: "time", Type: types.TTimestamp},
		{Name: "rule", Type: types.TString},
		{Name: "rule_id", Type: types.TString, Optional: true},
		{Name: "level", Type: types.TString},
	}
	seen := map[string]bool{}
	for _, col := range cols {
		seen[col.Name] = true
	}
	for _, outs := range [][]plan.Output{of.Alert.Keys, of.Alert.Values} {
		for _, o := range outs {
			if !seen[o.Name] {
				seen[o.Name] = true
				cols = append(cols, plan.Column{Name: o.Name, Type: o.X.Type(), Optional: true})
			}
		}
	}
	return cols
}
