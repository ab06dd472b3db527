package op

import (
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// Table is a table of a rule file, held as columns; Key is the column by which
// its rows are found.
type Table struct {
	Name string
	Cols []runtime.Column
	Key  int
	Data []*vec.Vec
}

// NewTable makes a table of rows of constants as the language has them.
func NewTable(name string, cols []runtime.Column, key int, rows [][]any) *Table {
	t := &Table{Name: name, Cols: cols, Key: key}
	for i, col := range cols {
		vals := make([]any, len(rows))
		for r := range rows {
			vals[r] = stored(rows[r][i])
		}
		t.Data = append(t.Data, vec.Of(col.Type.Kind, vals...))
	}
	return t
}
