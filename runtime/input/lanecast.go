package input

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

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
	case m.sense == asBool && want == types.Bool, m.sense == asInt && want == types.Int, m.sense == asFloat && want == types.Float:
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

// time is a count of units since the epoch. Division of its parts keeps the
// nanoseconds that microseconds do not have.
func (m meaning) time(x int64) time.Time {
	if m.div > 1 {
		return time.Unix(0, x).UTC()
	}
	perSecond := int64(1_000_000) / m.mul
	if perSecond == 0 {
		return time.Unix(x*(m.mul/1_000_000), 0).UTC()
	}
	return time.Unix(floorDiv(x, perSecond), (x-floorDiv(x, perSecond)*perSecond)*m.mul*1000).UTC()
}

// span is a count of units, cut to the range of a duration.
func (m meaning) span(x int64) time.Duration {
	if m.div > 1 {
		return time.Duration(x)
	}
	if limit := math.MaxInt64 / (m.mul * 1000); x > limit || x < -limit {
		return math.MaxInt64
	}
	return time.Duration(x * m.mul * 1000)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// castMicros turns counts of time into microseconds, rounded down.
func (m meaning) castMicros(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	out := dst.i64[at : at+n]
	if m.div > 1 {
		for i, x := range src.i64[:n] {
			out[i] = floorDiv(x, m.div)
		}
		return nil
	}
	limit := math.MaxInt64 / m.mul
	for i, x := range src.i64[:n] {
		if x > limit || x < -limit {
			odd(i, unfit, value{form: number, text: strconv.AppendInt(nil, x, 10)})
			continue
		}
		out[i] = x * m.mul
	}
	return nil
}

// castEpoch takes a number for a count since the epoch in a unit that its size
// tells, as toTimestamp does.
func castEpoch(dst *lane, at int, src *lane, n int, _ func(int, outcome, value)) error {
	for i, x := range src.i64[:n] {
		size := x
		if x < 0 {
			size = -(x + 1)
		}
		switch {
		case size < epochSeconds:
			x *= 1_000_000
		case size < epochMillis:
			x *= 1000
		case size >= epochMicros:
			x = floorDiv(x, 1000)
		}
		dst.i64[at+i] = x
	}
	return nil
}

func castUint(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i, x := range src.i64[:n] {
		if dst.i64[at+i] = x; x < 0 {
			odd(i, unfit, value{form: number, text: strconv.AppendUint(nil, uint64(x), 10)})
		}
	}
	return nil
}

func castUint32(dst *lane, at int, src *lane, n int, _ func(int, outcome, value)) error {
	for i, x := range src.i64[:n] {
		dst.i64[at+i] = int64(uint32(x))
	}
	return nil
}

func castFloat(dst *lane, at int, src *lane, n int, _ func(int, outcome, value)) error {
	out := dst.f64[at : at+n]
	for i, x := range src.i64[:n] {
		out[i] = float64(x)
	}
	return nil
}

// exactPowers are the powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// castDecimal divides exact numbers by exact powers, which rounds once, as
// reading the number's text does.
func (m meaning) castDecimal(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	power := exactPowers[m.scale]
	for i, x := range src.i64[:n] {
		if x <= 1<<53 && x >= -1<<53 {
			dst.f64[at+i] = float64(x) / power
			continue
		}
		var scratch []byte
		v := m.value(src, i, &scratch)
		f, o := toFloat(v)
		if dst.f64[at+i] = f; o != fits {
			odd(i, o, v)
		}
	}
	return nil
}

// castText copies text and mends what is not UTF-8.
func castText(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	if begin, end := src.offs[0], src.offs[n]; ascii(src.text[begin:end]) {
		return dst.copyFrom(at, src, 0, n)
	}
	var scratch []byte
	for i := range n {
		t := src.textAt(i)
		out, ok := mend(scratch, t)
		if !ok {
			scratch = out
			odd(i, mended, value{form: loose, text: t})
		}
		if err := dst.addText(at+i, out); err != nil {
			return err
		}
	}
	return nil
}

// allText reports whether all n texts of a lane are UTF-8.
func (l *lane) allText(from, n int) bool {
	if ascii(l.text[l.offs[from]:l.offs[from+n]]) {
		return true
	}
	for i := from; i < from+n; i++ {
		if !utf8.Valid(l.textAt(i)) {
			return false
		}
	}
	return true
}

func castAddress(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i := range n {
		t := src.textAt(i)
		if a, ok := dottedQuad(t); ok {
			dst.ips[at+i] = a
			continue
		}
		v := value{form: loose, text: t}
		a, o := toIP(v)
		if dst.ips[at+i] = a; o != fits {
			odd(i, o, v)
		}
	}
	return nil
}

// dottedQuad reads the common form of an address. Like net/netip it takes no
// leading zeros.
func dottedQuad(t []byte) (a [16]byte, ok bool) {
	a[10], a[11] = 0xff, 0xff
	part, digits, n := uint32(0), 0, 0
	for _, c := range t {
		if c == '.' {
			if digits == 0 || n == 3 {
				return a, false
			}
			a[12+n] = byte(part)
			n++
			part, digits = 0, 0
			continue
		}
		if c -= '0'; c > 9 || digits > 0 && part == 0 {
			return a, false
		}
		digits++
		if part = part*10 + uint32(c); part > 255 {
			return a, false
		}
	}
	a[15] = byte(part)
	return a, n == 3 && digits > 0
}

// castBytesAddress reads addresses that are stored as their 4 or 16 bytes.
func castBytesAddress(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i := range n {
		switch t := src.textAt(i); len(t) {
		case 4:
			dst.ips[at+i] = [16]byte{10: 0xff, 11: 0xff, 12: t[0], 13: t[1], 14: t[2], 15: t[3]}
		case 16:
			copy(dst.ips[at+i][:], t)
		default:
			odd(i, unfit, value{form: loose, text: t})
		}
	}
	return nil
}

// half is an IEEE 754 binary16 number.
func half(b []byte) float64 {
	if len(b) != 2 {
		return math.NaN()
	}
	x := binary.LittleEndian.Uint16(b)
	sign, exp, frac := 1.0, int(x>>10&0x1f), float64(x&0x3ff)
	if x>>15 != 0 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 0x1f:
		if frac != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	}
	return sign * math.Ldexp(frac+1024, exp-25)
}

// castInt96 turns a day and its nanoseconds into microseconds, rounded down. The
// numbers wrap around where Spark's do, which is how it stores years that
// nanoseconds cannot reach.
func castInt96(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i := range n {
		b := src.textAt(i)
		if len(b) != 12 {
			odd(i, unfit, value{form: loose, text: b})
			continue
		}
		day, nanos := int96(b)
		dst.i64[at+i] = day*microsPerDay + floorDiv(nanos, 1000)
	}
	return nil
}

// castInterval takes intervals without months, which have no one length.
func castInterval(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i := range n {
		b := src.textAt(i)
		if len(b) != 12 || binary.LittleEndian.Uint32(b) != 0 {
			odd(i, unfit, value{form: plain, text: appendInterval(nil, b)})
			continue
		}
		dst.i64[at+i] = int64(binary.LittleEndian.Uint32(b[4:]))*microsPerDay + int64(binary.LittleEndian.Uint32(b[8:]))*1000
	}
	return nil
}

// julianEpoch is the Julian day of 1970-01-01.
const julianEpoch = 2_440_588

// int96 are the days since 1970-01-01 and the nanoseconds of a time of 12 bytes.
func int96(b []byte) (day, nanos int64) {
	return int64(int32(binary.LittleEndian.Uint32(b[8:]))) - julianEpoch, int64(binary.LittleEndian.Uint64(b))
}

// appendInterval writes an interval as ISO 8601 does.
func appendInterval(b, t []byte) []byte {
	if len(t) != 12 {
		return b
	}
	b = strconv.AppendUint(append(b, 'P'), uint64(binary.LittleEndian.Uint32(t)), 10)
	b = strconv.AppendUint(append(b, 'M'), uint64(binary.LittleEndian.Uint32(t[4:])), 10)
	ms := binary.LittleEndian.Uint32(t[8:])
	b = strconv.AppendFloat(append(b, "DT"...), float64(ms)/1000, 'f', -1, 64)
	return append(b, 'S')
}

// maxDigitBytes bounds the numbers that are read from bytes; the widest decimals
// in use have 32.
const maxDigitBytes = 256

func twosComplement(b []byte) *big.Int {
	x := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return x
}

// maxScale bounds the digits behind a point; Parquet and Arrow have no more than
// their widest decimal has digits.
const maxScale = 1000

// appendDecimal writes digits with a point before the last scale of them.
func appendDecimal(b []byte, digits *big.Int, scale int) []byte {
	scale = min(max(scale, -maxScale), maxScale)
	if digits.Sign() < 0 {
		b = append(b, '-')
		digits = new(big.Int).Neg(digits)
	}
	t := digits.Append(nil, 10)
	for ; scale < 0; scale++ {
		t = append(t, '0')
	}
	for len(t) <= scale {
		t = append([]byte{'0'}, t...)
	}
	b = append(b, t[:len(t)-scale]...)
	if scale > 0 {
		b = append(append(b, '.'), t[len(t)-scale:]...)
	}
	return b
}

func appendUUID(b, t []byte) []byte {
	if len(t) != 16 {
		return b
	}
	for i, part := range [...][]byte{t[:4], t[4:6], t[6:8], t[8:10], t[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}
