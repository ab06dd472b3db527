package input

import "github.com/detlang/det/lang/types"

// pick is where the columns of a request stand in a flat record, one whose
// fields have no fields of their own.
type pick struct {
	fields [][]int // by column, the fields that may hold its value, in order
	lists  []bool  // by column
	whole  []bool  // by column: it takes all fields
	values []value // by column, of the last record
}

// newPick finds the columns among the names of the fields; index gives -1 for a
// name that no field has. The elements of a path are joined with dots.
func newPick(columns []Column, index func(name string) int) *pick {
	p := &pick{
		fields: make([][]int, len(columns)),
		lists:  make([]bool, len(columns)),
		whole:  make([]bool, len(columns)),
		values: make([]value, len(columns)),
	}
	for i, c := range columns {
		p.lists[i] = c.Type.Kind == types.List
		if p.whole[i] = everything(c); p.whole[i] {
			continue
		}
		for _, path := range pathsOf(c) {
			if f := index(joined(path)); f >= 0 {
				p.fields[i] = append(p.fields[i], f)
			}
		}
	}
	return p
}

func joined(path []string) string {
	name := path[0]
	for _, p := range path[1:] {
		name += "." + p
	}
	return name
}

// from gives the value of each column, for rows.add.
func (p *pick) from(fields []value) []value {
	for c, at := range p.fields {
		p.values[c] = value{}
		if p.whole[c] {
			p.values[c] = value{form: list, items: present(fields)}
			continue
		}
		for _, f := range at {
			if fields[f].form != absent {
				p.values[c] = fields[f]
				break
			}
		}
		if p.lists[c] {
			p.values[c] = elements(p.values[c])
		}
	}
	return p.values
}

// present are the fields that have a value.
func present(fields []value) []value {
	var out []value
	for _, v := range fields {
		if v.form != absent {
			out = append(out, v)
		}
	}
	return out
}

// elements reads text that is a JSON array as a list of its elements.
func elements(v value) value {
	if v.form != loose && v.form != plain || len(v.text) == 0 || v.text[0] != '[' {
		return v
	}
	var p projection
	p.b, p.end = append(append([]byte{}, v.text...), make([]byte, padding)...), len(v.text)
	p.cells = make([]value, 1)
	if end := p.readArray(&node{lists: []int{0}}, 1, 1, true); end < 0 || p.space(end) != p.end {
		return v
	}
	return p.cells[0]
}
