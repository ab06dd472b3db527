package input

import (
	"bytes"
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
//
// Records of one file resemble each other. So each node remembers, for each field
// as it was written with the comma, quotes and colon around its name, which field
// came next, and for each field that is not wanted its last value. A correct guess
// costs one comparison, instead of a walk over the name and a look-up, or of a
// walk over the value.
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

// field is one member of an object as it was written.
type field struct {
	raw  string // from the end of the value before it to its own value; "" if not remembered
	node *node  // nil if it is not wanted
	next *field // the one that last came after it

	// A field that is not wanted: a value that was skipped before, and how many
	// more values to skip before another is remembered.
	skipped []byte
	wait    int
	inside  *node // for the fields of the objects that are its values
}

// What is remembered is bounded, so that data whose field names are all different
// does not fill the memory.
const (
	maxFields   = 16 << 10 // in all
	maxFieldRaw = 256
)

// newProjection makes the tree for columns; under is a path that may stand
// before each of theirs, tried first, or nil.
func newProjection(columns []Column, under []string) *projection {
	p := &projection{root: &node{}, values: make([]value, len(columns))}
	for _, c := range columns {
		from := len(p.cells)
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

// record reads the object whose brace is b[i] into p.values.
func (p *projection) record(i int) int {
	for c := range p.cells {
		p.cells[c].form = absent
		p.cells[c].items = p.cells[c].items[:0]
	}
	p.text, p.order = p.text[:0], 0
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
	return i
}

// readObject reads an object at a node; b[i] is behind its brace.
func (p *projection) readObject(n *node, i, depth int) int {
	if depth > maxDepth {
		return p.fail(i-1, "nested too deep")
	}
	p.objects++
	me := p.objects
	b := p.b
	for at := &n.first; ; {
		f := *at
		if f != nil && len(b)-i >= len(f.raw) && string(b[i:i+len(f.raw)]) == f.raw {
			if i += len(f.raw); b[i] <= ' ' {
				i = p.space(i) // more of it than the last time
			}
		} else {
			j := p.space(i)
			if b[j] == '}' {
				return j + 1
			}
			if i, f = p.readField(n, i, j, at == &n.first); i < 0 {
				return i
			}
			if f.raw != "" {
				*at = f
			}
		}
		at = &f.next
		switch {
		case f.node != nil:
			if f.node.in == me {
				p.forget(f.node, f.node.from)
			} else {
				f.node.in, f.node.from = me, p.order
			}
			i = p.readValue(f.node, i, depth)
		case f.wait == 0 && len(b)-i >= len(f.skipped) && string(b[i:i+len(f.skipped)]) == string(f.skipped):
			i += len(f.skipped)
		default:
			i = p.skip(f, i, depth)
		}
		if i < 0 {
			return i
		}
	}
}

// Values that are remembered end with a quote or a bracket, so that one cannot
// be the beginning of another. Where a guess was wrong, the next is tried after
// many values only: some fields never repeat.
const (
	maxSkipped = 256
	wrongGuess = 16
)

// skip passes over the value of a field that is not wanted; b[i] is its first
// byte.
func (p *projection) skip(f *field, i, depth int) int {
	c, next := p.b[i], -1
	if c == '{' {
		if f.inside == nil {
			f.inside = &node{}
		}
		next = p.readObject(f.inside, i+1, depth+1)
	} else {
		next = p.value(i, depth)
	}
	if next < 0 {
		return next
	}
	switch {
	case f.wait != 1:
		f.wait--
	case next-i <= maxSkipped && (c == '"' || c == '{' || c == '['):
		f.wait, f.skipped = 0, append(f.skipped[:0], p.b[i:next]...)
	}
	if f.wait < 0 {
		f.wait = wrongGuess
	}
	return next
}

// readField reads a field's name and what is around it. The value before it ends
// at i, and b[j] is the first byte behind the space there.
func (p *projection) readField(n *node, i, j int, first bool) (int, *field) {
	if !first {
		if p.b[j] != ',' {
			return p.fail(j, "a comma or } is missing in an object"), nil
		}
		j = p.space(j + 1)
	}
	next, name := p.key(j)
	if next < 0 {
		return next, nil
	}
	raw := p.b[i:next]
	if f := n.known[string(raw)]; f != nil {
		return next, f
	}
	if bytes.IndexByte(name, '\\') >= 0 {
		name = p.decoded(j + 1)
	}
	f := &field{node: n.kids[string(name)], wait: wrongGuess}
	if p.fields < maxFields && len(raw) <= maxFieldRaw {
		p.fields++
		if n.known == nil {
			n.known = map[string]*field{}
		}
		f.raw, f.wait = string(raw), 1
		n.known[f.raw] = f
	}
	return next, f
}

// readValue reads the value of a wanted field; b[i] is its first byte.
func (p *projection) readValue(n *node, i, depth int) int {
	var v value
	switch c := p.b[i]; {
	case c == '"':
		v, i = p.readText(i + 1)
	case c == '{' && n.kids != nil:
		v, i = p.whole(i, p.readObject(n, i+1, depth+1))
	case c == '[' && (n.kids != nil || n.lists != nil):
		v, i = p.whole(i, p.readArray(n, i+1, depth+1, true))
		p.put(n.cells, v)
		return i
	default:
		v, i = p.one(i, depth)
	}
	if i >= 0 && v.form != absent {
		p.put(n.cells, v)
		p.collect(n.lists, v)
	}
	return i
}

// whole is the object or array from b[i] to b[next] as a value, if next is not
// -1.
func (p *projection) whole(i, next int) (value, int) {
	if next < 0 {
		return value{}, next
	}
	return value{form: nested, text: p.b[i:next]}, next
}

// one reads a value whole.
func (p *projection) one(i, depth int) (v value, next int) {
	switch p.b[i] {
	case '"':
		return p.readText(i + 1)
	case 't':
		return value{form: yes}, p.word(i, "true")
	case 'f':
		return value{form: no}, p.word(i, "false")
	case 'n':
		return v, p.word(i, "null")
	case '{', '[':
		v.form = nested
	default:
		v.form = number
	}
	if next = p.value(i, depth); next >= 0 {
		v.text = p.b[i:next]
	}
	return v, next
}

// readText reads a string; b[i] is the first byte behind its opening quote.
func (p *projection) readText(i int) (v value, next int) {
	next, closed := p.plainText(i)
	if closed {
		return value{form: plain, text: p.b[i:next]}, next + 1
	}
	from := len(p.text)
	p.text = append(p.text, p.b[i:next]...)
	var wide bool
	p.text, next, wide = p.decode(p.text, next)
	v = value{form: plain, text: p.text[from:]}
	if wide {
		v.form = loose
	}
	return v, next
}

// readArray reads an array at a node; b[i] is behind its bracket. Elements of
// the outermost array are those of a list column.
func (p *projection) readArray(n *node, i, depth int, outermost bool) int {
	if depth > maxDepth {
		return p.fail(i-1, "nested too deep")
	}
	if outermost {
		p.begin(n.lists)
	}
	i = p.space(i)
	if p.b[i] == ']' {
		return i + 1
	}
	for {
		start := i
		var v value
		switch c := p.b[i]; {
		case c == '{' && n.kids != nil:
			found := p.order
			i = p.readObject(n, i+1, depth+1)
			v.form = nested
			if i >= 0 && found == p.order {
				p.readPair(n, start, depth+1)
			}
		case c == '[' && n.kids != nil:
			i = p.readArray(n, i+1, depth+1, false)
			v.form = nested
		default:
			v, i = p.one(i, depth)
		}
		if i < 0 {
			return i
		}
		if outermost {
			if v.form == nested {
				v.text = p.b[start:i]
			}
			p.collect(n.lists, v)
		}
		i = p.space(i)
		switch p.b[i] {
		case ',':
			i = p.space(i + 1)
		case ']':
			return i + 1
		default:
			return p.fail(i, "a comma or ] is missing in an array")
		}
	}
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
