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
	root     *node
	cells    []value // by place where a column may have its value
	owners   []owner // by cell
	set      []int   // the cells that have been given a value in the record
	lists    []bool  // by column
	present  []int   // the columns that have a value in the record
	from     []int   // by column, the cell of its value from 1, 0 for none
	text     []byte  // unescaped texts of the record
	order    int32   // how many values have been read in the record
	objects  int64   // how many objects, in all records
	fields   int     // how many fields are remembered
	repeated int     // bytes that the repeats of all fields take
	entire   []int   // cells of the columns that take all values of the record

	// for scopes
	names    map[string][]owner // the columns that have the name as a path
	elements map[string]bool    // see elementsOf
	adopted  int                // how many nodes were made
}

// owner is the column that a cell belongs to. Of the cells of a column that have a
// value, one with the lowest rank gives it.
type owner struct{ column, rank int }

// after is an owner of lower rank.
func (o owner) after(ranks int) owner { return owner{o.column, o.rank + ranks} }

// node is one place in a record that is wanted or leads to one that is.
type node struct {
	kids  map[string]*node
	cells []int // of paths that end here
	lists []int // likewise, for list columns
	first *field
	known map[string]*field // by raw
	in    int64             // the object that last had this field
	from  int32             // order at that moment

	deep    bool   // objects and elements of arrays are looked into
	scope   *scope // nil for none
	pairs   *node  // whose fields pairs of name and value have; nil: its own
	adopted bool   // its columns of a scope are known
	repeats repeats
}

// child is the node of a field, which is made if there is none.
func (n *node) child(name string) *node {
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	n.deep = true
	if n.kids[name] == nil {
		n.kids[name] = &node{}
	}
	return n.kids[name]
}

// newProjection makes the tree for columns; under is a path that may stand
// before each of theirs, tried first, or nil.
func newProjection(columns []Column, under []string) *projection {
	p := &projection{
		root: &node{}, names: map[string][]owner{},
		from: make([]int, len(columns)), lists: make([]bool, len(columns)),
	}
	within := p.root
	for _, name := range under {
		within = within.child(name)
	}
	for i, c := range columns {
		p.lists[i] = c.Type.Kind == types.List
		if everything(c) {
			p.entire = append(p.entire, p.cell(owner{column: i}))
			continue
		}
		for k, path := range pathsOf(c) {
			o := owner{i, k * ranksOfPath}
			if under != nil {
				p.want(within, path, o)
			}
			p.want(p.root, path, o.after(rankOutside))
			if len(path) == 1 {
				p.names[path[0]] = append(p.names[path[0]], o)
			}
		}
	}
	p.elements = elementsOf(p.names)
	p.wrap(within, p.names)
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

// want makes the value at a path below a node one of a column.
func (p *projection) want(n *node, path []string, o owner) {
	for _, name := range path {
		n = n.child(name)
	}
	p.give(n, o)
}

// cell is a new cell of a column.
func (p *projection) cell(o owner) int {
	p.cells = append(p.cells, value{})
	p.owners = append(p.owners, o)
	return len(p.cells) - 1
}

// give makes the values at a node some of a column.
func (p *projection) give(n *node, o owner) {
	c := p.cell(o)
	if p.lists[o.column] {
		n.lists = append(n.lists, c)
	} else {
		n.cells = append(n.cells, c)
	}
}

// keptItems bounds the memory that is kept for the next record's lists.
const keptItems = 16 << 10

// record reads the object whose brace is b[i], for giveTo.
func (p *projection) record(i int) int {
	for _, c := range p.present {
		p.from[c] = 0
	}
	p.present = p.present[:0]
	for _, c := range p.set {
		p.cells[c].form = absent
		if p.cells[c].items = p.cells[c].items[:0]; cap(p.cells[c].items) > keptItems {
			p.cells[c].items = nil
		}
	}
	p.set = p.set[:0]
	p.text, p.order = p.text[:0], 0
	start := i
	if i = p.readObject(p.root, i+1, 1); i < 0 {
		return i
	}
	for _, c := range p.set {
		if p.cells[c].form != absent {
			p.prefer(c)
		}
	}
	for _, c := range p.entire {
		p.all(&p.cells[c], start, i)
		p.prefer(c)
	}
	return i
}

// prefer gives a cell's value to its column, if it has none of lower rank.
func (p *projection) prefer(c int) {
	o := p.owners[c]
	at := &p.from[o.column]
	switch {
	case *at == 0:
		p.present = append(p.present, o.column)
	case p.owners[*at-1].rank <= o.rank:
		return
	}
	*at = c + 1
}

// giveTo adds the record that was read to rows; raw is its text.
func (p *projection) giveTo(r *rows, raw []byte) {
	t := &value{}
	if time := r.req.Time; time >= 0 && p.from[time] > 0 {
		t = &p.cells[p.from[time]-1]
	}
	if !r.begin(t, raw) {
		return
	}
	for _, c := range p.present {
		r.put(c, &p.cells[p.from[c]-1])
	}
	r.end(raw)
}

// put gives a value to scalar columns that have none yet.
func (p *projection) put(cells []int, v *value) {
	for _, c := range cells {
		if at := &p.cells[c]; at.form == absent {
			at.form, at.order, at.text, at.repeat = v.form, p.order, v.text, v.repeat
			p.set = append(p.set, c)
			p.order++
		}
	}
}

// begin makes list columns present.
func (p *projection) begin(cells []int) {
	for _, c := range cells {
		if p.cells[c].form == absent {
			p.cells[c].form, p.cells[c].order = list, p.order
			p.set = append(p.set, c)
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
