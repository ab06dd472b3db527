package stdlib

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// timeFuncs read the clock of a zone, UTC if none is given. A zone is a name of
// the IANA database or a fixed offset; daylight saving follows the zone's rules.
func timeFuncs() []Func {
	ts := param("ts", types.TTimestamp)
	zone := optional(fixed(text("zone")))
	layout := fixed(text("layout"))
	// part is the row of a number that is read off the local time.
	part := func(name, doc string, f func(local int64) int64, pairs ...string) Func {
		return Func{
			Name: name, Doc: doc, Sig: takes(types.TInt, ts, zone), Bind: localInt(f), Cost: 6,
			Examples: examples(append(pairs, name+`(null)`, `null`)...),
		}
	}
	return []Func{
		part("year", "The year.", yearOf, `year(2024-02-29T12:00:00Z)`, `2024`, `year(2024-12-31T23:30:00Z, "Europe/Zurich")`, `2025`),
		part("month", "The month, from 1 to 12.", monthOf, `month(2024-02-29T12:00:00Z)`, `2`, `month(2024-03-01T00:00:00Z, "America/New_York")`, `2`),
		part("day_of_month", "The day of the month, from 1.", dayOfMonth, `day_of_month(2024-02-29T12:00:00Z)`, `29`, `day_of_month(2024-02-29T23:30:00Z, "+01:00")`, `1`),
		part("day_of_year", "The day of the year, from 1.", dayOfYear, `day_of_year(2024-12-31T00:00:00Z)`, `366`, `day_of_year(2023-01-01T00:00:00Z)`, `1`),
		part("day_of_week", "The day of the week: Monday is 1, Sunday 7.", dayOfWeek, `day_of_week(2024-03-03T12:00:00Z)`, `7`, `day_of_week(2024-03-03T23:30:00Z, "Europe/Zurich")`, `1`),
		part("week", "The week of the year by ISO 8601: week 1 has the year's first Thursday.", isoWeek, `week(2024-12-30T00:00:00Z)`, `1`, `week(2021-01-03T00:00:00Z)`, `53`),
		part("hour", "The hour of the day, from 0 to 23.", hourOf, `hour(2024-03-31T01:30:00Z)`, `1`, `hour(2024-03-31T01:30:00Z, "Europe/Zurich")`, `3`, `hour(1969-12-31T23:00:00Z)`, `23`),
		part("minute", "The minute of the hour, from 0 to 59.", minuteOf, `minute(2024-03-01T10:59:59Z)`, `59`, `minute(2024-03-01T10:00:00Z, "Asia/Kathmandu")`, `45`),
		part("second", "The second of the minute, from 0 to 59.", secondOf, `second(2024-03-01T10:11:12.9Z)`, `12`, `second(1969-12-31T23:59:58Z)`, `58`),
		{
			Name: "is_weekend",
			Doc:  "Whether it is Saturday or Sunday.",
			Sig:  takes(types.TBool, ts, zone), Bind: localTest(func(local int64) bool { return dayOfWeek(local) > 5 }), Test: true, Cost: 6,
			Examples: examples(`is_weekend(2024-03-02T00:00:00Z)`, `true`, `is_weekend(2024-03-03T23:30:00Z, "Europe/Zurich")`, `false`, `is_weekend(null)`, `false`),
		}, {
			Name: "in_hours",
			Doc:  "Whether the time of day is in a range, from its start to just before its end. A range whose start is after its end goes over midnight.",
			Sig:  takes(types.TBool, ts, fixed(text("range")), zone), Bind: inHours, Test: true, Cost: 6,
			Examples: examples(`in_hours(2024-03-01T17:59:59Z, "08:00-18:00")`, `true`, `in_hours(2024-03-01T18:00:00Z, "08:00-18:00")`, `false`, `in_hours(2024-03-01T03:00:00Z, "22:00-06:00")`, `true`,
				`in_hours(2024-07-01T05:00:00Z, "07:00-24:00", "Europe/Zurich")`, `true`, `in_hours(null, "00:00-24:00")`, `false`),
		}, {
			Name: "date",
			Doc:  "The date as text: 2024-03-01.",
			Sig:  takes(types.TString, ts, zone), Bind: date, Cost: 60,
			Examples: examples(`date(2024-03-01T12:00:00Z)`, `"2024-03-01"`, `date(2024-12-31T23:30:00Z, "Europe/Zurich")`, `"2025-01-01"`, `date(null)`, `null`),
		}, {
			Name: "truncate",
			Doc:  "The start of the second, minute, hour, day, week (from Monday), month or year, as the zone's clock has it.",
			Sig:  takes(types.TTimestamp, ts, fixed(text("unit")), zone), Bind: truncate, Cost: 15,
			Examples: examples(`truncate(2024-03-05T10:11:12Z, "hour")`, `2024-03-05T10:00:00Z`, `truncate(2024-03-31T21:00:00Z, "day", "Europe/Zurich")`, `2024-03-30T23:00:00Z`, `truncate(2024-03-03T10:00:00Z, "week")`, `2024-02-26T00:00:00Z`, `truncate(null, "day")`, `null`),
		}, {
			Name: "format_time",
			Doc:  "The time as text. The layout is that of strftime: %Y %m %d %H %M %S, %f microseconds, %z offset, %a %A day, %b %B month, %j day of the year, %V ISO week, %F date, %T time, %s seconds since 1970, %% and others.",
			Sig:  takes(types.TString, ts, layout, zone), Bind: formatTime, Cost: 150,
			Examples: examples(`format_time(2024-03-01T08:05:09Z, "%d.%m.%Y %H:%M")`, `"01.03.2024 08:05"`, `format_time(2024-03-31T01:30:00Z, "%a %I%p %z", "Europe/Zurich")`, `"Sun 03AM +0200"`, `format_time(2024-03-01T00:00:00Z, "é%%")`, `"é%"`),
		}, {
			Name: "parse_time",
			Doc:  "The time that a text is in a layout of format_time. What the layout leaves out is 1970-01-01T00:00:00; without an offset in the text it is the zone's time. Missing where the text does not fit.",
			Sig:  takes(types.TTimestamp, text("s"), layout, zone), Bind: parseTime, Cost: 200,
			Examples: examples(`parse_time("01/Mar/2024:08:05:09 +0100", "%d/%b/%Y:%H:%M:%S %z")`, `2024-03-01T07:05:09Z`, `parse_time("1.7.2024 12:00", "%d.%m.%Y %H:%M", "Europe/Zurich")`, `2024-07-01T10:00:00Z`, `parse_time("2024-02-30", "%F")`, `null`, `parse_time("", "%F")`, `null`),
		}, {
			Name: "timestamp",
			Doc:  "The time that a text is in ISO 8601 or RFC 1123, or as access logs write it. Without an offset it is UTC. Missing where it is none of these; parse_time reads any layout.",
			Sig:  takes(types.TTimestamp, text("s")), Bind: kernel(func() vec.Kernel { return vec.TextNumber(types.Timestamp, timestamp) }), Cost: 200,
			Examples: examples(`timestamp("2024-03-01T08:00:00+01:00")`, `2024-03-01T07:00:00Z`, `timestamp("2024-03-01 08:00:00.25")`, `2024-03-01T08:00:00.25Z`, `timestamp("2024-03-01")`, `2024-03-01T00:00:00Z`, `timestamp("17/May/2015:10:05:03 +0000")`, `2015-05-17T10:05:03Z`, `timestamp("soon")`, `null`, `timestamp("")`, `null`),
		}, {
			Name: "epoch",
			Doc:  "The whole seconds since 1970-01-01T00:00:00Z, rounded down.",
			Sig:  takes(types.TInt, ts), Bind: kernel(func() vec.Kernel {
				return vec.IntMap(types.Int, func(t int64) int64 { return vec.FloorDiv(t, vec.MicrosPerSecond) })
			}), Cost: 2,
			Examples: examples(`epoch(2024-03-01T00:00:00Z)`, `1709251200`, `epoch(1969-12-31T23:59:59.5Z)`, `-1`, `epoch(null)`, `null`),
		}, {
			Name: "from_epoch",
			Doc:  "The time so many seconds after 1970-01-01T00:00:00Z, to the microsecond.",
			Sig:  takes(types.TTimestamp, param("seconds", types.TNumber)), Bind: kernel(func() vec.Kernel { return secondsTo(types.Timestamp) }), Cost: 3,
			Examples: examples(`from_epoch(1709251200)`, `2024-03-01T00:00:00Z`, `from_epoch(1709251200.25)`, `2024-03-01T00:00:00.25Z`, `from_epoch(1e18)`, `null`),
		}, {
			Name: "age",
			Doc:  "How much later a is than b.",
			Sig:  takes(types.TDuration, param("a", types.TTimestamp), param("b", types.TTimestamp)), Bind: kernel(age), Cost: 2,
			Examples: examples(`age(2024-03-01T01:00:00Z, 2024-03-01T00:30:00Z)`, `30m`, `age(2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z)`, `-1d`, `age(2024-03-01T00:00:00Z, null)`, `null`),
		}, {
			Name: "seconds",
			Doc:  "A duration as a number of seconds.",
			Sig:  takes(types.TFloat, param("d", types.TDuration)), Bind: kernel(seconds), Cost: 2,
			Examples: examples(`seconds(1h30m)`, `5400.0`, `seconds(500ms)`, `0.5`, `seconds(null)`, `null`),
		}, {
			Name: "duration",
			Doc:  "A number of seconds as a duration, to the microsecond.",
			Sig:  takes(types.TDuration, param("seconds", types.TNumber)), Bind: kernel(func() vec.Kernel { return secondsTo(types.Duration) }), Cost: 3,
			Examples: examples(`duration(90)`, `1m30s`, `duration(-0.5)`, `-500ms`, `duration(1e30)`, `null`),
		},
	}
}

// zoneOf is the zone that argument i gives, UTC if there is none.
func zoneOf(consts []any, i int) (*vec.Zone, error) {
	if i >= len(consts) {
		return vec.NewZone("")
	}
	name, ok := consts[i].(string)
	if !ok {
		return nil, fmt.Errorf("a time zone is a name in quotes, such as \"Europe/Zurich\"")
	}
	return vec.NewZone(name)
}

// localInt binds a function of the local time in microseconds to an Int.
func localInt(f func(local int64) int64) binder {
	return func(consts []any) (vec.Kernel, error) {
		z, err := zoneOf(consts, 1)
		if err != nil {
			return nil, err
		}
		return only(0, vec.IntMap(types.Int, func(t int64) int64 { return f(z.Local(t)) })), nil
	}
}

// localTest binds a test of the local time in microseconds.
func localTest(test func(local int64) bool) binder {
	return func(consts []any) (vec.Kernel, error) {
		z, err := zoneOf(consts, 1)
		if err != nil {
			return nil, err
		}
		return timeTest(z, test), nil
	}
}

func timeTest(z *vec.Zone, test func(local int64) bool) vec.Kernel {
	return only(0, vec.BoolRows(func(args []*vec.Vec) func(int) bool {
		ts := args[0].I64
		return func(i int) bool { return test(z.Local(ts[i])) }
	}))
}

func dayOf(local int64) int64 { return vec.FloorDiv(local, vec.MicrosPerDay) }

func yearOf(local int64) int64 {
	y, _, _ := vec.Civil(dayOf(local))
	return y
}

func monthOf(local int64) int64 {
	_, m, _ := vec.Civil(dayOf(local))
	return m
}

func dayOfMonth(local int64) int64 {
	_, _, d := vec.Civil(dayOf(local))
	return d
}

func dayOfYear(local int64) int64 {
	days := dayOf(local)
	y, _, _ := vec.Civil(days)
	return days - vec.Days(y, 1, 1) + 1
}

func dayOfWeek(local int64) int64 { return vec.Weekday(dayOf(local)) }

// isoWeek counts the Thursdays of the year up to that of the week.
func isoWeek(local int64) int64 {
	days := dayOf(local)
	thursday := days - vec.Weekday(days) + 4
	y, _, _ := vec.Civil(thursday)
	return (thursday-vec.Days(y, 1, 1))/7 + 1
}

// timeOfDay is the microseconds since local midnight.
func timeOfDay(local int64) int64 { return local - dayOf(local)*vec.MicrosPerDay }

func hourOf(local int64) int64   { return timeOfDay(local) / vec.MicrosPerHour }
func minuteOf(local int64) int64 { return timeOfDay(local) / vec.MicrosPerMinute % 60 }
func secondOf(local int64) int64 { return timeOfDay(local) / vec.MicrosPerSecond % 60 }

func inHours(consts []any) (vec.Kernel, error) {
	z, err := zoneOf(consts, 2)
	if err != nil {
		return nil, err
	}
	hours, _ := consts[1].(string)
	from, to, ok := strings.Cut(hours, "-")
	start, ok1 := clockTime(from)
	end, ok2 := clockTime(to)
	if !ok || !ok1 || !ok2 || start == end {
		return nil, fmt.Errorf("%q is not a range of hours: write \"08:00-18:00\", or \"22:00-06:00\" to go over midnight", hours)
	}
	return timeTest(z, func(local int64) bool {
		t := timeOfDay(local)
		if start < end {
			return start <= t && t < end
		}
		return start <= t || t < end
	}), nil
}

// clockTime reads 08:00, from 00:00 to 24:00, in microseconds.
func clockTime(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if s == "24:00" {
		return vec.MicrosPerDay, true
	}
	t, err := time.Parse("15:04", s)
	return int64(t.Hour())*vec.MicrosPerHour + int64(t.Minute())*vec.MicrosPerMinute, err == nil && len(s) == len("08:00")
}

func truncate(consts []any) (vec.Kernel, error) {
	z, err := zoneOf(consts, 2)
	if err != nil {
		return nil, err
	}
	unit, _ := consts[1].(string)
	start := z.Truncate(unit)
	if start == nil {
		return nil, fmt.Errorf("%q is not a unit: second, minute, hour, day, week, month or year", unit)
	}
	return only(0, vec.IntMap(types.Timestamp, start)), nil
}

// timestampLayouts are the forms of timestamp, in the words of package time; a
// fraction may follow the seconds in each.
var timestampLayouts = []string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05Z07",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02",
	"20060102T150405Z07:00",
	"02/Jan/2006:15:04:05 -0700",
	"Mon, 02 Jan 2006 15:04:05 GMT",
	"Mon, 02 Jan 2006 15:04:05 -0700",
}

func timestamp(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 64 {
		return 0, false
	}
	if len(s) > 10 && s[4] == '-' {
		b := []byte(s)
		if b[10] == ' ' || b[10] == 't' {
			b[10] = 'T'
		}
		s = strings.TrimSuffix(strings.Replace(string(b), " UTC", "Z", 1), " ")
		s = strings.Replace(s, " ", "", 1) // before an offset
	}
	for _, layout := range timestampLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMicro(), true
		}
	}
	return 0, false
}

// secondsTo makes timestamps or durations of seconds.
func secondsTo(kind types.Kind) vec.Kernel {
	return vec.NumberRows(kind, func(args []*vec.Vec) func(int) (int64, bool) {
		if v := args[0]; v.Kind == types.Int {
			return func(i int) (int64, bool) {
				us := v.I64[i] * vec.MicrosPerSecond
				return us, us/vec.MicrosPerSecond == v.I64[i]
			}
		}
		x := args[0].F64
		return func(i int) (int64, bool) {
			us := math.Round(x[i] * vec.MicrosPerSecond)
			return int64(us), math.Abs(us) < 1<<63
		}
	})
}

func age() vec.Kernel {
	return vec.NumberRows(types.Duration, func(args []*vec.Vec) func(int) (int64, bool) {
		a, b := args[0].I64, args[1].I64
		return func(i int) (int64, bool) {
			d := a[i] - b[i]
			return d, (d < a[i]) == (b[i] > 0)
		}
	})
}

func seconds() vec.Kernel {
	return vec.NumberRows(types.Float, func(args []*vec.Vec) func(int) (float64, bool) {
		d := args[0].I64
		return func(i int) (float64, bool) { return float64(d[i]) / vec.MicrosPerSecond, true }
	})
}
