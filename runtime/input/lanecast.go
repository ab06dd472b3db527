package input

import (
	"math/big"
	"strconv"
	"time"

	"github.com/detlang/det/lang/types"
)

// meaning is what the values of a column in a file stand for, where they lie in
// a lane as the file stores them.
type meaning struct {
	sense
	// mul and div turn a count of time into microseconds.
	mul, div int64
	// scale is how many digits of a decimal number stand behind its point.
	scale int
}

// sense says how to read what is stored.
type sense uint8

const (
	asBool     sense = iota // Bool
	asInt                   // Int
	asUint                  // Int, to be read as a uint64
	asUint32                // Int, of which 32 bits are to be read as a uint32
	asFloat                 // Float
	asText                  // String
	asBytes                 // String of the 4 or 16 bytes of an address, or of any others
	asTime                  // Int: a count of units since the epoch
	asDate                  // Int: days since the epoch
	asClock                 // Int: a count of units since midnight
	asSpan                  // Int: a count of units
	asDecimal               // Int: the digits
	asBigEnd                // String: the digits in two's complement, highest byte first
	asUUID                  // String of 16 bytes
	asHalf                  // String: a float of 2 bytes, lowest first
	asInt96                 // String: nanoseconds of the day in 8 bytes, Julian day in 4
	asInterval              // String: months, days and milliseconds in 4 bytes each
)

// stored is the kind of lane that values of a sense lie in.
func (s sense) stored() types.Kind {
	switch s {
	case asBool:
		return types.Bool
	case asFloat:
		return types.Float
	case asText, asBytes, asBigEnd, asUUID, asHalf, asInt96, asInterval:
		return types.String
	}
	return types.Int
}

// cast turns the values [0, n) of src, as stored, into the values [at, at+n) of
// dst, which is of the wanted kind and not coded. It tells odd of those that are
// not as wanted; they are missing unless the outcome is mended.
type cast func(dst *lane, at int, src *lane, n int, odd func(i int, o outcome, v value)) error

// cast gives nil when the stored values are the wanted ones already.
func (m meaning) cast(want types.Kind) cast {
	switch {
	case (m.sense == asText || m.sense == asBytes) && want == types.String:
		return castText
	case m.sense == asText && want == types.IP:
		return castAddress
	case m.sense.stored() == types.String && want == types.IP:
		return castBytesAddress
	case m.sense == asUint && want == types.Int:
		return castUint
	case m.sense == asUint32 && want == types.Int:
		return castUint32
	case m.sense == asInt && want == types.Float, m.sense == asDecimal && want == types.Float && m.scale == 0:
		return castFloat
	case m.sense == asFloat && want == types.Float:
		return castFinite
	case m.sense == asDecimal && want == types.Float && m.scale > 0 && m.scale < len(exactPowers):
		return m.castDecimal
	case m.sense == asTime && want == types.Timestamp, m.sense == asDate && want == types.Timestamp,
		m.sense == asClock && want == types.Duration, m.sense == asSpan && want == types.Duration:
		if m.mul == 1 && m.div == 1 {
			return nil
		}
		return m.castMicros
	case m.sense == asInt && want == types.Timestamp:
		return castEpoch
	case m.sense == asInt96 && want == types.Timestamp:
		return castInt96
	case m.sense == asInterval && want == types.Duration:
		return castInterval
	case m.sense == asBool && want == types.Bool, m.sense == asInt && want == types.Int:
		return nil
	}
	return m.castValues
}

// castValues is the way for all that is rare: each value is put as a text format
// would have it, and read as one.
func (m meaning) castValues(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	var scratch, mended []byte
	for i := range n {
		v := m.value(src, i, &scratch)
		var o outcome
		switch r := at + i; dst.kind {
		case types.Bool:
			dst.bools[r], o = toBool(v)
		case types.Int:
			dst.i64[r], o = toInt(v)
		case types.Float:
			dst.f64[r], o = toFloat(v)
		case types.Timestamp:
			dst.i64[r], o = toTimestamp(v)
		case types.Duration:
			dst.i64[r], o = toDuration(v)
		case types.IP:
			dst.ips[r], o = toIP(v)
		case types.String:
			var t []byte
			t, o = toText(v, &mended)
			if err := dst.addText(r, t); err != nil {
				return err
			}
		}
		if o != fits {
			odd(i, o, v)
		}
	}
	return nil
}

// value is a stored value as a text format would have it.
func (m meaning) value(l *lane, i int, scratch *[]byte) value {
	b := (*scratch)[:0]
	form := plain
	switch m.sense {
	case asBool:
		if l.bools[i] {
			return value{form: yes}
		}
		return value{form: no}
	case asText, asBytes:
		return value{form: loose, text: l.textAt(i)}
	case asInt:
		form, b = number, strconv.AppendInt(b, l.i64[i], 10)
	case asUint:
		form, b = number, strconv.AppendUint(b, uint64(l.i64[i]), 10)
	case asUint32:
		form, b = number, strconv.AppendUint(b, uint64(uint32(l.i64[i])), 10)
	case asFloat:
		form, b = number, strconv.AppendFloat(b, l.f64[i], 'g', -1, 64)
	case asHalf:
		form, b = number, strconv.AppendFloat(b, half(l.textAt(i)), 'g', -1, 64)
	case asTime:
		b = m.time(l.i64[i]).AppendFormat(b, time.RFC3339Nano)
	case asInt96:
		if t := l.textAt(i); len(t) == 12 {
			day, nanos := int96(t)
			b = time.Unix(day*86_400, nanos).UTC().AppendFormat(b, time.RFC3339Nano)
		}
	case asDate:
		b = m.time(l.i64[i]).AppendFormat(b, time.DateOnly)
	case asClock:
		b = m.time(l.i64[i]).AppendFormat(b, "15:04:05.999999999")
	case asSpan:
		b = append(b, types.FormatDuration(m.span(l.i64[i]))...)
	case asInterval:
		b = appendInterval(b, l.textAt(i))
	case asDecimal:
		form, b = number, appendDecimal(b, big.NewInt(l.i64[i]), m.scale)
	case asBigEnd:
		if len(l.textAt(i)) > maxDigitBytes {
			return value{form: loose, text: l.textAt(i)}
		}
		form, b = number, appendDecimal(b, twosComplement(l.textAt(i)), m.scale)
	case asUUID:
		b = appendUUID(b, l.textAt(i))
	}
	*scratch = b
	return value{form: form, text: b}
}
