package input

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// parquetNode is one element of a file's schema: a group, which has children, or
// a leaf, whose values are in a column.
type parquetNode struct {
	format.SchemaElement
	children []*parquetNode
	column   int // of a leaf: its index among the columns of a row group

	// The levels of a value in this place. def and rep are the highest: how many
	// optional or repeated, and how many repeated elements there are down to and
	// with this one. outer and inner are the def of the outermost and innermost
	// repeated element, 0 when there is none.
	def, rep, outer, inner int
}

const maxSchemaDepth = 64

// parquetSchema makes a tree of a schema, which stands in a file as a list with
// every element before its children.
func parquetSchema(list []format.SchemaElement) (*parquetNode, error) {
	if len(list) == 0 {
		return nil, errors.New("the file has no schema")
	}
	columns := 0
	var build func(parent *parquetNode, depth int) (*parquetNode, error)
	build = func(parent *parquetNode, depth int) (*parquetNode, error) {
		if len(list) == 0 || depth > maxSchemaDepth {
			return nil, errors.New("the file's schema is cut short or too deep")
		}
		n := &parquetNode{SchemaElement: list[0]}
		list = list[1:]
		if parent != nil {
			n.levels(parent)
		}
		if n.Type.Valid {
			if t := n.Type.V; t < format.Boolean || t > format.FixedLenByteArray {
				return nil, fmt.Errorf("the column %q has the unknown type %d", n.Name, t)
			}
			if n.Type.V == format.FixedLenByteArray && n.TypeLength.V <= 0 {
				return nil, fmt.Errorf("the column %q has values of %d bytes", n.Name, n.TypeLength.V)
			}
			n.column = columns
			columns++
			return n, nil
		}
		for range n.NumChildren.V {
			child, err := build(n, depth+1)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		}
		return n, nil
	}
	root, err := build(nil, 0)
	if err != nil {
		return nil, err
	}
	if len(list) != 0 {
		return nil, errors.New("the file's schema has elements that belong to nothing")
	}
	return root, nil
}

func (n *parquetNode) levels(parent *parquetNode) {
	n.def, n.rep, n.outer, n.inner = parent.def, parent.rep, parent.outer, parent.inner
	switch n.RepetitionType.V {
	case format.Optional:
		n.def++
	case format.Repeated:
		n.def++
		n.rep++
		if n.inner = n.def; n.outer == 0 {
			n.outer = n.def
		}
	}
}

// parquetField is the place where a value stands: a leaf or, when the path led
// through a map, the leaf of the map's values with the leaf of its keys.
type parquetField struct {
	leaf *parquetNode
	keys *parquetNode // nil when there is no map
	key  string
}

// find follows a path downwards. The elements that only make a list of a group
// need not be named. What follows a map is one of its keys.
func (n *parquetNode) find(path []string) (parquetField, bool) {
	if len(path) == 0 {
		if n.Type.Valid {
			return parquetField{leaf: n}, true
		}
		if el := n.element(); el != nil {
			return el.find(nil)
		}
		return parquetField{}, false
	}
	for _, child := range n.children {
		if child.Name == path[0] {
			if f, ok := child.find(path[1:]); ok {
				return f, true
			}
		}
	}
	if el := n.element(); el != nil {
		return el.find(path)
	}
	if key, value := n.pair(); key != nil {
		if f, ok := value.find(path[1:]); ok && f.keys == nil && f.leaf.rep == key.rep {
			f.keys, f.key = key, path[0]
			return f, true
		}
	}
	return parquetField{}, false
}

// element is what a group that stands for a list is a list of, by the rules for
// old writers in https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists.
func (n *parquetNode) element() *parquetNode {
	_, logical := n.LogicalType.Value.(*format.ListType)
	if !logical && !n.converted(deprecated.List) || len(n.children) != 1 {
		return nil
	}
	middle := n.children[0]
	if len(middle.children) != 1 || middle.Name == "array" || middle.Name == n.Name+"_tuple" {
		return middle
	}
	return middle.children[0]
}

// pair are the keys and the values of a group that stands for a map.
func (n *parquetNode) pair() (key, value *parquetNode) {
	_, logical := n.LogicalType.Value.(*format.MapType)
	if !logical && !n.converted(deprecated.Map) && !n.converted(deprecated.MapKeyValue) || len(n.children) != 1 {
		return nil, nil
	}
	both := n.children[0].children
	if len(both) != 2 || !both[0].Type.Valid || n.children[0].RepetitionType.V != format.Repeated {
		return nil, nil
	}
	return both[0], both[1]
}

func (n *parquetNode) converted(t deprecated.ConvertedType) bool {
	return n.ConvertedType.Valid && n.ConvertedType.V == t
}

// places are the paths at which a column's value may stand, in order.
func (c Column) places() [][]string {
	if c.Paths != nil {
		return c.Paths
	}
	name := [][]string{{c.Name}}
	if strings.Contains(c.Name, ".") {
		name = append(name, strings.Split(c.Name, "."))
	}
	return name
}

// fields are the places in the file where a column's value may stand, in order.
// Of a column's name itself and the name split at its dots only one counts.
func (n *parquetNode) fields(c Column) []parquetField {
	var found []parquetField
	for _, path := range c.places() {
		f, ok := n.find(path)
		if !ok || slices.Contains(found, f) {
			continue
		}
		if found = append(found, f); c.Paths == nil {
			break
		}
	}
	return found
}
