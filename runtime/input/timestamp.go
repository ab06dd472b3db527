package input

import (
	"bytes"
	"time"
)

// toTimestamp gives microseconds since the Unix epoch, rounded down. It reads
//
//	2024-03-01T10:00:00.123Z        RFC 3339; any fraction and offset
//	2024-03-01 10:00:00.123         a space for T, a slash for -; no zone is UTC
//	2024-03-01T10:00, 2024-03-01    without seconds, without a time of day
//	17/May/2015:10:05:03 +0000      access logs
//	Fri, 01 Mar 2024 10:00:00 GMT   RFC 1123, RFC 850 and the C library's form
//	Mar  1 2024 10:00:00            syslog with a year
//	1709287200, "1709287200.5"      since the epoch, in s, ms, µs or ns by size
//	131883575587910000              FILETIME of Windows, 100 ns since 1601
//
// A date without a year has no reading, and of zone names only UTC and GMT have
// one: others are ambiguous.
func toTimestamp(v value) (int64, outcome) {
	switch v.form {
	case absent:
		return 0, missing
	case number:
		us, ok := epoch(v.text)
		return us, fitsIf(ok)
	case plain, loose:
		t := bytes.TrimSpace(v.text)
		if len(t) == 0 {
			return 0, missing
		}
		us, ok := parseTime(t)
		return us, fitsIf(ok)
	}
	return 0, unfit
}

func parseTime(t []byte) (us int64, ok bool) {
	if us, ok = isoTime(t); ok {
		return us, true
	}
	if us, ok = accessTime(t); ok {
		return us, true
	}
	if us, ok = epoch(t); ok {
		return us, true
	}
	for _, layout := range layouts {
		u, err := time.ParseInLocation(layout, string(t), time.UTC)
		if err != nil {
			continue
		}
		// A zone name that Go does not know gets the offset 0: only a name that
		// means 0 is right.
		if name, offset := u.Zone(); offset == 0 && name != "" && name != "UTC" && name != "GMT" {
			return 0, false
		}
		return u.UnixMicro(), true
	}
	return 0, false
}

// layouts are the forms that are rare enough for package time.
var layouts = []string{
	time.RFC1123Z,
	time.RFC1123,
	time.RFC850,
	time.UnixDate,
	time.ANSIC,
	"Jan _2 2006 15:04:05.999999999",
	"Jan _2 2006 15:04:05.999999999 MST",
	"Jan _2 2006 15:04:05.999999999 -0700",
}

// The sizes below which a count since the epoch is in seconds (to the year
// 5138), in milliseconds (likewise) and in microseconds; above, nanoseconds. The
// FILETIMEs of 1970 to 2108 lie where nanoseconds would mean 1973 to 1975, of
// which nobody has events.
const (
	epochSeconds = 100_000_000_000
	epochMillis  = epochSeconds * 1000
	epochMicros  = epochMillis * 1000

	fileTime1970 = 116_444_736_000_000_000
	fileTime2108 = 160_000_000_000_000_000
)

func epoch(t []byte) (us int64, ok bool) {
	d, ok := parseDecimal(t)
	if !ok {
		return 0, false
	}
	n, _, ok := d.scaled(0)
	if !ok {
		return 0, false
	}
	size := n
	if n < 0 {
		size = -(n + 1)
	}
	switch {
	case size < epochSeconds:
		us, _, ok = d.scaled(6)
	case size < epochMillis:
		us, _, ok = d.scaled(3)
	case size < epochMicros:
		us, _, ok = d.scaled(0)
	case n >= fileTime1970 && n < fileTime2108:
		us = (n - fileTime1970) / 10
	default:
		us, _, ok = d.scaled(-3)
	}
	return us, ok
}

// isoTime reads the forms that begin with year, month, day.
func isoTime(t []byte) (us int64, ok bool) {
	if len(t) < len("2006-01-02") || t[4] != t[7] || t[4] != '-' && t[4] != '/' {
		return 0, false
	}
	year, month, day := pair(t[0:])*100+pair(t[2:]), pair(t[5:]), pair(t[8:])
	days, ok := daysSince1970(year, month, day)
	if !ok || pair(t[0:]) < 0 || pair(t[2:]) < 0 {
		return 0, false
	}
	if len(t) == len("2006-01-02") {
		return int64(days) * microsPerDay, true
	}
	if c := t[10]; c != 'T' && c != 't' && c != ' ' {
		return 0, false
	}
	return timeOfDay(days, t[11:])
}

// accessTime reads 17/May/2015:10:05:03 +0000.
func accessTime(t []byte) (us int64, ok bool) {
	if len(t) < len("02/Jan/2006:15:04:05") || t[2] != '/' || t[6] != '/' || t[11] != ':' {
		return 0, false
	}
	year := pair(t[7:])*100 + pair(t[9:])
	days, ok := daysSince1970(year, monthNamed(t[3:6]), pair(t[0:]))
	if !ok || pair(t[7:]) < 0 || pair(t[9:]) < 0 {
		return 0, false
	}
	return timeOfDay(days, t[12:])
}

const microsPerDay = 86_400_000_000

// timeOfDay reads 15:04[:05[.999…]] and a zone: nothing, Z, UTC, GMT, ±07,
// ±07:00 or ±0700, after an optional space. A leap second is the second after.
func timeOfDay(days int, t []byte) (us int64, ok bool) {
	if len(t) < len("15:04") || t[2] != ':' {
		return 0, false
	}
	hour, minute, second := pair(t), pair(t[3:]), 0
	t = t[5:]
	if len(t) >= 3 && t[0] == ':' {
		second = pair(t[1:])
		t = t[3:]
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return 0, false
	}
	us = int64(days)*microsPerDay + int64(hour*3600+minute*60+second)*1_000_000
	if len(t) > 1 && (t[0] == '.' || t[0] == ',') {
		t = t[1:]
		i, unit := 0, int64(100_000)
		for ; i < len(t) && t[i]-'0' <= 9; i++ {
			us += int64(t[i]-'0') * unit
			unit /= 10
		}
		if i == 0 {
			return 0, false
		}
		t = t[i:]
	}
	offset, ok := zone(t)
	return us - int64(offset)*60_000_000, ok
}

// zone is an offset in minutes east of UTC.
func zone(t []byte) (minutes int, ok bool) {
	if len(t) == 1 && t[0]|0x20 == 'z' {
		return 0, true
	}
	if len(t) > 0 && t[0] == ' ' {
		t = t[1:]
	}
	switch string(t) {
	case "", "Z", "UTC", "GMT":
		return 0, true
	}
	sign := 1
	switch t[0] {
	case '+':
	case '-':
		sign = -1
	default:
		return 0, false
	}
	var h, m int
	switch t = t[1:]; {
	case len(t) == 2:
		h = pair(t)
	case len(t) == 4:
		h, m = pair(t), pair(t[2:])
	case len(t) == 5 && t[2] == ':':
		h, m = pair(t), pair(t[3:])
	default:
		return 0, false
	}
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	return sign * (h*60 + m), true
}

// pair is the number that two digits mean, or a number below -100.
func pair(t []byte) int {
	a, b := t[0]-'0', t[1]-'0'
	if a > 9 || b > 9 {
		return -1000
	}
	return int(a)*10 + int(b)
}

func monthNamed(t []byte) int {
	for i := range monthNames {
		if string(t) == monthNames[i] {
			return i + 1
		}
	}
	return -1
}

var monthNames = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// daysSince1970 counts days of the Gregorian calendar, in eras of 400 years that
// begin in March, so that the leap day is the last of its year (Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
func daysSince1970(year, month, day int) (days int, ok bool) {
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || year < 0 {
		return 0, false
	}
	if month <= 2 {
		year--
		month += 12
	}
	era := (year + 400) / 400 // one too many, so that year 0 is not negative
	yearOfEra := year + 400 - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return (era-1)*146_097 + dayOfEra - 719_468, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
