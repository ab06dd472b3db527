package vec

import (
	"strconv"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/detlang/det/lang/types"
)

// openDictionary widens a dictionary of text; one of another type is laid out
// plainly first.
func (d *Door) openDictionary(f arrow.Field, x *array.Dictionary, v *Vec) error {
	if err := d.learn(f, x); err != nil {
		return err
	}
	v.Kind, v.Dict = types.String, d.dict
	switch ix := x.Indices().(type) {
	case *array.Int32:
		v.Codes = ix.Int32Values()
	case *array.Uint32:
		v.Codes = narrowCodes(ix.Uint32Values())
	case *array.Int8:
		v.Codes = narrowCodes(ix.Int8Values())
	case *array.Uint8:
		v.Codes = narrowCodes(ix.Uint8Values())
	case *array.Int16:
		v.Codes = narrowCodes(ix.Int16Values())
	case *array.Uint16:
		v.Codes = narrowCodes(ix.Uint16Values())
	case *array.Int64:
		v.Codes = narrowCodes(ix.Int64Values())
	case *array.Uint64:
		v.Codes = narrowCodes(ix.Uint64Values())
	}
	// A missing row may hold any index: make it one that is safe to look up. An
	// index outside the dictionary is missing.
	limit, copied := int32(d.dict.Len()), false
	if d.null == nil && limit > 0 && within(v.Codes, limit) {
		return nil
	}
	for i, c := range v.Codes {
		null := v.Valid != nil && !v.Valid.Get(i)
		if !null && c >= 0 && c < limit && (d.null == nil || !d.null.Get(int(c))) {
			continue
		}
		if !null {
			v.drop(i)
		}
		if c < 0 || c >= limit {
			if !copied {
				v.Codes, copied = append([]int32(nil), v.Codes...), true
			}
			v.Codes[i] = 0
		}
	}
	if limit == 0 { // nothing to point at
		*v = *Nulls(v.N)
	}
	return nil
}

// within reports whether all codes lie in [0, limit).
func within(codes []int32, limit int32) bool {
	// Four maxima do not wait for each other.
	var a, b, c, d uint32
	for len(codes) >= 4 {
		a, b = max(a, uint32(codes[0])), max(b, uint32(codes[1]))
		c, d = max(c, uint32(codes[2])), max(d, uint32(codes[3]))
		codes = codes[4:]
	}
	for _, x := range codes {
		a = max(a, uint32(x))
	}
	return max(a, b, c, d) < uint32(limit)
}

// learn makes d.dict stand for x's dictionary.
func (d *Door) learn(f arrow.Field, x *array.Dictionary) error {
	values := x.Dictionary()
	data, _ := values.Data().(*array.Data)
	if d.last != nil && sameBuffers(d.last, data) {
		return nil
	}
	var inner Door
	v, _, err := inner.Open(arrow.Field{Name: f.Name, Type: values.DataType()}, values, types.String)
	inner.Close()
	if err != nil {
		return err
	}
	dict := &Dict{}
	if v.Kind == types.Null {
		dict = NewDict()
	} else {
		dict.offs, dict.text = unsigned(v.Offs), v.Bytes
		if id, ok := f.Metadata.GetValue(DictKey); ok {
			dict.ID, _ = strconv.ParseUint(id, 10, 64)
		}
		if dict.ID == 0 {
			dict.ID = dictIDs.Add(1)
		}
	}
	data.Retain()
	if d.last != nil {
		d.last.Release()
	}
	d.last, d.dict, d.null = data, dict, nil
	if v.Valid != nil {
		d.null = Not(v.Valid, v.N)
	}
	return nil
}

// sameBuffers reports whether two arrays view the same memory.
func sameBuffers(a, b *array.Data) bool {
	if a == b {
		return true
	}
	if a.Len() != b.Len() || a.Offset() != b.Offset() || len(a.Buffers()) != len(b.Buffers()) {
		return false
	}
	for i, x := range a.Buffers() {
		y := b.Buffers()[i]
		if (x == nil) != (y == nil) || x != nil && (x.Len() != y.Len() || unsafe.SliceData(x.Bytes()) != unsafe.SliceData(y.Bytes())) {
			return false
		}
	}
	return true
}
