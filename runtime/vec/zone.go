package vec

import (
	"fmt"
	"math"
	"strings"
	"time"
	_ "time/tzdata" // zones are the same on a host without a zone database
)

// Calendar arithmetic is in microseconds since the epoch, and in local time as
// the microseconds that the wall clock would show if it were UTC.
const (
	MicrosPerSecond = 1_000_000
	MicrosPerMinute = 60 * MicrosPerSecond
	MicrosPerHour   = 60 * MicrosPerMinute
	MicrosPerDay    = 24 * MicrosPerHour
)

// Zone tells the local time of instants. It remembers the span between two
// changes of the clock that it last looked at, so a column in rough time order
// costs an addition a row. It is not safe for concurrent use.
type Zone struct {
	loc        *time.Location
	start, end int64 // the remembered span, [start, end)
	offset     int64 // local time less UTC in the span
}

// NewZone makes a Zone from a name of the IANA database ("Europe/Zurich"), "UTC"
// or "" for UTC, or a fixed offset ("+02:00"). The zone of the host ("Local") is
// refused: a rule must mean the same everywhere.
func NewZone(name string) (*Zone, error) {
	if name == "" || name == "UTC" {
		return &Zone{loc: time.UTC, start: math.MinInt64, end: math.MaxInt64}, nil
	}
	if fixed, err := time.Parse("-07:00", name); err == nil {
		_, seconds := fixed.Zone()
		return &Zone{
			loc:   time.FixedZone(name, seconds),
			start: math.MinInt64, end: math.MaxInt64,
			offset: int64(seconds) * MicrosPerSecond,
		}, nil
	}
	if loc, err := time.LoadLocation(name); err == nil && !strings.EqualFold(name, "local") {
		return &Zone{loc: loc}, nil
	}
	return nil, fmt.Errorf("no time zone is called %q: write a name such as \"Europe/Zurich\", \"UTC\" or an offset such as \"+02:00\"", name)
}

// Local is the local time of an instant.
func (z *Zone) Local(t int64) int64 {
	if t < z.start || t >= z.end {
		z.find(t)
	}
	return t + z.offset
}

// find makes the zone remember the span that t is in.
func (z *Zone) find(t int64) {
	u := time.UnixMicro(t).In(z.loc)
	_, seconds := u.Zone()
	z.offset = int64(seconds) * MicrosPerSecond
	from, to := u.ZoneBounds()
	z.start, z.end = math.MinInt64, math.MaxInt64
	if !from.IsZero() {
		z.start = from.UnixMicro()
	}
	if !to.IsZero() {
		z.end = to.UnixMicro()
	}
}

// First is the first instant at which the clock shows a local time. Where the
// clock is set forward over that time, it is the instant of the change.
func (z *Zone) First(local int64) int64 {
	// No zone has two changes within the two days around a time.
	before := z.Local(local-MicrosPerDay) - (local - MicrosPerDay)
	after := z.Local(local+MicrosPerDay) - (local + MicrosPerDay)
	if t := local - before; before == after || z.Local(t) == local {
		return t
	}
	t := local - after
	if z.Local(t) == local {
		return t
	}
	z.Local(local - before) // inside the span that begins with the change
	return z.start
}

// Abbreviation is the zone's short name at an instant: CET, +03.
func (z *Zone) Abbreviation(t int64) string {
	name, _ := time.UnixMicro(t).In(z.loc).Zone()
	return name
}

// FloorDiv is a/b rounded down, for b > 0.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Civil is the date in the Gregorian calendar of a day since 1970-01-01. It
// counts in eras of 400 years that begin in March, so that the leap day is the
// last of its year (Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms").
func Civil(days int64) (year, month, day int64) {
	days += 719_468 // since 0000-03-01
	era := FloorDiv(days, 146_097)
	dayOfEra := days - era*146_097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36_524 - dayOfEra/146_096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	marchMonth := (5*dayOfYear + 2) / 153
	day = dayOfYear - (153*marchMonth+2)/5 + 1
	year, month = era*400+yearOfEra, marchMonth+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// Days is the inverse of Civil. A day past the end of its month runs into the
// next.
func Days(year, month, day int64) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	era := FloorDiv(year, 400)
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	return era*146_097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719_468
}

// Weekday is the day of the week of a day since 1970-01-01: Monday is 1, Sunday 7.
func Weekday(days int64) int64 {
	n := days + 3 // 1970-01-01 was a Thursday
	return n - FloorDiv(n, 7)*7 + 1
}

// truncations are the units of Truncate in local time, from small to large.
var truncations = map[string]func(local int64) int64{
	"second": toMultiple(MicrosPerSecond),
	"minute": toMultiple(MicrosPerMinute),
	"hour":   toMultiple(MicrosPerHour),
	"day":    toMultiple(MicrosPerDay),
	"week": func(local int64) int64 {
		days := FloorDiv(local, MicrosPerDay)
		return (days - Weekday(days) + 1) * MicrosPerDay
	},
	"month": func(local int64) int64 {
		y, m, _ := Civil(FloorDiv(local, MicrosPerDay))
		return Days(y, m, 1) * MicrosPerDay
	},
	"year": func(local int64) int64 {
		y, _, _ := Civil(FloorDiv(local, MicrosPerDay))
		return Days(y, 1, 1) * MicrosPerDay
	},
}

func toMultiple(size int64) func(int64) int64 {
	return func(x int64) int64 { return FloorDiv(x, size) * size }
}

// Truncate gives a function that finds the start of the calendar unit that an
// instant is in: second, minute, hour, day, week (Monday), month or year of the
// zone's clock; nil for another unit. A day and what is longer starts at the
// first instant of its first day, also where that is not midnight. An hour that
// comes twice, when clocks go back, is two hours; one that a change of the clock
// cuts in two starts anew at the change.
func (z *Zone) Truncate(unit string) func(t int64) int64 {
	floor := truncations[unit]
	switch unit {
	case "second", "minute", "hour":
		return func(t int64) int64 {
			local := z.Local(t)
			return max(t-(local-floor(local)), z.start)
		}
	}
	if floor == nil {
		return nil
	}
	return func(t int64) int64 { return z.First(floor(z.Local(t))) }
}
