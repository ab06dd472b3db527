package input

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimestamp(t *testing.T) {
	tests := []struct {
		v    value
		want string // RFC 3339 in UTC, "missing" or "unfit"
	}{
		{text("2024-03-01T10:00:00Z"), "2024-03-01T10:00:00Z"},
		{text("2024-03-01t10:00:00z"), "2024-03-01T10:00:00Z"},
		{text("2024-03-01T10:00:00.123456Z"), "2024-03-01T10:00:00.123456Z"},
		{text("2024-03-01T10:00:00.1234569Z"), "2024-03-01T10:00:00.123456Z"},
		{text("1969-12-31T23:59:59.9999999Z"), "1969-12-31T23:59:59.999999Z"},
		{text("2024-03-01T10:00:00+05:30"), "2024-03-01T04:30:00Z"},
		{text("2024-03-01T10:00:00-0800"), "2024-03-01T18:00:00Z"},
		{text("2024-03-01T10:00:00+02"), "2024-03-01T08:00:00Z"},
		{text("2024-03-01 10:00:00.123"), "2024-03-01T10:00:00.123Z"},
		{text("2024-03-01 10:00:00,123"), "2024-03-01T10:00:00.123Z"},
		{text("2024-03-01 10:00:00 UTC"), "2024-03-01T10:00:00Z"},
		{text("2024-03-01 10:00:00 +0100"), "2024-03-01T09:00:00Z"},
		{text("2024/03/01 10:00:00"), "2024-03-01T10:00:00Z"},
		{text("2024-03-01T10:00"), "2024-03-01T10:00:00Z"},
		{text("2024-03-01T10:00Z"), "2024-03-01T10:00:00Z"},
		{text(" 2024-03-01 "), "2024-03-01T00:00:00Z"},
		{text("2024-02-29"), "2024-02-29T00:00:00Z"},
		{text("2000-02-29"), "2000-02-29T00:00:00Z"},
		{text("0000-01-01"), "0000-01-01T00:00:00Z"},
		{text("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z"},
		{text("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00Z"},
		{text("2023-02-29"), "unfit"},
		{text("1900-02-29"), "unfit"},
		{text("2024-13-01"), "unfit"},
		{text("2024-00-01"), "unfit"},
		{text("2024-04-31"), "unfit"},
		{text("2024-03-01T24:00:00Z"), "unfit"},
		{text("2024-03-01T10:60:00Z"), "unfit"},
		{text("2024-03-01T10:00:61Z"), "unfit"},
		{text("2024-03-01T10:00:00.Z"), "unfit"},
		{text("2024-03-01T10:00:00+24:00"), "unfit"},
		{text("2024-03-01T10:00:00 EST"), "unfit"},
		{text("2024-03-01T10:00:00Zebra"), "unfit"},
		{text("2024-03/01"), "unfit"},
		{text("20x4-03-01"), "unfit"},

		{text("17/May/2015:10:05:03 +0000"), "2015-05-17T10:05:03Z"},
		{text("17/May/2015:10:05:03 +0200"), "2015-05-17T08:05:03Z"},
		{text("17/Mai/2015:10:05:03 +0200"), "unfit"},
		{text("32/May/2015:10:05:03 +0200"), "unfit"},
		{text("Fri, 01 Mar 2024 10:00:00 GMT"), "2024-03-01T10:00:00Z"},
		{text("Fri, 01 Mar 2024 10:00:00 -0500"), "2024-03-01T15:00:00Z"},
		{text("Fri, 01 Mar 2024 10:00:00 EST"), "unfit"},
		{text("Friday, 01-Mar-24 10:00:00 UTC"), "2024-03-01T10:00:00Z"},
		{text("Fri Mar  1 10:00:00 UTC 2024"), "2024-03-01T10:00:00Z"},
		{text("Fri Mar  1 10:00:00 2024"), "2024-03-01T10:00:00Z"},
		{text("Mar  1 2024 10:00:00"), "2024-03-01T10:00:00Z"},
		{text("Mar 11 2024 10:00:00.25"), "2024-03-11T10:00:00.25Z"},
		{text("Mar  1 2024 10:00:00 +0100"), "2024-03-01T09:00:00Z"},
		{text("Mar  1 10:00:00"), "unfit"},

		{num("1709287200"), "2024-03-01T10:00:00Z"},
		{text("1709287200"), "2024-03-01T10:00:00Z"},
		{num("1709287200.1234567"), "2024-03-01T10:00:00.123456Z"},
		{num("1.7092872e9"), "2024-03-01T10:00:00Z"},
		{num("1709287200123"), "2024-03-01T10:00:00.123Z"},
		{num("1709287200123.4567"), "2024-03-01T10:00:00.123456Z"},
		{num("1709287200123456"), "2024-03-01T10:00:00.123456Z"},
		{num("1709287200123456789"), "2024-03-01T10:00:00.123456Z"},
		{num("131883575587910009"), "2018-12-04T00:39:18.791Z"},
		{text("116444736000000000"), "1970-01-01T00:00:00Z"},
		{num("160000000000000000"), "1975-01-26T20:26:40Z"},
		{num("0"), "1970-01-01T00:00:00Z"},
		{num("-0.0000005"), "1969-12-31T23:59:59.999999Z"},
		{num("-1"), "1969-12-31T23:59:59Z"},
		{num("1e30"), "unfit"},

		{value{}, "missing"},
		{text(""), "missing"},
		{text("  "), "missing"},
		{text("yesterday"), "unfit"},
		{value{form: yes}, "unfit"},
		{value{form: nested, text: []byte("[]")}, "unfit"},
	}
	for _, tt := range tests {
		us, o := toTimestamp(tt.v)
		got := say(time.UnixMicro(us).UTC().Format(time.RFC3339Nano), o)
		if got != tt.want {
			t.Errorf("%q is %s, want %s", tt.v.text, got, tt.want)
		}
	}
}

// sameTime holds a reading against package time, where that reads the text.
func sameTime(t interface{ Errorf(string, ...any) }, s string, us int64) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", time.DateOnly, "02/Jan/2006:15:04:05 -0700"} {
		want, err := time.Parse(layout, s)
		if err == nil && want.UnixMicro() != us {
			t.Errorf("%q is %s, want %s", s, time.UnixMicro(us).UTC(), want)
		}
	}
}

func TestTimestampAgainstLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(-62167219200, 253402300799).Draw(t, "seconds") // years 0 to 9999
		nanos := rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")
		zone := time.FixedZone("", rapid.IntRange(-23*60, 23*60).Draw(t, "minutes")*60)
		at := time.Unix(seconds, nanos).In(zone)
		if y := at.Year(); y < 0 || y > 9999 {
			t.Skip()
		}
		layout := rapid.SampledFrom([]string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999 -0700", "02/Jan/2006:15:04:05 -0700"}).Draw(t, "layout")
		s := at.Format(layout)
		us, o := toTimestamp(text(s))
		want := at.UnixMicro()
		if strings.HasPrefix(layout, "02") {
			want = at.Truncate(time.Second).UnixMicro()
		}
		if o != fits || us != want {
			t.Fatalf("%q is %d (%d), want %d", s, us, o, want)
		}
	})
}

func BenchmarkTimestamp(b *testing.B) {
	v := text("2024-03-01T10:00:00.123456Z")
	b.ReportAllocs()
	for b.Loop() {
		if _, o := toTimestamp(v); o != fits {
			b.Fatal(o)
		}
	}
}
