package build

import (
	"fmt"
	"strings"

	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/eval"
)

// graph adds checked expressions to a graph of kernels. Nodes are found by what
// they compute, so rules that say the same share them.
type graph struct {
	g       *eval.Graph
	columns map[*plan.Column]int
	order   []*plan.Column
}

func newGraph(g *eval.Graph) *graph { return &graph{g: g, columns: map[*plan.Column]int{}} }

// row makes the columns of a row known.
func (g *graph) row(cols []*plan.Column) {
	g.order = cols
	for i, c := range cols {
		g.columns[c] = i
	}
}

func (g *graph) nodes(xs []plan.Expr) ([]eval.ID, error) {
	out := make([]eval.ID, len(xs))
	for i, x := range xs {
		id, err := g.node(x)
		if err != nil {
			return nil, err
		}
		out[i] = id
	}
	return out, nil
}

// node is the graph's node for an expression.
func (g *graph) node(x plan.Expr) (eval.ID, error) {
	switch x := x.(type) {
	case *plan.Const:
		return g.g.Const(x.T.Kind, fold.Stored(x.Value, x.T.Kind)), nil
	case *plan.Col:
		i, ok := g.columns[x.Column]
		if !ok {
			return 0, fmt.Errorf("column %s is not in the row", x.Column.Name)
		}
		return g.g.Late(i, x.Column.Type.Kind, x.Column.Late), nil
	case *plan.Named:
		return g.node(x.X)
	case *plan.Not:
		id, err := g.node(x.X)
		if err != nil {
			return 0, err
		}
		return g.g.Not(id), nil
	case *plan.And:
		ids, err := g.nodes(x.Xs)
		if err != nil {
			return 0, err
		}
		return g.g.And(ids...), nil
	case *plan.Or:
		ids, err := g.nodes(x.Xs)
		if err != nil {
			return 0, err
		}
		return g.g.Or(ids...), nil
	case *plan.Call:
		ids, err := g.nodes(x.Args)
		if err != nil {
			return 0, err
		}
		consts := constants(x.Args)
		k, err := x.Func.Bind(consts)
		if err != nil {
			return 0, err
		}
		return g.g.Call(key(x.Func.Name, consts), k, x.T.Kind, x.Func.Cost, ids...), nil
	case *plan.Op:
		ids, err := g.nodes(x.Args)
		if err != nil {
			return 0, err
		}
		ts := make([]types.Type, len(x.Args))
		for i, a := range x.Args {
			ts[i] = a.Type()
		}
		return g.g.Operator(x.Op, eval.Options{Not: x.Not, Quant: x.Quant, Cased: x.Cased}, ts, ids...)
	}
	return 0, fmt.Errorf("unexpected expression %T", x)
}

func constants(xs []plan.Expr) []any {
	out := make([]any, len(xs))
	for i, x := range xs {
		if k, ok := x.(*plan.Const); ok {
			out[i] = k.Value
		}
	}
	return out
}

// key tells apart calls of one function with different constants.
func key(name string, consts []any) string {
	var b strings.Builder
	b.WriteString(name)
	for _, c := range consts {
		if c != nil {
			fmt.Fprintf(&b, "\x00%T:%v", c, c)
		} else {
			b.WriteString("\x00?")
		}
	}
	return b.String()
}
