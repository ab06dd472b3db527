package check

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// tableFile reads a table's rows from a CSV file with a header. Its columns are
// found by name; an empty cell is missing. nil means that it failed, and that
// this was told.
func (c *checker) tableFile(m *module, from *ast.Literal, fields []types.Field) [][]any {
	name, _ := from.Value.(string)
	data, err := c.opts.Read(m.file.Source, name)
	if err != nil {
		c.diags.Errorf("D0802", from.At, "cannot read the table: %s", err)
		return nil
	}
	rows, err := readTable(string(data), fields)
	if err != nil {
		c.diags.Errorf("D0804", from.At, "%s: %s", name, err)
		return nil
	}
	return rows
}

func readTable(text string, fields []types.Field) ([][]any, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("the file has no header line")
	}
	at := make([]int, len(fields))
	for i, f := range fields {
		at[i] = -1
		for j, h := range head {
			want := f.Name
			if len(f.Paths) > 0 {
				want = strings.Join(f.Paths[0], ".")
			}
			if h == want {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return nil, fmt.Errorf("there is no column %s: the header has %s", f.Name, strings.Join(head, ", "))
		}
	}
	rows := [][]any{}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		row := make([]any, len(fields))
		for i, f := range fields {
			if cell := rec[at[i]]; cell != "" {
				if row[i], err = parseText(cell, f.Type.Kind); err != nil {
					line, _ := r.FieldPos(at[i])
					return nil, fmt.Errorf("line %d: %s: %w", line, f.Name, err)
				}
			}
		}
		rows = append(rows, row)
	}
}
