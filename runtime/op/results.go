package op

import "github.com/detlang/det/runtime/vec"

// results gathers columns that come in parts, each for some rows of a batch.
type results struct {
	parts [][]*vec.Vec // by column
	rows  [][]int32    // by part
}

// add takes a part of every column, for the listed rows. It copies the list.
func (r *results) add(rows []int32, cols []*vec.Vec) {
	if r.parts == nil {
		r.parts = make([][]*vec.Vec, len(cols))
	}
	r.rows = append(r.rows, append([]int32(nil), rows...))
	for c, v := range cols {
		r.parts[c] = append(r.parts[c], v)
	}
}

// columns are the columns over n rows; rows that no part had are missing.
func (r *results) columns(n int) []*vec.Vec {
	part, at := repeated(int32(-1), n), make([]int32, n)
	for k, rows := range r.rows {
		for i, row := range rows {
			part[row], at[row] = int32(k), int32(i)
		}
	}
	var out []*vec.Vec
	for _, parts := range r.parts {
		var g vec.Gatherer
		out = append(out, g.Gather(parts, n, nil, func(i int) (int, int) { return int(part[i]), int(at[i]) }))
	}
	return out
}
