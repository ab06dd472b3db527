package why

import (
	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// row is the values of one row by the names of its columns.
type row struct {
	at   map[string]runtime.Named
	over map[string]any // values of the language put in place of the row's own
}

func newRow(j *runtime.Judgement) *row {
	r := &row{at: make(map[string]runtime.Named, len(j.Row))}
	for _, n := range j.Row {
		r.at[n.Name] = n
	}
	return r
}

// with is the row with another value in a column.
func (r *row) with(column string, v any) *row {
	over := map[string]any{column: v}
	for name, x := range r.over {
		if name != column {
			over[name] = x
		}
	}
	return &row{at: r.at, over: over}
}

// value is the value of a column as the language has it; nil where it is missing.
func (r *row) value(name string, t types.Type) any {
	if v, ok := r.over[name]; ok {
		return v
	}
	return fold.Value(r.at[name].Value, t)
}

// bind puts the values of the row in place of columns.
func (r *row) bind(x plan.Expr) plan.Expr {
	return plan.Map(x, func(e plan.Expr) plan.Expr {
		if col, ok := e.(*plan.Col); ok {
			return &plan.Const{Value: r.value(col.Column.Name, col.Column.Type), T: col.Column.Type, At: col.At}
		}
		return e
	})
}

// eval is the value of an expression over the row; nil where it has none.
func (r *row) eval(x plan.Expr) any {
	v, _ := fold.Const(r.bind(x))
	return v
}

// input is the value of an expression that a stage was given, as it was given, or
// else computed from the row.
func (r *row) input(x plan.Expr) any {
	if n, ok := r.at["$"+plan.String(x)]; ok {
		return fold.Value(n.Value, x.Type())
	}
	return r.eval(x)
}

// holds reports whether a condition is true of the row.
func (r *row) holds(x plan.Expr) bool { return r.eval(x) == true }

// number is a value as a float, false for what is no number.
func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

// float is a column as a float; 0 where it is missing.
func (r *row) float(name string) float64 {
	f, _ := number(r.at[name].Value)
	return f
}
