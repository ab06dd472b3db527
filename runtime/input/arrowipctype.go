package input

import (
	"errors"
	"fmt"
)

// The numbers that Schema.fbs gives to types.
const (
	arrowNull = iota + 1
	arrowInt
	arrowFloat
	arrowBinary
	arrowUtf8
	arrowBool
	arrowDecimal
	arrowDate
	arrowTime
	arrowTimestamp
	arrowInterval
	arrowList
	arrowStruct
	arrowUnion
	arrowFixedBinary
	arrowFixedList
	arrowMap
	arrowDuration
	arrowLargeBinary
	arrowLargeUtf8
	arrowLargeList
	arrowRunEnd
	arrowBinaryView
	arrowUtf8View
	arrowListView
	arrowLargeListView
)

// arrowV5 is the version of the metadata since Arrow 1.0.
const arrowV5 = 4

// setType reads a field's type: how values lie, and what they stand for.
func (f *arrowField) setType(field arrowTable) error {
	t, _ := field.table(3)
	f.meaning = meaning{sense: asText, mul: 1, div: 1}
	switch kind := int(field.int8(2, 0)); kind {
	case arrowNull:
		f.layout = layoutNothing
	case arrowInt:
		return f.setInt(t)
	case arrowFloat:
		precision := t.int16(0, 0)
		if precision < 0 || precision > 2 {
			return fmt.Errorf("floats of the precision %d", precision)
		}
		f.layout, f.width, f.meaning.sense = layoutFixed, 2<<precision, asFloat
	case arrowBool:
		f.layout, f.width, f.meaning.sense = layoutBits, 1, asBool
	case arrowDecimal:
		f.layout, f.width, f.big = layoutFixed, int(t.int32(2, 128))/8, true
		f.meaning.sense, f.meaning.scale = asBigEnd, int(t.int32(1, 0))
		if f.width != 4 && f.width != 8 && f.width != 16 && f.width != 32 {
			return fmt.Errorf("decimals of %d bytes", f.width)
		}
	case arrowDate:
		f.layout, f.width, f.signed = layoutFixed, 8, true
		f.meaning = meaning{sense: asDate, mul: 1000, div: 1}
		if t.int16(0, 1) == 0 {
			f.width, f.meaning.mul = 4, microsPerDay
		}
	case arrowTime:
		return f.setTimes(asClock, int(t.int32(1, 32))/8, t.int16(0, 1))
	case arrowTimestamp:
		return f.setTimes(asTime, 8, t.int16(0, 0))
	case arrowDuration:
		return f.setTimes(asSpan, 8, t.int16(0, 1))
	case arrowInterval:
		unit := int(t.int16(0, 0))
		if unit < 0 || unit > 2 {
			return errors.New("an interval of an unknown unit")
		}
		f.layout, f.width, f.interval, f.meaning.sense = layoutFixed, [...]int{4, 8, 16}[unit], unit+1, asInterval
	case arrowFixedBinary:
		if f.layout, f.width = layoutFixed, int(t.int32(0, 0)); f.width < 0 {
			return fmt.Errorf("values of %d bytes", f.width)
		}
		switch {
		case f.width == 16 && extension(field) == "arrow.uuid":
			f.meaning.sense = asUUID
		case f.width == 16 || f.width == 4:
			f.meaning.sense = asBytes
		}
	case arrowBinary, arrowUtf8:
		f.layout, f.width = layoutText, 4
	case arrowLargeBinary, arrowLargeUtf8:
		f.layout, f.width = layoutText, 8
	case arrowBinaryView, arrowUtf8View:
		f.layout, f.width = layoutView, 16
	case arrowList, arrowMap:
		f.layout, f.width, f.isMap = layoutList, 4, kind == arrowMap
	case arrowLargeList:
		f.layout, f.width = layoutList, 8
	case arrowFixedList:
		if f.layout, f.width = layoutSlots, int(t.int32(0, 0)); f.width < 0 {
			return fmt.Errorf("lists of %d", f.width)
		}
	case arrowStruct:
		f.layout = layoutStruct
	case arrowUnion: // types, and offsets if dense
		f.layout, f.width = layoutOther, 1+int(t.int16(0, 0))
	case arrowRunEnd:
		f.layout = layoutOther
	case arrowListView, arrowLargeListView:
		f.layout, f.width = layoutOther, 3
	default:
		return fmt.Errorf("the unknown type %d", kind)
	}
	return nil
}

func (f *arrowField) setInt(t arrowTable) error {
	f.layout, f.width, f.signed = layoutFixed, int(t.int32(0, 0))/8, t.bool(1)
	f.meaning = meaning{sense: asInt, mul: 1, div: 1}
	switch f.width {
	case 1, 2, 4:
	case 8:
		if !f.signed {
			f.meaning.sense = asUint
		}
	default:
		return fmt.Errorf("integers of %d bytes", f.width)
	}
	return nil
}

func (f *arrowField) setTimes(s sense, width int, unit int16) error {
	if width != 4 && width != 8 || unit < 0 || unit > 3 {
		return fmt.Errorf("times of %d bytes and the unit %d", width, unit)
	}
	f.layout, f.width, f.signed = layoutFixed, width, true
	f.meaning = [...]meaning{{s, 1_000_000, 1, 0}, {s, 1000, 1, 0}, {s, 1, 1, 0}, {s, 1, 1000, 0}}[unit]
	return nil
}

// extension is the name of a field's extension type, "" for none.
func extension(field arrowTable) string {
	for _, kv := range field.tables(6) {
		if kv.text(0) == "ARROW:extension:name" {
			return kv.text(1)
		}
	}
	return ""
}
