package build

import (
	"fmt"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime/op"
)

// keyTables are the tables of keys that windows of several rules share, by what they
// group: the stream, the conditions before the window, and the keys.
type keyTables map[string]*op.KeyTable

// of is the table for the first stage of a rule over a stream, behind conditions; nil
// where the stage keeps its keys to itself. What it is found by follows from the rule
// alone, so that rules whose saved state is taken up share a table if they did before.
func (k keyTables) of(stream int, where []plan.Expr, st *plan.Stage) *op.KeyTable {
	by := st.Args.Clauses["by"]
	if stream < 0 || st.Spec.Name != "window" || len(by) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d", stream)
	for _, x := range where {
		fmt.Fprintf(&b, " where %s", plan.String(x))
	}
	for _, a := range by {
		if a.Col < 0 {
			return nil
		}
		fmt.Fprintf(&b, " by %s %s", a.Type.Plain(), plan.String(st.Inputs[a.Col]))
	}
	name := b.String()
	if k[name] == nil {
		k[name] = &op.KeyTable{}
	}
	return k[name]
}
