package input

import (
	"strings"

	"github.com/detlang/det/lang/types"
)

// projection reads the wanted values out of JSON objects.
//
// The wanted paths form a tree of nodes. Where a path meets an array, its rest
// is looked for in each element, which may also be a pair of name and value (see
// pair.go): a scalar column takes the first that is present, a list column takes
// all, in order. A field that repeats in one object counts where it stands last,
// as in encoding/json. Null is absent.
type projection struct {
	scanner
	root    *node
	cells   []value // by path
	columns []span  // the paths of each column, in order of preference
	values  []value // by column
	text    []byte  // unescaped texts of the record
	order   int32   // how many values have been read in the record
	objects int64   // how many objects, in all records
	fields  int     // how many fields are remembered
	entire  []int   // columns that take all values of the record
	items   []value // of the last of these
}

type span struct{ from, to int }

// node is one place in a record that is wanted or leads to one that is.
type node struct {
	kids  map[string]*node
	cells []int // of paths that end here
	lists []int // likewise, for list columns
	first *field
	known map[string]*field // by raw
	in    int64             // the object that last had this field
	from  int32             // order at that moment
}

// newProjection makes the tree for columns; under is a path that may stand
// before each of theirs, tried first, or nil.
func newProjection(columns []Column, under []string) *projection {
	p := &projection{root: &node{}, values: make([]value, len(columns))}
	for _, c := range columns {
		from := len(p.cells)
		if everything(c) {
			p.entire = append(p.entire, len(p.columns))
			p.columns = append(p.columns, span{from, from})
			continue
		}
		for _, path := range pathsOf(c) {
			if under != nil {
				p.want(append(under[:len(under):len(under)], path...), c.Type)
			}
			p.want(path, c.Type)
		}
		p.columns = append(p.columns, span{from, len(p.cells)})
	}
	return p
}

// pathsOf are the paths of a column, as Column says.
func pathsOf(c Column) [][]string {
	if c.Paths != nil {
		return c.Paths
	}
	paths := [][]string{{c.Name}}
	if strings.Contains(c.Name, ".") {
		paths = append(paths, strings.Split(c.Name, "."))
	}
	return paths
}

func (p *projection) want(path []string, t types.Type) {
	n := p.root
	for _, name := range path {
		if n.kids == nil {
			n.kids = map[string]*node{}
		}
		kid := n.kids[name]
		if kid == nil {
			kid = &node{}
			n.kids[name] = kid
		}
		n = kid
	}
	cell := len(p.cells)
	p.cells = append(p.cells, value{})
	if t.Kind == types.List {
		n.lists = append(n.lists, cell)
	} else {
		n.cells = append(n.cells, cell)
	}
}

// keptItems bounds the memory that is kept for the next record's lists.
const keptItems = 16 << 10

// record reads the object whose brace is b[i] into p.values.
func (p *projection) record(i int) int {
	for c := range p.cells {
		p.cells[c].form = absent
		if p.cells[c].items = p.cells[c].items[:0]; cap(p.cells[c].items) > keptItems {
			p.cells[c].items = nil
		}
	}
	p.text, p.order = p.text[:0], 0
	start := i
	if i = p.readObject(p.root, i+1, 1); i < 0 {
		return i
	}
	for c, s := range p.columns {
		p.values[c] = value{}
		for _, v := range p.cells[s.from:s.to] {
			if v.form != absent {
				p.values[c] = v
				break
			}
		}
	}
	for _, c := range p.entire {
		p.values[c] = p.all(start, i)
	}
	return i
}

// put gives a value to scalar columns that have none yet.
func (p *projection) put(cells []int, v value) {
	for _, c := range cells {
		if p.cells[c].form == absent {
			v.items = p.cells[c].items
			v.order = p.order
			p.cells[c] = v
			p.order++
		}
	}
}

// begin makes list columns present.
func (p *projection) begin(cells []int) {
	for _, c := range cells {
		if p.cells[c].form == absent {
			p.cells[c].form, p.cells[c].order = list, p.order
			p.order++
		}
	}
}

// collect gives an element to list columns.
func (p *projection) collect(cells []int, v value) {
	p.begin(cells)
	for _, c := range cells {
		v.order = p.order
		p.cells[c].items = append(p.cells[c].items, v)
		p.order++
	}
}

// forget takes back what was read at a node and below it since order.
func (p *projection) forget(n *node, since int32) {
	for _, c := range n.cells {
		if p.cells[c].order >= since {
			p.cells[c].form = absent
		}
	}
	for _, c := range n.lists {
		v := &p.cells[c]
		for len(v.items) > 0 && v.items[len(v.items)-1].order >= since {
			v.items = v.items[:len(v.items)-1]
		}
		if v.order >= since {
			v.form = absent
		}
	}
	for _, kid := range n.kids {
		p.forget(kid, since)
	}
}
