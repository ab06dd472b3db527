package input

import (
	"math"
	"math/big"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
)

// ints, texts and so on make lanes of stored values.
func ints(x ...int64) *lane     { return &lane{kind: types.Int, n: len(x), i64: x} }
func floats(x ...float64) *lane { return &lane{kind: types.Float, n: len(x), f64: x} }
func boolean(x ...bool) *lane   { return &lane{kind: types.Bool, n: len(x), bools: x} }
func texts(x ...string) *lane {
	l := newLane(types.String, len(x), false)
	for i, s := range x {
		l.addText(i, []byte(s))
	}
	return l
}

// laneValue is row i of a lane that is not coded, nil when it is missing.
func laneValue(l *lane, i int) any {
	switch {
	case l.missing(i):
		return nil
	case l.kind == types.Bool:
		return l.bools[i]
	case l.kind == types.Float:
		return l.f64[i]
	case l.kind == types.IP:
		return netip.AddrFrom16(l.ips[i]).Unmap()
	case l.kind == types.String:
		return string(l.textAt(i))
	}
	return l.i64[i]
}

// castOne casts one stored value; nil is one that did not fit.
func castOne(t interface {
	Helper()
	Fatal(...any)
}, m meaning, src *lane, want types.Kind) any {
	t.Helper()
	c := m.cast(want)
	if c == nil {
		return laneValue(src, 0)
	}
	dst, bad := newLane(want, 1, false), false
	err := c(dst, 0, src, 1, func(_ int, o outcome, _ value) { bad = bad || o != mended })
	if err != nil {
		t.Fatal(err)
	}
	if bad {
		return nil
	}
	return laneValue(dst, 0)
}

func TestCast(t *testing.T) {
	const day = 86_400_000_000
	millis, nanos := func(s sense) meaning { return meaning{sense: s, mul: 1000, div: 1} }, func(s sense) meaning { return meaning{sense: s, mul: 1, div: 1000} }
	micros := func(s sense) meaning { return meaning{sense: s, mul: 1, div: 1} }
	date := meaning{sense: asDate, mul: day, div: 1}
	decimal := func(s sense, scale int) meaning { return meaning{sense: s, mul: 1, div: 1, scale: scale} }
	for _, c := range []struct {
		m    meaning
		src  *lane
		want any // nil: no reading
		kind types.Kind
	}{
		{micros(asInt), ints(4625), int64(4625), types.Int},
		{micros(asInt), ints(4625), 4625.0, types.Float},
		{micros(asInt), ints(-4625), "-4625", types.String},
		{micros(asInt), ints(1), true, types.Bool},
		{micros(asInt), ints(2), nil, types.Bool},
		{micros(asInt), ints(1709287200), int64(1709287200_000_000), types.Timestamp},
		{micros(asInt), ints(1709287200_000), int64(1709287200_000_000), types.Timestamp},
		{micros(asInt), ints(1709287200_000_000), int64(1709287200_000_000), types.Timestamp},
		{micros(asInt), ints(1709287200_000_000_001), int64(1709287200_000_000), types.Timestamp},
		{micros(asInt), ints(-1), int64(-1_000_000), types.Timestamp},
		{micros(asInt), ints(90), int64(90_000_000), types.Duration},
		{micros(asInt), ints(90), nil, types.IP},
		{micros(asUint), ints(-1), nil, types.Int},
		{micros(asUint), ints(-1), "18446744073709551615", types.String},
		{micros(asUint), ints(7), int64(7), types.Int},
		{micros(asUint32), ints(-1), int64(math.MaxUint32), types.Int},
		{micros(asUint32), ints(-1), "4294967295", types.String},
		{micros(asFloat), floats(4625), int64(4625), types.Int},
		{micros(asFloat), floats(0.5), nil, types.Int},
		{micros(asFloat), floats(0.1), "0.1", types.String},
		{micros(asFloat), floats(math.NaN()), nil, types.Int},
		{micros(asFloat), floats(-0.5), -0.5, types.Float},
		{micros(asFloat), floats(math.NaN()), nil, types.Float},
		{micros(asFloat), floats(math.Inf(-1)), nil, types.Float},
		{micros(asFloat), floats(math.Inf(-1)), "-Inf", types.String},
		{micros(asBool), boolean(true), "true", types.String},
		{micros(asBool), boolean(true), nil, types.Int},

		{micros(asTime), ints(5), int64(5), types.Timestamp},
		{millis(asTime), ints(-5), int64(-5000), types.Timestamp},
		{millis(asTime), ints(math.MaxInt64), nil, types.Timestamp},
		{nanos(asTime), ints(-1), int64(-1), types.Timestamp},
		{nanos(asTime), ints(1_999), int64(1), types.Timestamp},
		{nanos(asTime), ints(1709287200_000_000_001), "2024-03-01T10:00:00.000000001Z", types.String},
		{millis(asTime), ints(1709287200_001), "2024-03-01T10:00:00.001Z", types.String},
		{micros(asTime), ints(-1), "1969-12-31T23:59:59.999999Z", types.String},
		{micros(asTime), ints(5), nil, types.Int},
		{meaning{sense: asTime, mul: 1_000_000, div: 1}, ints(1709287200), "2024-03-01T10:00:00Z", types.String},
		{date, ints(19783), int64(19783 * day), types.Timestamp},
		{date, ints(19783), "2024-03-01", types.String},
		{date, ints(math.MaxInt32 * 100), nil, types.Timestamp},
		{millis(asClock), ints(36_000_123), int64(36_000_123_000), types.Duration},
		{millis(asClock), ints(36_000_123), "10:00:00.123", types.String},
		{nanos(asClock), ints(1), "00:00:00.000000001", types.String},
		{nanos(asSpan), ints(-1), int64(-1), types.Duration},
		{millis(asSpan), ints(5_400_000), "1h30m", types.String},

		{decimal(asDecimal, 2), ints(-12345), -123.45, types.Float},
		{decimal(asDecimal, 2), ints(-12345), "-123.45", types.String},
		{decimal(asDecimal, 2), ints(5), "0.05", types.String},
		{decimal(asDecimal, 2), ints(500), int64(5), types.Int},
		{decimal(asDecimal, 2), ints(501), nil, types.Int},
		{decimal(asDecimal, 0), ints(7), 7.0, types.Float},
		{decimal(asDecimal, -3), ints(7), "7000", types.String},
		{decimal(asDecimal, 3), ints(9007199254740993), 9007199254740.993, types.Float},
		{decimal(asBigEnd, 2), texts("\xff\xfe"), "-0.02", types.String},
		{decimal(asBigEnd, 2), texts("\x01\x00"), 2.56, types.Float},
		{decimal(asBigEnd, 0), texts("\x00\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615", types.String},
		{decimal(asBigEnd, 0), texts(""), "0", types.String},

		{micros(asUUID), texts("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"), "00112233-4455-6677-8899-aabbccddeeff", types.String},
		{micros(asHalf), texts("\x00\x3c"), 1.0, types.Float},
		{micros(asHalf), texts("\x00\xc0"), -2.0, types.Float},
		{micros(asHalf), texts("\x01\x00"), math.Ldexp(1, -24), types.Float},
		{micros(asHalf), texts("\xff\x7b"), 65504.0, types.Float},
		{micros(asHalf), texts("\x00\x7c"), nil, types.Float},
		{micros(asHalf), texts("\x00\x7e"), nil, types.Float},
		{micros(asInt96), texts("\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x3d\x25\x00"), int64(0), types.Timestamp},
		{micros(asInt96), texts("\xe8\x03\x00\x00\x00\x00\x00\x00\x8d\x3d\x25\x00"), int64(day + 1), types.Timestamp},
		{micros(asInt96), texts("\xe8\x03\x00\x00\x00\x00\x00\x00\x8d\x3d\x25\x00"), "1970-01-02T00:00:00.000001Z", types.String},
		{micros(asInterval), texts("\x00\x00\x00\x00\x02\x00\x00\x00\xf4\x01\x00\x00"), int64(2*day + 500_000), types.Duration},
		{micros(asInterval), texts("\x01\x00\x00\x00\x02\x00\x00\x00\xf4\x01\x00\x00"), nil, types.Duration},
		{micros(asInterval), texts("\x01\x00\x00\x00\x02\x00\x00\x00\xf4\x01\x00\x00"), "P1M2DT0.5S", types.String},

		{micros(asText), texts("10.0.0.1"), netip.MustParseAddr("10.0.0.1"), types.IP},
		{micros(asText), texts("::1"), netip.MustParseAddr("::1"), types.IP},
		{micros(asText), texts("10.0.0.01"), nil, types.IP},
		{micros(asText), texts("10.0.0"), nil, types.IP},
		{micros(asBytes), texts("\x0a\x00\x00\x01"), netip.MustParseAddr("10.0.0.1"), types.IP},
		{micros(asBytes), texts("\x0a\x00\x00\x01\x01"), nil, types.IP},
		{micros(asText), texts("a\xffb"), "a\uFFFDb", types.String},
		{micros(asText), texts("4625"), int64(4625), types.Int},
		{micros(asText), texts("2024-03-01T10:00:00Z"), int64(1709287200_000_000), types.Timestamp},
		{micros(asText), texts("yes"), true, types.Bool},
		{micros(asUUID), texts("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"), netip.MustParseAddr("11:2233:4455:6677:8899:aabb:ccdd:eeff"), types.IP},
	} {
		if got := castOne(t, c.m, c.src, c.kind); got != c.want {
			t.Errorf("sense %d, %v as %s: %#v, want %#v", c.m.sense, laneValue(c.src, 0), c.kind, got, c.want)
		}
	}
}

// A dotted quad is what net/netip says it is.
func TestDottedQuad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{0,4}(\.[0-9]{0,4}){0,4}`).Draw(t, "address")
		got, ok := dottedQuad([]byte(s))
		want, err := netip.ParseAddr(s)
		if ok != (err == nil) || ok && got != want.As16() {
			t.Fatalf("%q: %v %v, net/netip says %v %v", s, got, ok, want, err)
		}
	})
}

// The digits of a decimal and the float that is nearest are those of math/big.
func TestDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits, scale := rapid.Int64().Draw(t, "digits"), rapid.IntRange(0, 30).Draw(t, "scale")
		m := meaning{sense: asDecimal, mul: 1, div: 1, scale: scale}
		exact := new(big.Rat).SetFrac(big.NewInt(digits), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
		if got, want := castOne(t, m, ints(digits), types.String), exact.FloatString(scale); got != want {
			t.Fatalf("text %v, want %v", got, want)
		}
		want, _ := exact.Float64()
		if got := castOne(t, m, ints(digits), types.Float); got != want {
			t.Fatalf("float %v, want %v", got, want)
		}
	})
}
