package input

import (
	"strconv"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// growing is the dictionary of one column of text, which grows from batch to
// batch while its codes keep their meaning.
type growing struct {
	dict   *vec.Interner
	meta   arrow.Metadata
	values *array.String // the dictionary as of the last batch
}

func newGrowing() *growing {
	dict := vec.NewInterner()
	id := strconv.FormatUint(dict.Dict().ID, 10)
	return &growing{dict: dict, meta: arrow.NewMetadata([]string{vec.DictKey}, []string{id})}
}

// snapshot is the dictionary as it is now: an array over the dictionary's own
// memory, which is only ever appended to.
func (g *growing) snapshot() *array.String {
	n := g.dict.Len()
	if g.values == nil || g.values.Len() != n {
		offsets, text := g.dict.Dict().Raw()
		data := array.NewData(arrow.BinaryTypes.String, n,
			[]*memory.Buffer{nil, memory.NewBufferBytes(bytesOf(offsets)), memory.NewBufferBytes(text)}, nil, 0, 0)
		defer data.Release()
		g.values = array.NewStringData(data)
	}
	return g.values
}

// repetition judges whether text that a file holds without a dictionary should be
// given one: that is so while less than one row in worthDict brings a new text.
type repetition struct {
	rows, fresh int
	rare        bool
}

const worthDict = 4

// saw counts rows that were given a dictionary and the texts that were new to it.
func (r *repetition) saw(rows, fresh int) {
	r.rows += rows
	r.fresh += fresh
	r.rare = r.rows >= judgeAfter && r.fresh > r.rows/worthDict
}

// bytesOf is the memory of a slice of numbers.
func bytesOf[T any](x []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(zero)))
}

// arrays makes Arrow arrays of lanes. Without an allocator they take over the
// lane's memory, else they are copies in the allocator's.
type arrays struct{ alloc memory.Allocator }

func (a arrays) buffer(b []byte) *memory.Buffer {
	if a.alloc == nil {
		return memory.NewBufferBytes(b)
	}
	buf := memory.NewResizableBuffer(a.alloc)
	buf.Resize(len(b))
	copy(buf.Bytes(), b)
	return buf
}

// column makes the array of a lane, which must not be written to afterwards. d is
// the dictionary of a coded one.
func (a arrays) column(name string, l *lane, d *growing) (arrow.Field, arrow.Array) {
	f := arrow.Field{Name: name, Nullable: true}
	if l.kind == types.String && l.coded {
		f.Type, f.Metadata = dictionaryType, d.meta
		codes := a.array(arrow.PrimitiveTypes.Int32, l)
		defer codes.Release()
		return f, array.NewDictionaryArray(dictionaryType, codes, d.snapshot())
	}
	f.Type = arrowTypes[l.kind]
	return f, a.array(f.Type, l)
}

func (a arrays) array(t arrow.DataType, l *lane) arrow.Array {
	valid, nulls := a.validity(l.valid, l.n)
	buffers := []*memory.Buffer{valid}
	switch {
	case l.kind == types.Bool:
		bits := vec.Pack(l.n, func(i int) bool { return l.bools[i] })
		buffers = append(buffers, a.buffer(bytesOf(bits)))
	case l.kind == types.Float:
		buffers = append(buffers, a.buffer(bytesOf(l.f64[:l.n])))
	case l.kind == types.IP:
		buffers = append(buffers, a.buffer(bytesOf(l.ips[:l.n])))
	case l.kind == types.String && l.coded:
		buffers = append(buffers, a.buffer(bytesOf(l.codes[:l.n])))
	case l.kind == types.String:
		buffers = append(buffers, a.buffer(bytesOf(l.offs[:l.n+1])), a.buffer(l.text))
	default:
		buffers = append(buffers, a.buffer(bytesOf(l.i64[:l.n])))
	}
	defer memory.ReleaseBuffers(buffers)
	data := array.NewData(t, l.n, buffers, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

func (a arrays) validity(valid vec.Bitmap, n int) (*memory.Buffer, int) {
	if valid == nil {
		return nil, 0
	}
	nulls := n - valid.Count()
	if nulls == 0 {
		return nil, 0
	}
	return a.buffer(bytesOf(valid)), nulls
}

// lists are the rows of a column of lists: row i has the elements offs[i] to
// offs[i+1] of items, and is missing if its bit is not in valid.
type lists struct {
	valid vec.Bitmap // nil while no row is missing
	offs  []int32
	items *lane
}

// newLists makes n rows of lists, which are filled in order.
func newLists(kind types.Kind, n int) *lists {
	return &lists{offs: make([]int32, n+1), items: newLane(kind, 0, false)}
}

func (l *lists) rows() int { return len(l.offs) - 1 }

// singles makes a list of one of each value of a lane.
func singles(l *lane) *lists {
	out := &lists{valid: l.valid, offs: make([]int32, l.n+1), items: l}
	rows := make([]int32, 0, l.n)
	for i := range l.n {
		if !l.missing(i) {
			rows = append(rows, int32(i))
		}
		out.offs[i+1] = int32(len(rows))
	}
	l.keep(rows)
	l.valid = nil
	return out
}

// drop makes row i missing.
func (l *lists) drop(i int) {
	if l.valid == nil {
		l.valid = vec.Ones(l.rows())
	}
	l.valid.Clear(i)
}

// keep leaves only the given rows, which ascend.
func (l *lists) keep(rows []int32) {
	var items []int32
	offs := make([]int32, 1, len(rows)+1)
	for _, r := range rows {
		for i := l.offs[r]; i < l.offs[r+1]; i++ {
			items = append(items, i)
		}
		offs = append(offs, int32(len(items)))
	}
	l.items.keep(items)
	l.offs, l.valid = offs, keepBits(l.valid, rows)
}

func (a arrays) lists(name string, l *lists) (arrow.Field, arrow.Array) {
	t := arrow.ListOf(arrowTypes[l.items.kind])
	items := a.array(t.Elem(), l.items)
	defer items.Release()
	valid, nulls := a.validity(l.valid, l.rows())
	buffers := []*memory.Buffer{valid, a.buffer(bytesOf(l.offs))}
	defer memory.ReleaseBuffers(buffers)
	data := array.NewData(t, l.rows(), buffers, []arrow.ArrayData{items.Data()}, nulls, 0)
	defer data.Release()
	return arrow.Field{Name: name, Type: t, Nullable: true}, array.NewListData(data)
}
