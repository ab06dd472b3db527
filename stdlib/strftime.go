package stdlib

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// directive is one %x of a layout: how it prints a moment, and how it is read from
// the start of a text; a directive without read can only be printed.
type directive struct {
	print func(dst []byte, m moment) []byte
	read  func(s string, r *reading) (rest string, ok bool)
}

// moment is an instant with its reading of the clock, in microseconds.
type moment struct {
	zone             *vec.Zone
	at, local        int64
	year, month, day int64
}

// reading collects what directives read.
type reading struct {
	year, month, day, dayOfYear          int64
	hour, minute, second, micros, offset int64
	hasOffset, afternoon, twelve         bool
	instant                              int64 // of %s
	hasInstant                           bool
}

var (
	dayNames   = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
)

// directives are those of strftime (POSIX) that mean the same everywhere, with %f
// for microseconds as Python has it. Names are English.
func directives() map[byte]directive {
	return map[byte]directive{
		'Y': number(4, func(m moment) int64 { return m.year }, func(r *reading) *int64 { return &r.year }),
		'm': number(2, func(m moment) int64 { return m.month }, func(r *reading) *int64 { return &r.month }),
		'd': number(2, func(m moment) int64 { return m.day }, func(r *reading) *int64 { return &r.day }),
		'H': number(2, func(m moment) int64 { return hourOf(m.local) }, func(r *reading) *int64 { return &r.hour }),
		'M': number(2, func(m moment) int64 { return minuteOf(m.local) }, func(r *reading) *int64 { return &r.minute }),
		'S': number(2, func(m moment) int64 { return secondOf(m.local) }, func(r *reading) *int64 { return &r.second }),
		'j': number(3, func(m moment) int64 { return dayOfYear(m.local) }, func(r *reading) *int64 { return &r.dayOfYear }),
		'u': number(1, func(m moment) int64 { return dayOfWeek(m.local) }, nil),
		'V': number(2, func(m moment) int64 { return isoWeek(m.local) }, nil),
		'I': {
			func(dst []byte, m moment) []byte { return pad(dst, (hourOf(m.local)+11)%12+1, 2) },
			func(s string, r *reading) (string, bool) {
				rest, ok := readInt(s, 2, &r.hour)
				r.twelve = true
				return rest, ok && r.hour >= 1 && r.hour <= 12
			},
		},
		'y': {
			func(dst []byte, m moment) []byte { return pad(dst, (m.year%100+100)%100, 2) },
			func(s string, r *reading) (string, bool) {
				rest, ok := readInt(s, 2, &r.year)
				if r.year += 1900; r.year < 1969 { // as POSIX has it
					r.year += 100
				}
				return rest, ok
			},
		},
		'f': {
			func(dst []byte, m moment) []byte { return pad(dst, timeOfDay(m.local)%vec.MicrosPerSecond, 6) },
			readFraction,
		},
		'p': {
			func(dst []byte, m moment) []byte {
				if hourOf(m.local) < 12 {
					return append(dst, "AM"...)
				}
				return append(dst, "PM"...)
			},
			func(s string, r *reading) (string, bool) {
				i, rest, ok := readName(s, []string{"AM", "PM"}, 2)
				r.afternoon = i == 1
				return rest, ok
			},
		},
		'a': name(3, dayNames, func(m moment) int64 { return dayOfWeek(m.local) }, nil),
		'A': name(0, dayNames, func(m moment) int64 { return dayOfWeek(m.local) }, nil),
		'b': name(3, monthNames, func(m moment) int64 { return m.month }, func(r *reading) *int64 { return &r.month }),
		'B': name(0, monthNames, func(m moment) int64 { return m.month }, func(r *reading) *int64 { return &r.month }),
		'z': {
			func(dst []byte, m moment) []byte {
				minutes := (m.local - m.at) / vec.MicrosPerMinute
				sign := byte('+')
				if minutes < 0 {
					sign, minutes = '-', -minutes
				}
				return pad(pad(append(dst, sign), minutes/60, 2), minutes%60, 2)
			},
			readOffset,
		},
		'Z': {func(dst []byte, m moment) []byte { return append(dst, m.zone.Abbreviation(m.at)...) }, nil},
		's': {
			func(dst []byte, m moment) []byte {
				return strconv.AppendInt(dst, vec.FloorDiv(m.at, vec.MicrosPerSecond), 10)
			},
			func(s string, r *reading) (string, bool) {
				digits, negative := strings.CutPrefix(s, "-")
				rest, ok := readInt(digits, 12, &r.instant)
				if negative {
					r.instant = -r.instant
				}
				r.hasInstant = true
				return rest, ok
			},
		},
	}
}

// shorthands are directives that stand for several.
var shorthands = map[byte]string{'F': "%Y-%m-%d", 'T': "%H:%M:%S", 'R': "%H:%M", 'D': "%m/%d/%y", 'h': "%b", 'n': "\n", 't': "\t", '%': "%%"}

// number is a directive for a number of so many digits; read takes fewer, too.
func number(width int, of func(m moment) int64, into func(r *reading) *int64) directive {
	d := directive{print: func(dst []byte, m moment) []byte { return pad(dst, of(m), width) }}
	if into != nil {
		d.read = func(s string, r *reading) (string, bool) { return readInt(s, width, into(r)) }
	}
	return d
}

// name is a directive for a name, or for its first letters.
func name(letters int, names []string, of func(m moment) int64, into func(r *reading) *int64) directive {
	return directive{
		func(dst []byte, m moment) []byte {
			s := names[of(m)-1]
			if letters > 0 {
				s = s[:letters]
			}
			return append(dst, s...)
		},
		func(s string, r *reading) (string, bool) {
			i, rest, ok := readName(s, names, letters)
			if into != nil {
				*into(r) = int64(i + 1)
			}
			return rest, ok
		},
	}
}

func pad(dst []byte, n int64, width int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	s := strconv.AppendInt(nil, n, 10)
	for range width - len(s) {
		dst = append(dst, '0')
	}
	return append(dst, s...)
}

// readInt reads up to width digits, at least one.
func readInt(s string, width int, x *int64) (rest string, ok bool) {
	i := 0
	for *x = 0; i < min(width, len(s)) && s[i]-'0' <= 9; i++ {
		*x = *x*10 + int64(s[i]-'0')
	}
	return s[i:], i > 0
}

// readFraction reads the digits of a fraction of a second, up to nine.
func readFraction(s string, r *reading) (rest string, ok bool) {
	i, unit := 0, int64(vec.MicrosPerSecond)
	for r.micros = 0; i < min(9, len(s)) && s[i]-'0' <= 9; i++ {
		unit /= 10
		r.micros += int64(s[i]-'0') * unit
	}
	return s[i:], i > 0
}

// readName reads a name, or its first letters, without regard to case.
func readName(s string, names []string, letters int) (i int, rest string, ok bool) {
	for i, n := range names {
		if letters > 0 {
			n = n[:letters]
		}
		if len(s) >= len(n) && strings.EqualFold(s[:len(n)], n) {
			return i, s[len(n):], true
		}
	}
	return 0, s, false
}

// readOffset reads Z, +01, +0100 or +01:00.
func readOffset(s string, r *reading) (rest string, ok bool) {
	r.hasOffset = true
	if s == "" {
		return s, false
	}
	sign := int64(1)
	switch s[0] {
	case 'Z', 'z':
		return s[1:], true
	case '-':
		sign = -1
	case '+':
	default:
		return s, false
	}
	var hours, minutes int64
	rest, ok = readInt(s[1:], 2, &hours)
	if !ok || len(s)-len(rest) != 3 {
		return rest, false
	}
	if more, found := readInt(strings.TrimPrefix(rest, ":"), 2, &minutes); found {
		rest = more
	}
	r.offset = sign * (hours*vec.MicrosPerHour + minutes*vec.MicrosPerMinute)
	return rest, hours < 24 && minutes < 60
}

// layoutPart is a directive, or text that stands for itself.
type layoutPart struct {
	directive
	literal string
}

// parseLayout cuts a layout into its parts.
func parseLayout(layout string, toRead bool) ([]layoutPart, error) {
	known := directives()
	var all []layoutPart
	for rest := layout; rest != ""; {
		i := strings.IndexByte(rest, '%')
		if i != 0 {
			if i < 0 {
				i = len(rest)
			}
			all = append(all, layoutPart{literal: rest[:i]})
			rest = rest[i:]
			continue
		}
		if len(rest) < 2 {
			return nil, fmt.Errorf("the layout %q ends in %%: write %%%% for a percent sign", layout)
		}
		c := rest[1]
		rest = rest[2:]
		if short, ok := shorthands[c]; ok {
			if len(short) == 2 && short[1] == '%' || short[0] != '%' {
				all = append(all, layoutPart{literal: short[:1]})
			} else {
				rest = short + rest
			}
			continue
		}
		d, ok := known[c]
		if !ok {
			return nil, fmt.Errorf("the layout %q has %%%c, which is not known: use %%Y %%m %%d %%H %%M %%S %%f %%z", layout, c)
		}
		if toRead && d.read == nil {
			return nil, fmt.Errorf("the layout %q has %%%c, which can be printed but not read", layout, c)
		}
		all = append(all, layoutPart{directive: d})
	}
	return all, nil
}

// layoutOf parses the layout and the zone that Bind is given as arguments 1 and 2.
func layoutOf(consts []any, toRead bool) ([]layoutPart, *vec.Zone, error) {
	layout, _ := consts[1].(string)
	parts, err := parseLayout(layout, toRead)
	if err != nil {
		return nil, nil, err
	}
	z, err := zoneOf(consts, 2)
	return parts, z, err
}

func formatTime(consts []any) (vec.Kernel, error) {
	parts, z, err := layoutOf(consts, false)
	if err != nil {
		return nil, err
	}
	return formatter(parts, z), nil
}

func date(consts []any) (vec.Kernel, error) {
	z, err := zoneOf(consts, 1)
	if err != nil {
		return nil, err
	}
	parts, err := parseLayout("%F", false)
	return formatter(parts, z), err
}

func formatter(parts []layoutPart, z *vec.Zone) vec.Kernel {
	return only(0, vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
		ts := args[0].I64
		var buf []byte
		return func(i int) (string, bool) {
			m := momentOf(ts[i], z)
			buf = buf[:0]
			for _, e := range parts {
				buf = append(buf, e.literal...)
				if e.print != nil {
					buf = e.print(buf, m)
				}
			}
			return string(buf), len(buf) <= MaxText
		}
	}))
}

func momentOf(at int64, z *vec.Zone) moment {
	m := moment{zone: z, at: at, local: z.Local(at)}
	m.year, m.month, m.day = vec.Civil(dayOf(m.local))
	return m
}

func parseTime(consts []any) (vec.Kernel, error) {
	parts, z, err := layoutOf(consts, true)
	if err != nil {
		return nil, err
	}
	return vec.TextNumber(types.Timestamp, func(s string) (int64, bool) {
		r := reading{year: 1970, month: 1, day: 1}
		for _, e := range parts {
			ok := false
			if e.read != nil {
				s, ok = e.read(s, &r)
			} else {
				s, ok = strings.CutPrefix(s, e.literal)
			}
			if !ok {
				return 0, false
			}
		}
		t, ok := r.time(z)
		return t, ok && s == ""
	}), nil
}

// time is the instant that was read.
func (r *reading) time(z *vec.Zone) (int64, bool) {
	if r.hasInstant {
		return r.instant*vec.MicrosPerSecond + r.micros, true
	}
	if r.twelve {
		r.hour %= 12
		if r.afternoon {
			r.hour += 12
		}
	}
	days := vec.Days(r.year, r.month, r.day)
	if r.dayOfYear > 0 {
		days = vec.Days(r.year, 1, 1) + r.dayOfYear - 1
		_, r.month, r.day = vec.Civil(days)
	}
	if y, m, d := vec.Civil(days); y != r.year || m != r.month || d != r.day {
		return 0, false // 30 February
	}
	if r.hour > 23 || r.minute > 59 || r.second > 59 {
		return 0, false
	}
	local := days*vec.MicrosPerDay + r.hour*vec.MicrosPerHour + r.minute*vec.MicrosPerMinute + r.second*vec.MicrosPerSecond + r.micros
	if r.hasOffset {
		return local - r.offset, true
	}
	return z.First(local), true
}
