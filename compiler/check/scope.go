package check

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// scope is what names mean at one place of a rule: what the author bound, the
// columns of the row, and the declarations of the file behind them.
type scope struct {
	mod    *module
	locals map[string]local
	row    []*plan.Column
	rule   *ruleChecker // nil outside rules
	aggs   *collector   // inside a block of aggregates
	depth  int          // of fn calls, to stop those that go round
}

// local is a name that the author bound: an expression, or the statistics of a
// baseline or a peer group.
type local struct {
	x     plan.Expr
	stats *stats
}

// stats is a bound baseline or peer group.
type stats struct {
	name  string
	stage *plan.Stage
	of    types.Type // type of the measure
	cols  map[string]*plan.Column
}

// member gives the column of a statistic, asking the stage to compute it.
func (s *stats) member(name string) *plan.Column {
	if col := s.cols[name]; col != nil {
		return col
	}
	t := types.TFloat
	switch name {
	case "n":
		t = types.TInt
	case "warm":
		t = types.TBool
	default:
		t.Unit = s.of.Unit
	}
	col := &plan.Column{Name: s.name + "." + name, Type: t, Optional: true, At: s.stage.At}
	s.cols[name] = col
	s.stage.Args.Need = append(s.stage.Args.Need, name)
	return col
}

// memberNames are what statistics have, for hints; p95 stands for all percentiles.
var memberNames = []string{"n", "mean", "stddev", "median", "mad", "min", "max", "p95", "warm", "scale", "rscale", "slope", "expected"}

// isMember reports whether statistics have a member of this name: one of
// memberNames, or p with a number from 0 to 100.
func isMember(name string) bool {
	for _, m := range memberNames {
		if name == m {
			return true
		}
	}
	if len(name) < 2 || len(name) > 4 || name[0] != 'p' {
		return false
	}
	n := 0
	for _, r := range name[1:] {
		if r < '0' || r > '9' {
			return false
		}
		n = n*10 + int(r-'0')
	}
	return n <= 100
}

// column finds a column of the row by name.
func (s *scope) column(name string) *plan.Column {
	for _, c := range s.row {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// bind gives a name to an expression. Binding a name that stands for something
// else in the rule is an error, since a reader could not tell which is meant.
func (r *ruleChecker) bind(name *ast.Ident, l local) {
	if _, ok := r.scope.locals[name.Name]; ok {
		r.c.diags.Errorf("D0304", name.At, "%s has a meaning in this rule already", name.Name).Hint = "choose another name"
		return
	}
	if r.scope.column(name.Name) != nil || !r.grouped && r.fieldOf(name.Name) {
		r.c.diags.Errorf("D0304", name.At, "%s is a field of the row", name.Name).Hint = "choose another name, so that a reader can tell which is meant"
		return
	}
	r.scope.locals[name.Name] = l
}
