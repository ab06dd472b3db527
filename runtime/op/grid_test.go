package op

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// Panes on the days on which clocks change. Wanted are the starts of the panes that
// begin on a day, by the clock there and in UTC.
func TestGridDaylightSaving(t *testing.T) {
	for _, c := range []struct {
		zone, day string
		size      time.Duration
		want      string
	}{
		{"Europe/Zurich", "2024-03-31", 24 * time.Hour, "00:00+01 23h"},
		{"Europe/Zurich", "2024-10-27", 24 * time.Hour, "00:00+02 1d1h"},
		{"Europe/Zurich", "2024-07-01", 24 * time.Hour, "00:00+02 1d"},
		{"Europe/Zurich", "2024-03-31", 6 * time.Hour, "00:00+01 5h, 06:00+02 6h, 12:00+02 6h, 18:00+02 6h"},
		{"Europe/Zurich", "2024-10-27", 6 * time.Hour, "00:00+02 7h, 06:00+01 6h, 12:00+01 6h, 18:00+01 6h"},
		{"Europe/Zurich", "2024-10-27", 2 * time.Hour, "00:00+02 2h, 02:00+02 3h, 04:00+01 2h, 06:00+01 2h"},
		{"Europe/Zurich", "2024-03-31", 2 * time.Hour, "00:00+01 2h, 03:00+02 1h, 04:00+02 2h, 06:00+02 2h"},
		{"Europe/Zurich", "2024-10-27", time.Hour, "00:00+02 1h, 01:00+02 1h, 02:00+02 1h, 02:00+01 1h"},
		{"Europe/Zurich", "2024-03-31", time.Hour, "00:00+01 1h, 01:00+01 1h, 03:00+02 1h, 04:00+02 1h"},
		{"America/New_York", "2024-03-10", 24 * time.Hour, "00:00-05 23h"},
		{"America/New_York", "2024-11-03", 24 * time.Hour, "00:00-04 1d1h"},
		{"America/New_York", "2024-11-03", 12 * time.Hour, "00:00-04 13h, 12:00-05 12h"},
		{"Asia/Kolkata", "2024-06-01", time.Hour, "00:00+0530 1h, 01:00+0530 1h, 02:00+0530 1h, 03:00+0530 1h"},
		{"Australia/Lord_Howe", "2024-04-07", 24 * time.Hour, "00:00+11 1d30m"},
		// The clock skips midnight: the day starts when it jumps.
		{"America/Sao_Paulo", "2018-11-04", 24 * time.Hour, "01:00-02 23h"},
		// The clock shows midnight twice: the day starts the first time.
		{"America/Havana", "2023-11-05", 24 * time.Hour, "00:00-04 1d1h"},
	} {
		g, err := newGrid(c.size, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		noon, err := time.ParseInLocation("2006-01-02 15:04", c.day+" 12:00", g.loc)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := g.index(noon.Add(-15 * time.Hour).UnixMicro()); len(got) < 4; i++ {
			from := time.UnixMicro(g.start(i)).In(g.loc)
			if from.Format(time.DateOnly) > c.day {
				break
			}
			if from.Format(time.DateOnly) < c.day {
				continue
			}
			length := time.Duration(g.start(i+1)-g.start(i)) * time.Microsecond
			got = append(got, from.Format("15:04")+strings.TrimSuffix(from.Format("-0700"), "00")+" "+types.FormatDuration(length))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s %s %s:\ngot  %s\nwant %s", c.zone, c.day, c.size, s, c.want)
		}
	}
}

// Panes lie side by side: each instant is in the one that its index names.
func TestGridCovers(t *testing.T) {
	zones := []string{"", "UTC", "Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca"}
	sizes := []time.Duration{time.Second, 7 * time.Minute, 30 * time.Minute, time.Hour, 90 * time.Minute, 5 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
	rapid.Check(t, func(t *rapid.T) {
		g, err := newGrid(rapid.SampledFrom(sizes).Draw(t, "size"), rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.Int64Range(-80*365*day, 80*365*day).Draw(t, "t")
		i := g.index(at)
		if from, to := g.start(i), g.start(i+1); at < from || at >= to {
			t.Fatalf("%d is in pane %d, [%d,%d)", at, i, from, to)
		}
		if from := g.start(i); g.index(from) != i || g.index(from-1) != i-1 {
			t.Fatalf("pane %d starts at %d, of pane %d, after pane %d", i, from, g.index(from), g.index(from-1))
		}
	})
}

// The ends of time do not overflow.
func TestGridFarTimes(t *testing.T) {
	for _, zone := range []string{"", "Europe/Zurich"} {
		g, err := newGrid(24*time.Hour, zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int64{runtime.MinTime, runtime.MinTime + 1, runtime.MaxTime - 1, runtime.MaxTime} {
			i := g.index(at)
			if g.start(i) > at {
				t.Errorf("%q: %d is before its pane, which starts at %d", zone, at, g.start(i))
			}
		}
	}
}

// daysIn are the calendar days of a zone from the one that holds t on.
func daysIn(loc *time.Location, t int64, n int) [][2]int64 {
	y, m, d := time.UnixMicro(t).In(loc).Date()
	var out [][2]int64
	for i := range n {
		out = append(out, [2]int64{
			time.Date(y, m, d+i, 0, 0, 0, 0, loc).UnixMicro(), time.Date(y, m, d+i+1, 0, 0, 0, 0, loc).UnixMicro(),
		})
	}
	return out
}

// zoned draws events of about ten days around a change of the clock.
func zoned(t *rapid.T) (string, []event) {
	zone := rapid.SampledFrom([]string{"Europe/Zurich 2024-03-27", "Europe/Zurich 2024-10-23", "America/New_York 2024-03-06", "America/New_York 2024-10-30"}).Draw(t, "zone")
	start, _ := time.Parse(time.DateOnly, zone[len(zone)-10:])
	var events []event
	for i := range rapid.IntRange(1, 60).Draw(t, "events") {
		at := start.UnixMicro() + rapid.Int64Range(0, 10*24).Draw(t, "hour")*hour + rapid.SampledFrom([]int64{0, -1, 1, 30 * minute}).Draw(t, "off")
		events = append(events, event{at, []any{string(rune('a' + rapid.IntRange(0, 2).Draw(t, "key"))), int64(i)}})
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.t, b.t) })
	return zone[:len(zone)-11], events
}

// Trap 23: days are those of the zone that was asked for.
func TestWindowZone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone, events := zoned(rt)
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		build := func(a Args) func() []runtime.Operator {
			return func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} }
		}
		a := windowArgs(24*time.Hour, map[string][]Arg{"zone": {konst(zone)}})
		expect(rt, t, keyed.Cols, build(a), events, true, refFixed(events, daysIn(loc, events[0].t, 15), 2))

		a = windowArgs(3*24*time.Hour, map[string][]Arg{"zone": {konst(zone)}, "every": {konst(24 * time.Hour)}})
		days := daysIn(loc, events[0].t-3*day, 20)
		var three [][2]int64
		for i := range days[:len(days)-2] {
			three = append(three, [2]int64{days[i][0], days[i+2][1]})
		}
		expect(rt, t, keyed.Cols, build(a), events, true, refFixed(events, three, 2))
	})
}

// hoursIn are the hours of elapsed time from the one that holds t on.
func hoursIn(t int64, n int) [][2]int64 {
	from := floorDiv(t, hour) * hour
	var out [][2]int64
	for i := range int64(n) {
		out = append(out, [2]int64{from + i*hour, from + (i+1)*hour})
	}
	return out
}

// Trap 1: the hour of the day is a season, by the clock of the zone: windows of
// other hours are not in the sample, and a window is not all days of an hour.
func TestBaselineSeason(t *testing.T) {
	slots := map[string]func(t time.Time) int{
		"hour_of_day":  func(t time.Time) int { return t.Hour() },
		"hour_of_week": func(t time.Time) int { return int(t.Weekday())*24 + t.Hour() },
		"day_of_week":  func(t time.Time) int { return int(t.Weekday()) },
	}
	for name, slot := range slots {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				zone, events := zoned(rt)
				loc, err := time.LoadLocation(zone)
				if err != nil {
					t.Fatal(err)
				}
				c := baselineCase{length: time.Hour, every: time.Hour, zone: zone, clauses: map[string][]Arg{"at": word(name)}}
				windows := hoursIn(events[0].t, 11*24)
				if name == "day_of_week" {
					c.length, c.every = 24*time.Hour, 24*time.Hour
					windows = daysIn(loc, events[0].t, 15)
				}
				switch rapid.IntRange(0, 2).Draw(rt, "clauses") {
				case 0:
					c.clauses["fill"] = word("skip")
				case 1:
					c.clauses["over"] = []Arg{konst(8 * 24 * time.Hour)}
				}
				checkBaseline(rt, t, &c, baselineNames, events, windows, func(start int64) int {
					return slot(time.UnixMicro(start).In(loc))
				})
			})
		})
	}
}

// Windows shorter than an hour share the slot of their hour.
func TestBaselineSeasonShortWindows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		_, events := zoned(rt)
		for i := range events {
			events[i].t = events[i].t/40*13 + 1_700_000_000*second // within about four days
		}
		c := baselineCase{length: 20 * time.Minute, every: 20 * time.Minute, clauses: map[string][]Arg{"at": word("hour_of_day")}}
		checkBaseline(rt, t, &c, []string{"n", "mean", "stddev"}, events, bounds(events, 20*minute, 20*minute), func(start int64) int {
			return time.UnixMicro(start).UTC().Hour()
		})
	})
}
