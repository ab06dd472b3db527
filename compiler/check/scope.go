package check

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
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
	given  bool         // fields are what the events have, not what mappings derive
}

// local is a name that the author bound: an expression, or the statistics of a
// baseline or a peer group.
type local struct {
	x     plan.Expr
	stats *stats
	at    source.Span // where it is bound
	param bool        // of a fn
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

// Member is a statistic of a baseline or a peer group.
type Member struct{ Name, Doc string }

// Members are the statistics that have names of their own; p95 stands for all
// percentiles.
var Members = []Member{
	{"n", "How many samples there are."},
	{"mean", "The mean of the samples."},
	{"stddev", "The sample standard deviation (n-1)."},
	{"median", "The median of the samples."},
	{"mad", "The median of the absolute deviations from the median."},
	{"min", "The smallest sample."},
	{"max", "The largest sample."},
	{"p95", "A percentile: p and a number from 0 to 100."},
	{"warm", "Whether there are as many samples as `min` asks for."},
	{"scale", "What a z-score divides by: the standard deviation, or the floor."},
	{"rscale", "What a robust z-score divides by: 1.4826 times the MAD, or the floor."},
	{"slope", "The slope of the trend."},
	{"expected", "What the trend expects."},
}

// memberDoc tells what a statistic is.
func memberDoc(name string) string {
	for _, m := range Members {
		if m.Name == name {
			return m.Doc
		}
	}
	return "The percentile " + strings.TrimPrefix(name, "p") + " of the samples."
}

// memberNames are their names, for hints.
func memberNames() []string {
	var names []string
	for _, m := range Members {
		names = append(names, m.Name)
	}
	return names
}

// isMember reports whether statistics have a member of this name: one of
// Members, or p with a number from 0 to 100.
func isMember(name string) bool {
	for _, m := range Members {
		if name == m.Name {
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
	l.at = name.At
	r.scope.locals[name.Name] = l
	r.c.opts.Uses.local(name.At, name.Name, l)
}
