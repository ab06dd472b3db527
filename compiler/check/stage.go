package check

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/op"
)

// stage checks one stage against its row in the table and appends it to the plan.
func (r *ruleChecker) stage(st *ast.Stage, spec *op.Spec) {
	c := r.c
	if r.when != nil && spec.Name != "throttle" && spec.Name != "risk" {
		c.diags.Errorf("D0405", st.At, "`%s` stands after `when`; only throttle and risk may", spec.Name)
		return
	}
	if r.when == nil && r.whenAt == nil && r.fires && (spec.Name == "throttle" || spec.Name == "risk") {
		r.when = &plan.And{At: st.At} // the rows fire as they are
	}
	if r.when == nil && r.whenAt == nil && (spec.Name == "throttle" || spec.Name == "risk") {
		c.diags.Errorf("D0405", st.At, "`%s` stands before `when`", spec.Name).Hint = "it is about alerts, so it goes after the condition that makes them"
		return
	}
	switch spec.Name {
	case "let":
		r.let(st)
		return
	case "where", "when":
		r.condition(st, spec)
		return
	}
	s := &stageChecker{r: r, ast: st, spec: spec, stage: &plan.Stage{
		Spec: spec, Fresh: spec.Fresh, Before: len(r.scope.row), At: st.At,
		Args: &op.Args{Clauses: map[string][]op.Arg{}, Keep: 5},
	}}
	s.run()
}

// let names an expression.
func (r *ruleChecker) let(st *ast.Stage) {
	if len(st.Args) == 0 || len(st.Clauses) > 0 || st.HasBody {
		r.c.diags.Errorf("D0407", st.At, "`let` is written: let name = expression")
		return
	}
	for _, a := range st.Args {
		if a.Name == nil {
			r.c.diags.Errorf("D0407", a.Value.Span(), "`let` is written: let name = expression")
			continue
		}
		x := r.c.expr(r.scope, a.Value)
		if x != nil && !r.c.grow(x, a.Value.Span()) {
			x = nil
		}
		r.bind(a.Name, local{x: x})
	}
}

// condition checks where and when.
func (r *ruleChecker) condition(st *ast.Stage, spec *op.Spec) {
	c := r.c
	if spec.Name == "when" {
		if r.whenAt != nil {
			d := c.diags.Errorf("D0405", st.At, "a rule has one `when`")
			d.Hint = "join the conditions with `and`"
			return
		}
		r.whenAt = st
	}
	for _, cl := range st.Clauses {
		c.diags.Errorf("D0402", cl.Word.At, "`%s` has no %s", spec.Name, cl.Word.Name)
	}
	if st.HasBody {
		c.diags.Errorf("D0409", st.At, "`%s` takes no braces", spec.Name)
	}
	if len(st.Args) != 1 || st.Args[0].Name != nil {
		d := c.diags.Errorf("D0407", st.At, "`%s` takes one condition", spec.Name)
		if len(st.Args) == 1 && st.Args[0].Name != nil {
			d.Hint = "to compare, write == instead of ="
		}
		return
	}
	e := c.boolean(r.scope, st.Args[0].Value, "the condition of `"+spec.Name+"`")
	if e == nil || !r.c.grow(e, st.At) {
		return
	}
	if spec.Name == "when" {
		r.when = e
	}
	r.rule.Stages = append(r.rule.Stages, &plan.Stage{
		Spec: spec, Cond: r.guard(e), Before: len(r.scope.row), Out: r.scope.row, Row: r.row, Args: &op.Args{}, At: st.At,
	})
}

// stageChecker checks the arguments of one stage.
type stageChecker struct {
	r     *ruleChecker
	ast   *ast.Stage
	spec  *op.Spec
	stage *plan.Stage
	bad   bool
	bound *ast.Ident
	of    types.Type // of the measure
	post  []postAgg
}

func (s *stageChecker) errorf(code string, at source.Span, format string, args ...any) *diag.Diagnostic {
	s.bad = true
	return s.r.c.diags.Errorf(code, at, format, args...)
}

func (s *stageChecker) run() {
	name := s.spec.Name
	if s.spec.Fresh || s.spec.Fires {
		s.r.fires = s.spec.Fires
	}
	s.head()
	s.clauses()
	s.block()
	if s.bad {
		s.recover()
		return
	}
	if s.spec.Fits != nil && !s.spec.Fits(s.r.row) {
		s.errorf("D0405", s.ast.At, "`%s` cannot stand here: %s", name, s.spec.After)
		s.recover()
		return
	}
	if name == "risk" {
		s.risk()
		return
	}
	if s.spec.Fresh {
		s.showEvidence()
	}
	out, refusal := s.spec.Output(s.in(), s.stage.Placed())
	if refusal != nil {
		s.refuse(refusal)
		s.recover()
		return
	}
	in := len(s.in().Cols)
	s.flow(out)
	if s.spec.Fires && !s.spec.Fresh {
		s.tell(in)
	}
}

// in is the row that the operator sees: the row that flows in, unless the stage
// regroups it, and then the stage's own inputs.
func (s *stageChecker) in() op.Row {
	in := op.Row{}
	if !s.stage.Fresh {
		in = s.r.row
		in.Cols = append([]runtime.Column(nil), in.Cols...)
	}
	for _, x := range s.stage.Inputs {
		name := "$" + plan.String(x)
		if col, ok := x.(*plan.Col); ok && s.stage.Fresh {
			name = col.Column.Name
		}
		in.Cols = append(in.Cols, runtime.Column{Name: name, Type: x.Type()})
	}
	return in
}

// refuse tells what the stage itself found wrong, at the place it means.
func (s *stageChecker) refuse(e *op.Error) {
	at := s.ast.At
	if e.Clause != "" {
		if cl := s.ast.Clause(e.Clause); cl != nil {
			at = cl.At
			if e.Head >= 0 && e.Head < len(cl.Args) {
				at = cl.Args[e.Head].Value.Span()
			}
		}
	} else if e.Head >= 0 && e.Head < len(s.ast.Args) {
		at = s.ast.Args[e.Head].Value.Span()
	}
	s.errorf(e.Code, at, "%s", e.Message).Hint = e.Hint
}

// recover binds what a wrong stage would have bound, so that later stages are not
// full of echoes.
func (s *stageChecker) recover() {
	r := s.r
	if s.bound != nil {
		r.scope.locals[s.bound.Name] = local{}
	}
	if s.spec.Block == op.NoBlock {
		return
	}
	for _, it := range s.ast.Items {
		if it.Name != nil {
			r.scope.locals[it.Name.Name] = local{}
		} else if n, ok := it.Value.(*ast.Name); ok {
			r.scope.locals[n.Name] = local{}
		}
	}
	if s.spec.Fresh {
		if by := s.ast.Clause("by"); by != nil {
			for _, a := range by.Args {
				if n := argName(a); n != "" && r.scope.column(n) == nil {
					r.scope.locals[n] = local{}
				}
			}
		}
		r.scope.locals["window_start"], r.scope.locals["window_end"] = local{}, local{}
	}
}

// head checks the arguments before the clauses.
func (s *stageChecker) head() {
	args := s.ast.Args
	for i, p := range s.spec.Head {
		if i >= len(args) {
			if !p.Optional {
				d := s.errorf("D0407", s.ast.At, "`%s` needs %s", s.spec.Name, p.Doc)
				d.Hint = Usage(s.spec)
			}
			return
		}
		for ; i < len(args); i++ {
			a, ok := s.argument(p, args[i])
			if ok {
				s.stage.Args.Head = append(s.stage.Args.Head, a)
			}
			if !p.Many {
				break
			}
		}
		if p.Many {
			return
		}
	}
	if len(args) > len(s.spec.Head) {
		s.errorf("D0407", args[len(s.spec.Head)].Value.Span(), "`%s` takes %s here", s.spec.Name, count(len(s.spec.Head), "argument")).Hint = Usage(s.spec)
	}
}

// clauses checks the keyword clauses.
func (s *stageChecker) clauses() {
	known := map[string]*op.Clause{}
	for i := range s.spec.Clauses {
		known[s.spec.Clauses[i].Word] = &s.spec.Clauses[i]
	}
	seen := map[string]bool{}
	for _, cl := range s.ast.Clauses {
		word := cl.Word.Name
		spec := known[word]
		if spec == nil {
			d := s.errorf("D0402", cl.Word.At, "`%s` has no %s", s.spec.Name, word)
			d.Hint = hint(word, names(known))
			if d.Hint == "" {
				d.Hint = Usage(s.spec)
			}
			continue
		}
		if seen[word] {
			s.errorf("D0403", cl.Word.At, "%s is given twice", word)
			continue
		}
		seen[word] = true
		args := []op.Arg{}
		for i, a := range cl.Args {
			if len(spec.Params) == 0 || i >= len(spec.Params) && !spec.Params[len(spec.Params)-1].Many {
				s.errorf("D0407", a.Value.Span(), "%s takes %s", word, count(len(spec.Params), "argument"))
				break
			}
			if x, ok := s.argument(spec.Params[min(i, len(spec.Params)-1)], a); ok {
				args = append(args, x)
			}
		}
		for _, p := range spec.Params[min(len(cl.Args), len(spec.Params)):] {
			if !p.Optional {
				s.errorf("D0407", cl.At, "%s needs %s", word, p.Doc)
			}
		}
		s.stage.Args.Clauses[word] = args
	}
	for _, cl := range s.spec.Clauses {
		if cl.Required && !seen[cl.Word] {
			s.errorf("D0404", s.ast.At, "`%s` needs %s", s.spec.Name, cl.Word).Hint = cl.Word + ": " + cl.Doc
		}
	}
	if k, ok := s.stage.Args.Clauses["evidence"]; ok && len(k) == 1 {
		if n, ok := k[0].Const.(int64); ok {
			s.stage.Args.Keep = int(max(0, min(n, 100)))
		}
	}
}

// Usage is a stage's shape in a line, for hints.
func Usage(spec *op.Spec) string {
	var b strings.Builder
	b.WriteString(spec.Name)
	for _, p := range spec.Head {
		b.WriteString(" " + strings.ToUpper(p.Name))
	}
	for _, cl := range spec.Clauses {
		b.WriteString(" ")
		if !cl.Required {
			b.WriteString("[")
		}
		b.WriteString(cl.Word)
		for _, p := range cl.Params {
			b.WriteString(" " + strings.ToUpper(p.Name))
		}
		if !cl.Required {
			b.WriteString("]")
		}
	}
	return b.String()
}

// argName is the name that a key column has: the one given, or the field's own.
func argName(a *ast.Arg) string {
	if a.Name != nil {
		return a.Name.Name
	}
	n, _ := dotted(a.Value)
	return n
}

// argument checks one argument against its parameter.
func (s *stageChecker) argument(p op.Param, a *ast.Arg) (op.Arg, bool) {
	c, x := s.r.c, a.Value
	none := op.Arg{Col: -1}
	switch p.Kind {
	case op.Bind:
		n, ok := x.(*ast.Name)
		if !ok {
			s.errorf("D0407", x.Span(), "here stands a new name: %s", p.Doc)
			return none, false
		}
		s.bound = &n.Ident
		s.stage.Args.Bound = n.Name
		return op.Arg{Name: n.Name, Col: -1}, true
	case op.Choice:
		w, _ := word(x)
		if !contains(p.Choices, w) {
			d := s.errorf("D0408", x.Span(), "%s is not one of %s", x.Span().Text(), strings.Join(p.Choices, ", "))
			d.Hint = hint(w, p.Choices)
			return none, false
		}
		return op.Arg{Name: w, Col: -1}, true
	case op.Const:
		return s.constant(p, x)
	case op.TableName:
		return s.tableArg(x)
	case op.Word:
		w, ok := word(x)
		if !ok {
			s.errorf("D0407", x.Span(), "here stands a word: %s", p.Doc)
		}
		return op.Arg{Name: w, Col: -1}, ok
	case op.Entity:
		call, ok := x.(*ast.Call)
		if !ok || len(call.Args) != 1 {
			s.errorf("D0407", x.Span(), "an entity is written with its type: user(login_id)")
			return none, false
		}
		e := c.expr(s.r.scope, call.Args[0].Value)
		if e == nil {
			s.bad = true
			return none, false
		}
		return s.input(e, call.Fun.Name), true
	}
	e := c.expr(s.r.scope, x)
	if e == nil {
		s.bad = true
		return none, false
	}
	if p.Type.Kind != types.Invalid && !types.Accepts(p.Type, e.Type()) {
		s.errorf("D0204", x.Span(), "%s must be %s, but this is %s", p.Name, p.Type, e.Type())
		return none, false
	}
	if p.Kind == op.Measure {
		if !e.Type().Numeric() && e.Type().Kind != types.Duration {
			s.errorf("D0204", x.Span(), "%s must be a number, but this is %s", p.Name, e.Type())
			return none, false
		}
		s.of = e.Type()
	}
	name := argName(a)
	if name == "" && p.Many {
		if call, ok := x.(*ast.Call); ok && len(call.Args) == 1 {
			name, _ = dotted(call.Args[0].Value) // by lower(user) is still called user
		}
		if name == "" {
			s.errorf("D0407", x.Span(), "give this key a name: by name = %s", x.Span().Text())
			return none, false
		}
	}
	return s.input(e, name), true
}

// input makes an expression an input of the stage; the same column is one input.
func (s *stageChecker) input(e plan.Expr, name string) op.Arg {
	if col, ok := e.(*plan.Col); ok {
		for i, have := range s.stage.Inputs {
			if h, ok := have.(*plan.Col); ok && h.Column == col.Column {
				return op.Arg{Name: name, Col: i, Type: e.Type()}
			}
		}
	}
	if !s.r.c.grow(e, e.Span()) {
		s.bad = true
	}
	s.stage.Inputs = append(s.stage.Inputs, e)
	return op.Arg{Name: name, Col: len(s.stage.Inputs) - 1, Type: e.Type()}
}

func (s *stageChecker) constant(p op.Param, x ast.Expr) (op.Arg, bool) {
	c := s.r.c
	if w, ok := x.(*ast.Name); ok && contains(p.Choices, w.Name) {
		return op.Arg{Name: w.Name, Col: -1}, true
	}
	v, ok := c.constValue(s.r.scope, x)
	if !ok {
		s.bad = true
		return op.Arg{}, false
	}
	if n, isInt := v.(int64); isInt && p.Type.Kind == types.Float {
		v = float64(n)
	}
	t := valueType(v)
	if !types.Accepts(p.Type, t) {
		d := s.errorf("D0204", x.Span(), "%s must be %s, but this is %s", p.Name, p.Type, t)
		if p.Type.Kind == types.Duration && t.Numeric() {
			d.Hint = "give it a unit: " + plan.FormatValue(v) + "m, " + plan.FormatValue(v) + "h or " + plan.FormatValue(v) + "d"
		}
		return op.Arg{}, false
	}
	return op.Arg{Col: -1, Const: v, Type: t}, true
}

func (s *stageChecker) tableArg(x ast.Expr) (op.Arg, bool) {
	c := s.r.c
	d, name := c.lookup(s.r.scope.mod, x)
	if d == nil {
		e := s.errorf("D0308", x.Span(), "unknown table %s", x.Span().Text())
		e.Hint = hint(name, s.r.scope.mod.visible(func(d *decl) bool {
			b, ok := d.ast.(*ast.Block)
			return ok && b.Keyword.Name == "table"
		}))
		return op.Arg{}, false
	}
	c.resolve(d)
	if d.table == nil {
		if b, ok := d.ast.(*ast.Block); !ok || b.Keyword.Name != "table" {
			s.errorf("D0311", x.Span(), "%s is %s, not a table", name, d.kind())
		}
		s.bad = true
		return op.Arg{}, false
	}
	return op.Arg{Name: name, Col: -1, Const: d.table}, true
}

// tell lets alerts show what a stage fired for: its keys, its values, and the columns
// that it adds to the in columns that it saw.
func (s *stageChecker) tell(in int) {
	r := s.r
	for word, list := range map[string]*[]plan.Output{"by": &r.whom, "of": &r.what} {
		*list = nil
		for _, a := range s.stage.Args.Clauses[word] {
			*list = append(*list, plan.Output{Name: a.Name, X: s.stage.Inputs[a.Col]})
		}
	}
	for _, col := range s.stage.Out[in:] {
		r.what = append(r.what, plan.Output{Name: col.Name, X: &plan.Col{Column: col, At: s.stage.At}})
	}
}

// flow makes the row that flows out of the stage the row of the rule.
func (s *stageChecker) flow(out op.Row) {
	r := s.r
	st := s.stage
	st.Row = out
	st.Out = make([]*plan.Column, len(out.Cols))
	for i, col := range out.Cols {
		if !st.Fresh && i < st.Before {
			st.Out[i] = r.scope.row[i]
			continue
		}
		st.Out[i] = &plan.Column{Name: col.Name, Type: s.unit(col), Optional: true, At: st.At}
		if r.c.opts.Uses != nil {
			r.c.opts.Uses.made(st.Out[i], s.columnAt(col.Name))
		}
	}
	if st.Fresh {
		s.regroup(out)
	}
	r.row = out
	r.scope.row = st.Out
	r.rule.Stages = append(r.rule.Stages, st)
	s.postAggregates()
	if s.bound != nil {
		b := &stats{name: s.bound.Name, stage: st, of: s.of, cols: map[string]*plan.Column{}}
		r.stats = append(r.stats, b)
		r.bind(s.bound, local{stats: b})
	}
}

// regroup forgets the event's fields and what was made of them.
func (s *stageChecker) regroup(out op.Row) {
	r := s.r
	for _, col := range r.scope.row {
		r.gone[col.Name] = true
	}
	for name, l := range r.scope.locals {
		if _, isConst := l.x.(*plan.Const); !isConst {
			r.gone[name] = true
			delete(r.scope.locals, name)
		}
	}
	r.grouped = true
	r.lost = "the " + s.spec.Name + " at line " + lineOf(s.ast.Name) + " keeps only its keys and what it computes"
	r.keys, r.aggs = nil, nil
	r.whom, r.what = nil, nil
	for _, k := range out.Keys {
		r.keys = append(r.keys, s.stage.Out[k])
	}
}

// unit gives counts and sums over a window the period that they are per.
func (s *stageChecker) unit(col runtime.Column) types.Type {
	t := col.Type
	if !s.stage.Fresh {
		return t
	}
	for _, a := range s.stage.Args.Aggs {
		if a.Name == col.Name {
			return a.Type
		}
	}
	for i, a := range s.stage.Args.Clauses["by"] {
		if a.Name == col.Name && i < len(s.stage.Inputs) {
			return a.Type
		}
	}
	return t
}

// showEvidence passes the event's fields that the rule uses to a stage that keeps
// evidence. Rows that are no events have evidence of their own, if the stage that made
// them keeps any.
func (s *stageChecker) showEvidence() {
	if s.stage.Args.Keep == 0 {
		return
	}
	if s.r.grouped {
		s.stage.Args.Carried = s.r.evidence()
		if len(s.stage.Args.Carried) == 0 {
			s.stage.Args.Keep = 0
		}
		return
	}
	for _, col := range s.r.rule.From.Columns {
		a := s.input(&plan.Col{Column: col, At: s.ast.At}, col.Name)
		s.stage.Args.Shown = append(s.stage.Args.Shown, a.Col)
	}
}

// evidence is the fields of the events that the last stage which regroups rows shows.
func (r *ruleChecker) evidence() (out []runtime.Column) {
	for _, st := range r.rule.Stages {
		if !st.Fresh {
			continue
		}
		out = st.Args.Carried
		for _, at := range st.Args.Shown {
			if col, ok := st.Inputs[at].(*plan.Col); ok {
				out = append(out, runtime.Column{Name: col.Column.Name, Type: col.Column.Type})
			}
		}
	}
	return out
}
