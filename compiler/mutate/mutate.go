// Package mutate makes small changes to rules, one at a time, of a kind that a
// wrong rule would have: a comparison turned round, a constant off by one, a filter
// left out. Tests that notice none of it prove little; this is mutation testing as
// R. A. DeMillo, R. J. Lipton and F. G. Sayward describe it (Hints on Test Data
// Selection, 1978).
package mutate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
)

// Mutant is one change: the text at a place becomes another.
type Mutant struct {
	Rule string
	At   source.Span
	New  string
	What string // in a few words
}

// Apply is the text of the mutant's file with the change made.
func (m *Mutant) Apply() string {
	text := m.At.File.Text
	return text[:m.At.Start] + m.New + text[m.At.End:]
}

// File lists the mutants of a file's rules, in order of place.
func File(f *source.File) []Mutant {
	var out []Mutant
	for _, d := range lang.Parse(f, &diag.List{}).Decls {
		b, ok := d.(*ast.Block)
		if !ok || b.Keyword.Name != "rule" || b.Name == nil {
			continue
		}
		m := &mutator{rule: b.Name.Name}
		for _, st := range b.Body {
			m.stage(st)
		}
		out = append(out, m.out...)
	}
	slices.SortStableFunc(out, func(a, b Mutant) int { return a.At.Start - b.At.Start })
	return out
}

type mutator struct {
	rule string
	out  []Mutant
}

func (m *mutator) add(at source.Span, text, what string, args ...any) {
	m.out = append(m.out, Mutant{m.rule, at, text, fmt.Sprintf(what, args...)})
}

// dropped are the stages that a rule still compiles without.
var dropped = []string{"where", "throttle"}

// stage makes the mutants of a line of a rule. What is only shown (titles, levels)
// and what names the input have none.
func (m *mutator) stage(st *ast.Stage) {
	name := st.Name.Name
	switch name {
	case "where", "when", "let", "param", "risk":
		for _, a := range st.Args {
			m.expr(a.Value)
		}
	case "window":
		m.window(st)
	case "throttle", "first_seen", "rare", "sequence", "baseline", "peers":
		for _, a := range st.Args {
			m.expr(a.Value)
		}
	default:
		return
	}
	if slices.Contains(dropped, name) {
		m.add(st.At, "", "without this %s", name)
	}
	for _, c := range st.Clauses {
		m.clause(c)
	}
	for _, it := range st.Items {
		if name == "sequence" && len(st.Items) > 1 && !it.Not {
			m.add(it.At, "", "without step %s", itemName(it))
		}
		if it.Value != nil {
			m.expr(it.Value)
		}
		for _, c := range it.Clauses {
			m.clause(c)
		}
	}
}

func itemName(it *ast.Item) string {
	if it.Name != nil {
		return it.Name.Name
	}
	return "this"
}

// window widens a window.
func (m *mutator) window(st *ast.Stage) {
	for _, a := range st.Args {
		m.widen(a.Value)
	}
}

// widen doubles a length of time.
func (m *mutator) widen(x ast.Expr) {
	if l, ok := x.(*ast.Literal); ok {
		if d, ok := l.Value.(time.Duration); ok && d > 0 && d < 1<<61 {
			m.add(l.At, types.FormatDuration(2*d), "%s instead of %s", types.FormatDuration(2*d), l.At.Text())
		}
	}
}

// clause makes the mutants of by, over, min and the like.
func (m *mutator) clause(c *ast.Clause) {
	switch c.Word.Name {
	case "by":
		if len(c.Args) > 1 {
			for i, a := range c.Args {
				at := argSpan(a)
				if i > 0 {
					at = argSpan(c.Args[i-1]).To(at)
					at.Start = argSpan(c.Args[i-1]).End
				} else {
					at.End = argSpan(c.Args[1]).Start
				}
				m.add(at, "", "without the key %s", argSpan(a).Text())
			}
		}
	case "over", "within", "every":
		for _, a := range c.Args {
			m.widen(a.Value)
		}
	case "min", "repeat", "below", "above", "floor":
		for _, a := range c.Args {
			m.expr(a.Value)
		}
	case "at":
		if len(c.Args) == 1 {
			m.add(c.At, "", "without the season %s", c.At.Text())
		}
	}
}

func argSpan(a *ast.Arg) source.Span {
	if a.Name != nil {
		return a.Name.At.To(a.Value.Span())
	}
	return a.Value.Span()
}

// turned are the operators that are put in place of one.
var turned = map[string][]string{
	">": {">="}, ">=": {">"}, "<": {"<="}, "<=": {"<"}, "==": {"!="}, "!=": {"=="},
	"and": {"or"}, "or": {"and"},
	"+": {"-"}, "-": {"+"}, "*": {"/"}, "/": {"*"},
	"contains": {"startswith"}, "startswith": {"contains"}, "endswith": {"contains"},
}

// exchanged are the aggregates that are put in place of one with the same argument.
var exchanged = map[string]string{
	"min": "max", "max": "min", "sum": "max", "avg": "max", "count_distinct": "count", "first": "last", "last": "first",
	"zscore": "robust_zscore",
}

// expr makes the mutants of an expression.
func (m *mutator) expr(x ast.Expr) {
	switch x := x.(type) {
	case *ast.Paren:
		m.expr(x.X)
	case *ast.Unary:
		if x.Op == "not" {
			m.add(x.At, x.X.Span().Text(), "without `not`")
		}
		m.expr(x.X)
	case *ast.Binary:
		m.binary(x)
	case *ast.Call:
		if to, ok := exchanged[x.Fun.Name]; ok && x.On == nil && len(x.Args) > 0 {
			m.add(x.Fun.At, to, "%s instead of %s", to, x.Fun.Name)
		}
		for _, a := range x.Args {
			m.expr(a.Value)
		}
	case *ast.ListExpr:
		m.list(x)
	case *ast.Literal:
		m.literal(x)
	}
}

func (m *mutator) binary(x *ast.Binary) {
	switch {
	case x.Not:
		at := x.X.Span()
		at.Start, at.End = at.End, x.Y.Span().Start
		m.add(at, " "+x.Op+quant(x)+" ", "without `not`")
	default:
		for _, to := range turned[x.Op] {
			rest := strings.TrimPrefix(x.OpAt.Text(), x.Op) // any, cased
			m.add(x.OpAt, to+rest, "`%s` instead of `%s`", to, x.Op)
		}
	}
	if x.Op == "and" || x.Op == "or" {
		m.add(x.Span(), x.Y.Span().Text(), "without `%s`", short(x.X))
		m.add(x.Span(), x.X.Span().Text(), "without `%s`", short(x.Y))
	}
	m.expr(x.X)
	if x.Op != "is" {
		m.expr(x.Y)
	}
}

// quant is what stands between an operator and its list.
func quant(x *ast.Binary) string {
	s := ""
	if x.Quant != "" {
		s += " " + x.Quant
	}
	if x.Cased {
		s += " cased"
	}
	return s
}

// list leaves out one value of a list that is written in place.
func (m *mutator) list(x *ast.ListExpr) {
	const most = 8 // of a long list the first ones tell enough
	if len(x.Elems) < 2 {
		return
	}
	for i, e := range x.Elems[:min(len(x.Elems), most)] {
		at := e.Span()
		if i > 0 {
			at.Start = x.Elems[i-1].Span().End
		} else {
			at.End = x.Elems[1].Span().Start
		}
		m.add(at, "", "without %s in the list", short(e))
	}
}

// literal moves a number by one.
func (m *mutator) literal(l *ast.Literal) {
	switch v := l.Value.(type) {
	case int64:
		for _, to := range []int64{v - 1, v + 1} {
			m.add(l.At, strconv.FormatInt(to, 10), "%d instead of %s", to, l.At.Text())
		}
	case float64:
		for _, to := range []float64{v - 1, v + 1} {
			s := strconv.FormatFloat(to, 'f', -1, 64)
			if to == float64(int64(to)) {
				s = strconv.FormatFloat(to, 'f', 1, 64)
			}
			m.add(l.At, s, "%s instead of %s", s, l.At.Text())
		}
	case time.Duration:
		m.widen(l)
	}
}

// short is an expression's text, cut where it is long.
func short(x ast.Expr) string {
	const most = 40
	text := []rune(x.Span().Text())
	if len(text) > most {
		return string(text[:most-1]) + "…"
	}
	return string(text)
}
