package input

import (
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// meaning is what a leaf's values stand for: its logical type, or the converted
// type of older files, or else the physical type.
func (n *parquetNode) meaning() meaning {
	m := meaning{sense: n.physical(), mul: 1, div: 1}
	switch t := n.LogicalType.Value.(type) {
	case *format.DecimalType:
		return n.decimal(int(t.Scale))
	case *format.DateType:
		return n.times(asDate, microsPerDay, 1)
	case *format.TimeType:
		return n.unit(asClock, t.Unit.Value)
	case *format.TimestampType:
		return n.unit(asTime, t.Unit.Value)
	case *format.IntType:
		return n.unsigned(!t.IsSigned)
	case *format.UUIDType:
		return n.bytes(asUUID, 16)
	case *format.Float16Type:
		return n.bytes(asHalf, 2)
	case nil:
	default:
		return m
	}
	if !n.ConvertedType.Valid {
		return m
	}
	switch n.ConvertedType.V {
	case deprecated.Decimal:
		return n.decimal(int(n.Scale.V))
	case deprecated.Date:
		return n.times(asDate, microsPerDay, 1)
	case deprecated.TimeMillis:
		return n.times(asClock, 1000, 1)
	case deprecated.TimeMicros:
		return n.times(asClock, 1, 1)
	case deprecated.TimestampMillis:
		return n.times(asTime, 1000, 1)
	case deprecated.TimestampMicros:
		return n.times(asTime, 1, 1)
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		return n.unsigned(true)
	case deprecated.Interval:
		return n.bytes(asInterval, 12)
	}
	return m
}

func (n *parquetNode) physical() sense {
	switch n.Type.V {
	case format.Boolean:
		return asBool
	case format.Int32, format.Int64:
		return asInt
	case format.Float, format.Double:
		return asFloat
	case format.Int96:
		return asInt96
	case format.FixedLenByteArray:
		if w := n.width(); w == 4 || w == 16 {
			return asBytes
		}
	}
	return asText
}

// An annotation that does not fit the physical type is not heeded.

func (n *parquetNode) times(s sense, mul, div int64) meaning {
	if n.physical() != asInt {
		return meaning{sense: n.physical(), mul: 1, div: 1}
	}
	return meaning{sense: s, mul: mul, div: div}
}

func (n *parquetNode) unit(s sense, unit format.TimeUnitValue) meaning {
	switch unit.(type) {
	case *format.MilliSeconds:
		return n.times(s, 1000, 1)
	case *format.NanoSeconds:
		return n.times(s, 1, 1000)
	}
	return n.times(s, 1, 1)
}

func (n *parquetNode) unsigned(is bool) meaning {
	if is && n.Type.V == format.Int32 {
		return meaning{sense: asUint32, mul: 1, div: 1}
	}
	if is && n.Type.V == format.Int64 {
		return meaning{sense: asUint, mul: 1, div: 1}
	}
	return meaning{sense: n.physical(), mul: 1, div: 1}
}

func (n *parquetNode) bytes(s sense, width int) meaning {
	if n.Type.V == format.FixedLenByteArray && n.width() == width {
		return meaning{sense: s, mul: 1, div: 1}
	}
	return meaning{sense: n.physical(), mul: 1, div: 1}
}

func (n *parquetNode) decimal(scale int) meaning {
	m := meaning{sense: n.physical(), mul: 1, div: 1, scale: scale}
	switch m.sense {
	case asInt:
		m.sense = asDecimal
	case asText, asBytes:
		m.sense = asBigEnd
	}
	return m
}
