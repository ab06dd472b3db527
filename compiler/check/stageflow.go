package check

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/op"
)

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
