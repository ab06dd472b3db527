package input

import (
	"strconv"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/runtime/vec"
)

// textColumn builds a column of text as codes into a dictionary that grows from
// batch to batch, so that the engine can judge each distinct text once. A column
// that turns out to be nearly unique is written plainly from the next batch on:
// there the dictionary would cost more than it saves.
type textColumn struct {
	name    string
	alloc   memory.Allocator
	scratch []byte

	dict   *vec.Interner // nil once the column is written plainly
	codes  *array.Int32Builder
	values *array.String // the dictionary as of the last batch
	meta   arrow.Metadata
	rows   int // rows with text so far

	plain *array.StringBuilder
}

// A dictionary is given up after judgeAfter rows if more than six rows in ten
// brought a new text, or when it takes more than maxDict bytes.
const (
	judgeAfter = 20_000
	maxDict    = 64 << 20
)

func newTextColumn(name string, alloc memory.Allocator) *textColumn {
	dict := vec.NewInterner()
	id := strconv.FormatUint(dict.Dict().ID, 10)
	return &textColumn{
		name: name, alloc: alloc, dict: dict,
		codes: array.NewInt32Builder(alloc),
		plain: array.NewStringBuilder(alloc),
		meta:  arrow.NewMetadata([]string{vec.DictKey}, []string{id}),
	}
}

func (c *textColumn) put(v value) outcome {
	t, o := toText(v, &c.scratch)
	switch {
	case c.dict == nil && o == missing:
		c.plain.AppendNull()
	case c.dict == nil:
		c.plain.Append(view(t))
	case o == missing:
		c.codes.AppendNull()
	default:
		c.rows++
		c.codes.Append(c.dict.Code(view(t)))
	}
	return o
}

func (c *textColumn) skip(n int) {
	if c.dict == nil {
		c.plain.AppendNulls(n)
	} else {
		c.codes.AppendNulls(n)
	}
}

func (c *textColumn) take() (arrow.Field, arrow.Array) {
	if c.dict == nil {
		return arrow.Field{Name: c.name, Type: arrow.BinaryTypes.String, Nullable: true}, c.plain.NewArray()
	}
	codes := c.codes.NewArray()
	defer codes.Release()
	c.snapshot()
	a := array.NewDictionaryArray(dictionaryType, codes, c.values)
	if c.rows >= judgeAfter && c.dict.Len() > c.rows/10*6 || c.dict.Size() > maxDict {
		c.dict = nil
		c.values.Release()
		c.values = nil
	}
	return arrow.Field{Name: c.name, Type: dictionaryType, Nullable: true, Metadata: c.meta}, a
}

var dictionaryType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// snapshot makes c.values the dictionary as it is now: an array over the
// dictionary's own memory, which is only ever appended to. One that has not
// grown stays the same array.
func (c *textColumn) snapshot() {
	n := c.dict.Len()
	if c.values != nil {
		if c.values.Len() == n {
			return
		}
		c.values.Release()
	}
	offsets, text := c.dict.Dict().Raw()
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(offsets))), 4*len(offsets))
	data := array.NewData(arrow.BinaryTypes.String, n,
		[]*memory.Buffer{nil, memory.NewBufferBytes(raw), memory.NewBufferBytes(text)}, nil, 0, 0)
	defer data.Release()
	c.values = array.NewStringData(data)
}

func (c *textColumn) release() {
	c.codes.Release()
	c.plain.Release()
	if c.values != nil {
		c.values.Release()
		c.values = nil
	}
}
