package check

import (
	"regexp"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/op"
)

// risk records what an alert adds to the risk of entities.
func (s *stageChecker) risk() {
	r := s.r
	expr := func(a op.Arg) plan.Expr {
		if a.Col < 0 {
			return &plan.Const{Value: a.Const, T: a.Type, At: s.ast.At}
		}
		return s.stage.Inputs[a.Col]
	}
	word := func(clause string) string {
		if args := s.stage.Args.Clauses[clause]; len(args) > 0 {
			return args[0].Name
		}
		return ""
	}
	if readsRisk(r.rule) {
		s.errorf("D0603", s.ast.At, "a rule that reads risk cannot add to it").Hint = "its own alerts would raise the score that they come from"
		return
	}
	if len(s.stage.Args.Head) == 0 {
		return
	}
	score := expr(s.stage.Args.Head[0])
	if v, ok := r.c.opts.Fold(score); ok && negative(v) {
		s.errorf("D0420", s.ast.Args[0].Value.Span(), "a score of %s would take risk away", plan.FormatValue(v)).Hint = "what an alert adds is 0 or more"
	}
	if limit := s.stage.Args.Clauses["cap"]; len(limit) > 0 && !(s.stage.Args.Float("cap", 0) > 0) {
		s.errorf("D0420", s.ast.Clause("cap").At, "a cap of %s lets no score through", plan.FormatValue(limit[0].Const))
	}
	for _, e := range s.stage.Args.Clauses["on"] {
		r.rule.Alert.Risk = append(r.rule.Alert.Risk, plan.Risk{
			EntityType: e.Name, Entity: expr(e), Score: score,
			Category: word("category"), Stage: word("stage"), Cap: s.stage.Args.Float("cap", 0),
		})
	}
}

// negative reports whether a constant is a number below zero.
func negative(v any) bool {
	switch v := v.(type) {
	case int64:
		return v < 0
	case float64:
		return v < 0
	}
	return false
}

// finish works out what the alerts show, tells the stages which of their
// statistics are read, and settles the rows.
func (r *ruleChecker) finish() {
	if r.when == nil {
		return
	}
	out := &r.rule.Alert
	seen := map[string]bool{}
	for _, k := range r.keys {
		out.Keys = append(out.Keys, plan.Output{Name: k.Name, X: &plan.Col{Column: k}})
		seen[k.Name] = true
	}
	if !r.grouped {
		for _, k := range r.whom {
			out.Keys = append(out.Keys, k)
			seen[k.Name] = true
		}
	}
	add := func(name string, x plan.Expr) {
		if !seen[name] && !strings.HasPrefix(name, "$") {
			seen[name] = true
			out.Values = append(out.Values, plan.Output{Name: name, X: x})
		}
	}
	if r.grouped {
		for _, st := range r.rule.Stages {
			for _, col := range st.Out {
				if st.Args.Shows(col.Name) && r.scope.column(col.Name) == col {
					add(col.Name, &plan.Col{Column: col})
				}
			}
		}
	}
	for _, o := range r.what {
		add(o.Name, o.X)
	}
	read := map[*plan.Column]bool{}
	conditions := []plan.Expr{r.when}
	if !r.grouped {
		for _, st := range r.rule.Stages {
			if st.Cond != nil && st.Spec.Name != "when" {
				conditions = append(conditions, st.Cond)
			}
		}
	}
	for _, cond := range conditions {
		plan.Walk(cond, func(x plan.Expr) bool {
			switch x := x.(type) {
			case *plan.Named:
				if x.Type().Kind != types.Bool {
					add(x.Name, x)
				}
			case *plan.Col:
				read[x.Column] = true
				add(x.Column.Name, x)
			}
			return true
		})
	}
	for _, st := range r.stats {
		used := false
		for _, col := range st.cols {
			used = used || read[col]
		}
		if !used {
			continue
		}
		for _, m := range []string{"n", "mean", "stddev"} {
			add(st.name+"."+m, &plan.Col{Column: st.member(m)})
		}
	}
	if !r.grouped {
		r.titleFields()
		for _, col := range r.rule.From.Columns {
			out.Evidence = append(out.Evidence, plan.Output{Name: col.Name, X: &plan.Col{Column: col}})
		}
	}
	r.title()
	r.c.opts.Uses.holes(r)
	r.settle()
}

// hole is a name that a title shows.
var hole = regexp.MustCompile(`\{\s*([\p{L}_][\p{L}\p{N}_.]*)`)

// titleFields reads the fields of the event that the title shows, so that they are
// there even if no condition reads them.
func (r *ruleChecker) titleFields() {
	for _, m := range hole.FindAllStringSubmatch(r.rule.Meta.Title, -1) {
		r.sourceColumn(m[1], &ast.Ident{Name: m[1], At: r.titleAt}, false)
	}
}

// title checks that the holes of the title can be filled.
func (r *ruleChecker) title() {
	if err := r.c.opts.Title(r.rule.Meta.Title, r.rule.Alert.Names()); err != nil {
		r.c.diags.Errorf("D0214", r.titleAt, "%s", err)
	}
}

// settle asks each stage again for the row that flows out, now that it is known
// which statistics are read, which stages keep state by entity, and which take a
// window in parts.
func (r *ruleChecker) settle() {
	persist, parts := false, true
	for i := len(r.rule.Stages) - 1; i >= 0; i-- {
		st := r.rule.Stages[i]
		st.Args.Persist, st.Args.Parts = persist, parts
		persist = persist || st.Args.Bound != ""
		parts = parts && st.Spec.Parts
		if st.Fresh {
			persist = false
		}
	}
	cols := r.rule.From.Columns // all that the rule reads is known by now
	row := op.Row{}
	for _, col := range cols {
		row.Cols = append(row.Cols, runtime.Column{Name: col.Name, Type: col.Type})
	}
	for _, st := range r.rule.Stages {
		st.Before = len(cols)
		if st.Cond != nil {
			st.Out, st.Row = cols, row
			continue
		}
		s := &stageChecker{r: r, spec: st.Spec, stage: st}
		r.row = row
		out, refusal := st.Spec.Output(s.in(), st.Placed())
		if refusal != nil {
			r.c.diags.Errorf(refusal.Code, st.At, "%s", refusal.Message).Hint = refusal.Hint
			return
		}
		old := map[string]*plan.Column{}
		for _, col := range st.Out {
			old[col.Name] = col
		}
		for _, b := range r.stats {
			if b.stage == st {
				for _, col := range b.cols {
					old[col.Name] = col
				}
			}
		}
		next := make([]*plan.Column, len(out.Cols))
		for i, c := range out.Cols {
			if !st.Fresh && i < len(cols) {
				next[i] = cols[i]
				continue
			}
			if next[i] = old[c.Name]; next[i] == nil {
				next[i] = &plan.Column{Name: c.Name, Type: c.Type, Optional: true, At: st.At}
			}
			next[i].Late = c.Late
		}
		cols, row = next, out
		st.Out, st.Row = cols, row
	}
	for _, col := range cols {
		if col.Name == "$suppressed" {
			r.rule.Alert.Suppressed = col
		}
	}
}
