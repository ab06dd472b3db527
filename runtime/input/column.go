package input

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
)

// column builds one column of the batches of a file.
type column interface {
	// put appends one row; a value that does not fit becomes missing.
	put(v *value) outcome
	// skip appends rows without a value.
	skip(n int)
	// take gives the rows so far and begins anew.
	take() (arrow.Field, arrow.Array)
	release()
}

// newColumn makes the column that a request asks for.
func newColumn(c Column, alloc memory.Allocator) (column, error) {
	if c.Type.Kind == types.String {
		return newTextColumn(c.Name, alloc), nil
	}
	b, put := builder(c.Type, alloc)
	if b == nil {
		return nil, fmt.Errorf("column %s: a value in a file cannot be a %s", c.Name, c.Type)
	}
	return &plainColumn{name: c.Name, build: b, append: put}, nil
}

// plainColumn builds a column through one of Arrow's builders.
type plainColumn struct {
	name   string
	build  array.Builder
	append func(v value) outcome
}

func (c *plainColumn) put(v *value) outcome { return c.append(*v) }

func (c *plainColumn) skip(n int) { c.build.AppendNulls(n) }

func (c *plainColumn) take() (arrow.Field, arrow.Array) {
	return arrow.Field{Name: c.name, Type: c.build.Type(), Nullable: true}, c.build.NewArray()
}

func (c *plainColumn) release() { c.build.Release() }

// arrowTypes are the types of the columns of each kind but list.
var arrowTypes = map[types.Kind]arrow.DataType{
	types.Bool:      arrow.FixedWidthTypes.Boolean,
	types.Int:       arrow.PrimitiveTypes.Int64,
	types.Float:     arrow.PrimitiveTypes.Float64,
	types.String:    arrow.BinaryTypes.String,
	types.Timestamp: arrow.FixedWidthTypes.Timestamp_us,
	types.Duration:  arrow.FixedWidthTypes.Duration_us,
	types.IP:        &arrow.FixedSizeBinaryType{ByteWidth: 16},
}

// builder makes a builder for values of a type and the function that appends
// to it; nil when no value in a file can have that type.
func builder(t types.Type, alloc memory.Allocator) (array.Builder, func(value) outcome) {
	if t.Kind == types.List {
		return listBuilder(t.Elem, alloc)
	}
	at, ok := arrowTypes[t.Kind]
	if !ok {
		return nil, nil
	}
	b := array.NewBuilder(alloc, at)
	return b, appender(b)
}

// appender is the function that appends a value to a builder of arrowTypes.
func appender(b array.Builder) func(value) outcome {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		return appending(b, toBool)
	case *array.Int64Builder:
		return appending(b, toInt)
	case *array.Float64Builder:
		return appending(b, toFloat)
	case *array.TimestampBuilder:
		return appending(b, func(v value) (arrow.Timestamp, outcome) {
			us, o := toTimestamp(v)
			return arrow.Timestamp(us), o
		})
	case *array.DurationBuilder:
		return appending(b, func(v value) (arrow.Duration, outcome) {
			us, o := toDuration(v)
			return arrow.Duration(us), o
		})
	case *array.FixedSizeBinaryBuilder:
		var a [16]byte
		return appending(b, func(v value) (_ []byte, o outcome) {
			a, o = toIP(v)
			return a[:], o
		})
	case *array.StringBuilder:
		var scratch []byte
		return appending(stringBuilder{b}, func(v value) ([]byte, outcome) { return toText(v, &scratch) })
	}
	return nil
}

func appending[T any](b interface {
	Append(T)
	AppendNull()
}, read func(value) (T, outcome)) func(value) outcome {
	return func(v value) outcome {
		x, o := read(v)
		if o == fits || o == mended {
			b.Append(x)
		} else {
			b.AppendNull()
		}
		return o
	}
}

// stringBuilder appends bytes as text.
type stringBuilder struct{ *array.StringBuilder }

func (b stringBuilder) Append(t []byte) { b.StringBuilder.Append(view(t)) }

// listBuilder builds lists. A value that is not a list is a list of one; an
// element that does not fit is a missing element, and its outcome the list's.
func listBuilder(elem types.Kind, alloc memory.Allocator) (array.Builder, func(value) outcome) {
	at, ok := arrowTypes[elem]
	if !ok {
		return nil, nil
	}
	b := array.NewListBuilder(alloc, at)
	put := appender(b.ValueBuilder())
	return b, func(v value) outcome {
		if v.form == absent {
			b.AppendNull()
			return missing
		}
		b.Append(true)
		if v.form != list {
			v.items = []value{v}
		}
		worst := fits
		for _, x := range v.items {
			if o := put(x); o == unfit || o == mended && worst == fits {
				worst = o
			}
		}
		return worst
	}
}
