package input

import (
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"
)

// The metadata of Arrow's IPC formats are FlatBuffers, laid out by
// https://github.com/apache/arrow/blob/main/format/Schema.fbs and Message.fbs.
// They are read field by field, at the offsets that those files give; what is
// broken about them ends in a panic of an index out of range, which OpenArrow and
// Next turn into an error.

// arrowTable is a FlatBuffers table. A field's slot is 4 plus twice its number.
type arrowTable struct{ flatbuffers.Table }

func rootTable(b []byte) arrowTable {
	return arrowTable{flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}}
}

// at is the position of a field, 0 when it has its default.
func (t arrowTable) at(field int) flatbuffers.UOffsetT {
	if o := t.Offset(flatbuffers.VOffsetT(4 + 2*field)); o != 0 {
		return t.Pos + flatbuffers.UOffsetT(o)
	}
	return 0
}

func (t arrowTable) int8(field int, without int8) int8 {
	if at := t.at(field); at != 0 {
		return t.GetInt8(at)
	}
	return without
}

func (t arrowTable) int16(field int, without int16) int16 {
	if at := t.at(field); at != 0 {
		return t.GetInt16(at)
	}
	return without
}

func (t arrowTable) int32(field int, without int32) int32 {
	if at := t.at(field); at != 0 {
		return t.GetInt32(at)
	}
	return without
}

func (t arrowTable) int64(field int) int64 {
	if at := t.at(field); at != 0 {
		return t.GetInt64(at)
	}
	return 0
}

func (t arrowTable) bool(field int) bool {
	at := t.at(field)
	return at != 0 && t.GetBool(at)
}

func (t arrowTable) text(field int) string {
	if at := t.at(field); at != 0 {
		return string(t.ByteVector(at))
	}
	return ""
}

// table is a field that is a table itself, or the table of a union.
func (t arrowTable) table(field int) (arrowTable, bool) {
	at := t.at(field)
	if at == 0 {
		return arrowTable{}, false
	}
	return arrowTable{flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at)}}, true
}

// vector gives the position of each element of a vector, size bytes apart.
func (t arrowTable) vector(field, size int) []flatbuffers.UOffsetT {
	at := t.at(field)
	if at == 0 {
		return nil
	}
	at -= t.Pos
	n, first := t.VectorLen(at), t.Vector(at)
	if n < 0 || n > (len(t.Bytes)-int(first))/size {
		panic("a vector is longer than the message")
	}
	out := make([]flatbuffers.UOffsetT, n)
	for i := range out {
		out[i] = first + flatbuffers.UOffsetT(i*size)
	}
	return out
}

// tables are the elements of a vector of tables.
func (t arrowTable) tables(field int) []arrowTable {
	list := t.vector(field, flatbuffers.SizeUOffsetT)
	out := make([]arrowTable, len(list))
	for i, at := range list {
		out[i] = arrowTable{flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at)}}
	}
	return out
}

// arrowLayout is how the values of a field lie in buffers.
type arrowLayout uint8

const (
	layoutNothing arrowLayout = iota // no values
	layoutBits                       // validity, bits
	layoutFixed                      // validity, values of one width
	layoutText                       // validity, offsets, bytes
	layoutView                       // validity, views, any number of buffers with bytes
	layoutList                       // validity, offsets; one child
	layoutSlots                      // validity; one child with size elements a row
	layoutStruct                     // validity; children
	layoutOther                      // buffers that only need to be counted
)

// arrowField is one field of a schema and where its parts begin in each batch.
type arrowField struct {
	name     string
	layout   arrowLayout
	meaning  meaning
	width    int  // bytes of a value or of an offset, 1 for bits; elements of a slot
	signed   bool // integers
	big      bool // decimals, which are stored lowest byte first
	interval int  // unit of one, plus 1
	isMap    bool
	dict     *arrowDict // nil when values are not indices
	children []*arrowField

	node, buffer int // numbers of the first of each, views aside
	views        int // how many fields with views come before
}

// arrowDict is a dictionary: values is the field that its batches hold.
type arrowDict struct {
	id      int64
	values  *arrowField
	batches []*arrowBatch // the last, and the deltas to it
	version int           // counts changes
}

// arrowSchema are the fields of a file and its dictionaries by id.
type arrowSchema struct {
	root  *arrowField // a struct without a validity of its own
	dicts map[int64]*arrowDict
}

// arrowCount numbers the parts of fields in the order in which batches have them.
type arrowCount struct{ fields, nodes, buffers, views int }

const (
	maxArrowFields = 100_000
	maxArrowDepth  = 64
)

func readArrowSchema(t arrowTable, version int16) (*arrowSchema, error) {
	if t.int16(0, 0) != 0 {
		return nil, errors.New("the file is big-endian")
	}
	s := &arrowSchema{root: &arrowField{layout: layoutStruct}, dicts: map[int64]*arrowDict{}}
	var n arrowCount
	for _, f := range t.tables(1) {
		child, err := s.field(f, &n, version, 0)
		if err != nil {
			return nil, err
		}
		s.root.children = append(s.root.children, child)
	}
	return s, nil
}

func (s *arrowSchema) field(t arrowTable, n *arrowCount, version int16, depth int) (*arrowField, error) {
	if n.fields++; n.fields > maxArrowFields || depth > maxArrowDepth {
		return nil, errors.New("the schema has too many fields, or too deep")
	}
	f := &arrowField{name: t.text(0)}
	if err := f.setType(t); err != nil {
		return nil, fmt.Errorf("field %q: %w", f.name, err)
	}
	if d, ok := t.table(4); ok {
		return s.coded(f, t, d, n, version, depth)
	}
	f.number(n, int(t.int8(2, 0)), version)
	return f, s.addChildren(f, t, n, version, depth)
}

func (s *arrowSchema) addChildren(f *arrowField, t arrowTable, n *arrowCount, version int16, depth int) error {
	for _, c := range t.tables(5) {
		child, err := s.field(c, n, version, depth+1)
		if err != nil {
			return err
		}
		f.children = append(f.children, child)
	}
	if (f.layout == layoutList || f.layout == layoutSlots) && len(f.children) != 1 {
		return fmt.Errorf("field %q: a list of %d types", f.name, len(f.children))
	}
	return nil
}

// coded makes a field of indices of f, whose values are in a dictionary.
func (s *arrowSchema) coded(f *arrowField, t, encoding arrowTable, n *arrowCount, version int16, depth int) (*arrowField, error) {
	out := &arrowField{name: f.name, layout: layoutFixed, width: 4, signed: true}
	if t, ok := encoding.table(1); ok {
		if err := out.setInt(t); err != nil {
			return nil, fmt.Errorf("field %q: %w", f.name, err)
		}
	}
	out.number(n, arrowInt, version)
	id := encoding.int64(0)
	if out.dict = s.dicts[id]; out.dict != nil {
		return out, nil
	}
	// The dictionary's batches count from nothing; fields that it nests may have
	// dictionaries of their own.
	var own arrowCount
	own.fields = n.fields
	f.number(&own, int(t.int8(2, 0)), version)
	out.dict = &arrowDict{id: id, values: &arrowField{layout: layoutStruct, children: []*arrowField{f}}}
	s.dicts[id] = out.dict
	err := s.addChildren(f, t, &own, version, depth)
	n.fields = own.fields
	return out, err
}

// number gives a field its place among the nodes and buffers.
func (f *arrowField) number(n *arrowCount, kind int, version int16) {
	f.node, f.buffer, f.views = n.nodes, n.buffers, n.views
	n.nodes++
	switch f.layout {
	case layoutBits, layoutFixed, layoutList:
		n.buffers += 2
	case layoutText:
		n.buffers += 3
	case layoutView:
		n.buffers += 2
		n.views++
	case layoutSlots, layoutStruct:
		n.buffers++
	case layoutOther:
		n.buffers += f.width
		if kind == arrowUnion && version < arrowV5 { // unions had a validity once
			n.buffers++
		}
	}
}

// find follows a path downwards, as parquetNode.find does. What follows a map is
// one of its keys.
func (f *arrowField) find(path []string) (steps []arrowStep, ok bool) {
	if len(path) == 0 {
		switch f.layout {
		case layoutStruct, layoutOther:
			return nil, false
		case layoutList, layoutSlots:
			steps, ok = f.children[0].find(nil)
			return append([]arrowStep{{field: f}}, steps...), ok && !f.isMap
		}
		return []arrowStep{{field: f}}, true
	}
	switch f.layout {
	case layoutStruct:
		for _, child := range f.children {
			if child.name == path[0] {
				if steps, ok := child.find(path[1:]); ok {
					return append([]arrowStep{{field: f}}, steps...), true
				}
			}
		}
	case layoutList, layoutSlots:
		item := f.children[0]
		if f.isMap && len(item.children) == 2 && item.children[0].layout != layoutStruct {
			if steps, ok := item.children[1].find(path[1:]); ok {
				return append([]arrowStep{{field: f, keys: item.children[0], key: path[0]}}, steps...), true
			}
			return nil, false
		}
		steps, ok = item.find(path)
		return append([]arrowStep{{field: f}}, steps...), ok
	}
	return nil, false
}

// arrowStep is a field on the way to a value. When the field is a map, key is the
// key to be found among keys.
type arrowStep struct {
	field *arrowField
	keys  *arrowField
	key   string
}
