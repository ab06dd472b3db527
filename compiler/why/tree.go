package why

import (
	"strconv"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// Node is one part of a condition with what it came to.
type Node struct {
	Text  string
	Holds bool
	// Undecided marks a test that reads statistics that have too few samples.
	Undecided bool
	// Reads are the values that a comparison read, by the name that the rule gives
	// them; Miss is by how much a comparison of numbers failed that was to hold.
	Reads []Value
	Miss  string
	Nodes []*Node
}

// tree is a condition over a row, of which want says what would make the rule fire.
func tree(x plan.Expr, r *row, want bool) *Node {
	if test, name := guarded(x); test != nil {
		n := tree(test, r, want)
		if r.at[name+".warm"].Value != true {
			n.Undecided, n.Holds, n.Miss, n.Nodes = true, false, "", nil
			n.Reads = append(n.Reads, Value{name + ".n", text(r.at[name+".n"].Value)})
		}
		return n
	}
	n := &Node{Text: plan.String(x), Holds: r.holds(x)}
	below := func(xs []plan.Expr, want bool) {
		for _, e := range xs {
			n.Nodes = append(n.Nodes, tree(e, r, want))
		}
	}
	switch x := x.(type) {
	case *plan.And:
		n.Text = "all of"
		below(x.Xs, want)
	case *plan.Or:
		n.Text = "any of"
		below(x.Xs, want)
	case *plan.Not:
		n.Text = "not"
		below([]plan.Expr{x.X}, !want)
	case *plan.Named:
		below([]plan.Expr{x.X}, want)
	case *plan.Op:
		n.Reads = reads(x, r)
		if want && !n.Holds {
			n.Miss = miss(x, r)
		}
	default:
		n.Reads = reads(x, r)
	}
	return n
}

// guarded is the test in a condition that the checker joined with its statistics
// being warm, and their name; nil for any other condition.
func guarded(x plan.Expr) (test plan.Expr, name string) {
	warm := func(e plan.Expr) bool {
		col, ok := e.(*plan.Col)
		if ok {
			name, ok = strings.CutSuffix(col.Column.Name, ".warm")
		}
		return ok && e.Span() == x.Span()
	}
	switch x := x.(type) {
	case *plan.And:
		if len(x.Xs) == 2 && warm(x.Xs[0]) {
			return x.Xs[1], name
		}
	case *plan.Or:
		if not, ok := x.Xs[len(x.Xs)-1].(*plan.Not); ok && len(x.Xs) == 2 && warm(not.X) {
			return x.Xs[0], name
		}
	}
	return nil, ""
}

// reads are the outermost names in an expression, with their values.
func reads(x plan.Expr, r *row) []Value {
	var out []Value
	add := func(name string, e plan.Expr) {
		for _, v := range out {
			if v.Name == name {
				return
			}
		}
		out = append(out, Value{name, text(r.eval(e))})
	}
	plan.Walk(x, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Named:
			add(e.Name, e)
			return false
		case *plan.Col:
			add(e.Column.Name, e)
		}
		return true
	})
	return out
}

// miss is how far apart the sides of a comparison of numbers are.
func miss(x *plan.Op, r *row) string {
	switch x.Op {
	case "<", "<=", ">", ">=", "==":
	default:
		return ""
	}
	if len(x.Args) != 2 || x.Not {
		return ""
	}
	a, okA := number(r.eval(x.Args[0]))
	b, okB := number(r.eval(x.Args[1]))
	if !okA || !okB {
		return ""
	}
	return short(max(a-b, b-a))
}

// missing stands for the value of what has none.
const missing = "missing"

// text is a value of the language as people read it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return missing
	case float64:
		return short(v)
	case string:
		return strconv.Quote(v)
	}
	return plan.FormatValue(v)
}

// short is a number with four digits, or all of an integer.
func short(f float64) string {
	if f == float64(int64(f)) && f < 1e15 && f > -1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', 4, 64)
}

// numeric reports whether a column can be moved along a line.
func numeric(t types.Type) bool { return t.Kind == types.Int || t.Kind == types.Float }
