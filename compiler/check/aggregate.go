package check

import (
	"fmt"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
)

// collector gathers the aggregates of one item of a window's block, while its
// expression is checked.
type collector struct {
	s     *stageChecker
	inner *scope // what the arguments of an aggregate see
	found []*plan.Column
	item  string // the item's own name, when its whole expression is one aggregate
}

// postAgg is an item that computes with aggregates: a let on the row behind the
// window.
type postAgg struct {
	name *ast.Ident
	x    plan.Expr
}

// block checks what stands between the braces.
func (s *stageChecker) block() {
	if !s.ast.HasBody {
		switch s.spec.Block {
		case op.Aggregates:
			s.errorf("D0409", s.ast.At, "`%s` says in braces what it computes", s.spec.Name).Hint = "write: " + s.spec.Name + " … { attempts = count() }"
		case op.Steps:
			s.steps()
		}
		return
	}
	switch s.spec.Block {
	case op.NoBlock:
		s.errorf("D0409", s.ast.At, "`%s` takes no braces", s.spec.Name)
	case op.Aggregates:
		s.aggregates()
	case op.Steps:
		s.steps()
	case op.Fields:
		for _, it := range s.ast.Items {
			n, ok := it.Value.(*ast.Name)
			if !ok || it.Name != nil || it.Not || len(it.Clauses) > 0 {
				s.errorf("D0409", it.At, "here stand names of columns, such as { criticality, owner }")
				continue
			}
			s.stage.Args.Fields = append(s.stage.Args.Fields, n.Name)
		}
	}
}

func (s *stageChecker) aggregates() {
	if len(s.ast.Items) == 0 {
		s.errorf("D0409", s.ast.At, "the braces of `%s` are empty", s.spec.Name).Hint = "write: { attempts = count() }"
	}
	seen := map[string]bool{}
	for _, it := range s.ast.Items {
		if it.Name == nil || it.Not || len(it.Clauses) > 0 {
			s.errorf("D0409", it.At, "an aggregate needs a name").Hint = "write: attempts = " + it.Value.Span().Text()
			continue
		}
		if seen[it.Name.Name] {
			s.errorf("D0304", it.Name.At, "%s is computed twice", it.Name.Name)
			continue
		}
		seen[it.Name.Name] = true
		s.item(it)
	}
}

// item checks one aggregate, or an expression over several.
func (s *stageChecker) item(it *ast.Item) {
	c := s.r.c
	col := &collector{s: s, inner: s.r.scope}
	if call, ok := ast.Unparen(it.Value).(*ast.Call); ok && c.aggs[call.Fun.Name] != nil {
		col.item = it.Name.Name
	}
	outer := &scope{mod: s.r.scope.mod, locals: constants(s.r.scope.locals), aggs: col, depth: s.r.scope.depth}
	before := c.diags.Errors()
	e := c.expr(outer, it.Value)
	if e == nil {
		s.bad = true
		return
	}
	if len(col.found) == 0 {
		if c.diags.Errors() == before {
			s.errorf("D0413", it.Value.Span(), "%s is no aggregate", plan.String(e)).Hint = "over a window there are many events: write count(), max(x), first(x) …"
		}
		return
	}
	if col.item == "" {
		s.post = append(s.post, postAgg{it.Name, e})
	}
}

// constants are the locals that hold at every row.
func constants(locals map[string]local) map[string]local {
	out := map[string]local{}
	for n, l := range locals {
		if l.x == nil && l.stats == nil {
			out[n] = l
		} else if _, ok := l.x.(*plan.Const); ok {
			out[n] = l
		}
	}
	return out
}

// aggregate checks a call of an aggregate and gives the column that it becomes.
func (c *checker) aggregate(s *scope, x *ast.Call) plan.Expr {
	col := s.aggs
	st := col.s
	spec := c.aggs[x.Fun.Name]
	c.opts.Uses.call(x, UseAggregate, spec.Sig.String(), spec.Doc)
	args, ok := c.arguments(col.inner, x, spec.Name, spec.Sig)
	if !ok {
		st.bad = true
		return nil
	}
	a := op.Agg{Spec: spec, Name: col.item}
	if a.Name == "" {
		a.Name = fmt.Sprintf("$agg%d", len(st.stage.Args.Aggs))
	}
	ts := make([]types.Type, len(args))
	consts := make([]any, len(args))
	for i, e := range args {
		ts[i] = e.Type()
		if k, ok := e.(*plan.Const); ok {
			consts[i] = k.Value
			a.Args = append(a.Args, op.Arg{Col: -1, Const: k.Value, Type: k.T})
			continue
		}
		a.Args = append(a.Args, st.input(e, ""))
	}
	if _, err := spec.New(ts, consts); err != nil {
		st.errorf("D0209", x.At, "%s: %s", spec.Name, err)
		return nil
	}
	a.Type = spec.Sig.Fixed
	if spec.Sig.Result != nil {
		a.Type = spec.Sig.Result(ts)
	}
	if spec.PerWindow {
		a.Type.Unit = st.windowUnit()
	}
	st.stage.Args.Aggs = append(st.stage.Args.Aggs, a)
	out := &plan.Column{Name: a.Name, Type: a.Type, Optional: true, At: x.At}
	col.found = append(col.found, out)
	return &plan.Col{Column: out, At: x.At}
}

// windowUnit is the period that a count over this window is per: the window's
// length, where it has one.
func (s *stageChecker) windowUnit() types.Unit {
	if len(s.stage.Args.Head) == 0 || s.stage.Args.Has("session") {
		return types.Unit{}
	}
	length, _ := durationValue(s.stage.Args.Head[0].Const)
	return types.Unit{Per: length}
}

// postAggregates names the expressions over several aggregates, now that the
// aggregates are columns of the row.
func (s *stageChecker) postAggregates() {
	byName := map[string]*plan.Column{}
	for _, col := range s.stage.Out {
		byName[col.Name] = col
	}
	for _, p := range s.post {
		x := plan.Map(p.x, func(e plan.Expr) plan.Expr {
			if col, ok := e.(*plan.Col); ok {
				if out := byName[col.Column.Name]; out != nil {
					return &plan.Col{Column: out, At: col.At}
				}
			}
			return e
		})
		s.r.bind(p.name, local{x: x})
	}
}
