package input

import (
	"slices"
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
	codes  []int32       // of the batch, noCode for a row without text
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
		plain: array.NewStringBuilder(alloc),
		meta:  arrow.NewMetadata([]string{vec.DictKey}, []string{id}),
	}
}

func (c *textColumn) put(v *value) outcome {
	if v.repeat != nil && c.dict != nil {
		return c.putRepeat(v)
	}
	t, o := toText(*v, &c.scratch)
	switch {
	case c.dict == nil && o == missing:
		c.plain.AppendNull()
	case c.dict == nil:
		c.plain.Append(view(t))
	case o == missing:
		c.codes = append(c.codes, noCode)
	default:
		c.rows++
		c.codes = append(c.codes, c.dict.Code(view(t)))
	}
	return o
}

// putRepeat appends a text that comes again: its code is known from the last time,
// unless another column has taken its place.
func (c *textColumn) putRepeat(v *value) outcome {
	c.rows++
	if v.repeat.column == c {
		c.codes = append(c.codes, v.repeat.code)
		return fits
	}
	t, o := toText(*v, &c.scratch)
	code := c.dict.Code(view(t))
	if o == fits {
		v.repeat.column, v.repeat.code = c, code
	}
	c.codes = append(c.codes, code)
	return o
}

func (c *textColumn) skip(n int) {
	if c.dict == nil {
		c.plain.AppendNulls(n)
		return
	}
	for range n {
		c.codes = append(c.codes, noCode)
	}
}

func (c *textColumn) take() (arrow.Field, arrow.Array) {
	if c.dict == nil {
		return arrow.Field{Name: c.name, Type: arrow.BinaryTypes.String, Nullable: true}, c.plain.NewArray()
	}
	codes := c.takeCodes()
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

// noCode stands for a missing text.
const noCode = -1

// takeCodes gives the codes so far and begins anew.
func (c *textColumn) takeCodes() arrow.Array {
	var valid []bool
	for i, code := range c.codes {
		if code != noCode {
			continue
		}
		if valid == nil {
			valid = slices.Repeat([]bool{true}, len(c.codes))
		}
		c.codes[i], valid[i] = 0, false
	}
	b := array.NewInt32Builder(c.alloc)
	defer b.Release()
	b.Reserve(len(c.codes))
	b.AppendValues(c.codes, valid)
	c.codes = c.codes[:0]
	return b.NewArray()
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
	c.plain.Release()
	if c.values != nil {
		c.values.Release()
		c.values = nil
	}
}
