package check

import (
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
