package input

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

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
