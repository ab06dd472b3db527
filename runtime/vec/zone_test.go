package vec

import (
	"math/rand/v2"
	"testing"
	"time"
)

func zone(t *testing.T, name string) *Zone {
	t.Helper()
	z, err := NewZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestNewZoneRefuses(t *testing.T) {
	for _, name := range []string{"Local", "local", "Nowhere/Town", "../etc/passwd", "/etc/passwd", "+25:00", "2h"} {
		if _, err := NewZone(name); err == nil {
			t.Errorf("NewZone(%q) gives no error", name)
		}
	}
}

// zones change their clocks by an hour, by half an hour, at midnight, twice a
// year, by a whole day, or never.
var zones = []string{
	"", "UTC", "+05:30", "-09:45", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
	"Asia/Beirut", "America/Havana", "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu", "Antarctica/Troll",
}

func TestZoneLocalAgainstPackageTime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range zones {
		z := zone(t, name)
		for range 5000 {
			at := r.Int64N(4e9*MicrosPerSecond) - 1e9*MicrosPerSecond
			u := time.UnixMicro(at).In(z.loc)
			_, offset := u.Zone()
			if got, want := z.Local(at), at+int64(offset)*MicrosPerSecond; got != want {
				t.Fatalf("%s: Local(%v) = %d, want %d", name, u, got, want)
			}
		}
	}
}

func TestCivilAgainstPackageTime(t *testing.T) {
	for days := int64(-200_000); days < 200_000; days++ {
		u := time.Unix(days*86400, 0).UTC()
		y, m, d := Civil(days)
		if int(y) != u.Year() || int(m) != int(u.Month()) || int(d) != u.Day() {
			t.Fatalf("Civil(%d) = %d-%d-%d, want %v", days, y, m, d, u)
		}
		if back := Days(y, m, d); back != days {
			t.Fatalf("Days(%d, %d, %d) = %d, want %d", y, m, d, back, days)
		}
		if want := (int64(u.Weekday())+6)%7 + 1; Weekday(days) != want {
			t.Fatalf("Weekday(%d) = %d, want %d", days, Weekday(days), want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct{ zone, unit, at, want string }{
		{"", "second", "2024-03-05T10:11:12.9Z", "2024-03-05T10:11:12Z"},
		{"", "minute", "2024-03-05T10:11:12Z", "2024-03-05T10:11:00Z"},
		{"", "hour", "1969-12-31T23:59:59Z", "1969-12-31T23:00:00Z"},
		{"", "day", "2024-02-29T23:59:59Z", "2024-02-29T00:00:00Z"},
		{"", "week", "2024-03-03T12:00:00Z", "2024-02-26T00:00:00Z"}, // a Sunday
		{"", "week", "2024-03-04T00:00:00Z", "2024-03-04T00:00:00Z"}, // a Monday
		{"", "month", "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z"},
		{"", "year", "2024-02-29T12:00:00Z", "2024-01-01T00:00:00Z"},
		{"Asia/Kathmandu", "hour", "2024-03-05T10:20:00Z", "2024-03-05T10:15:00Z"},
		{"Europe/Zurich", "day", "2024-03-31T21:59:59Z", "2024-03-30T23:00:00Z"},  // a day of 23 hours
		{"Europe/Zurich", "day", "2024-10-27T22:59:59Z", "2024-10-26T22:00:00Z"},  // of 25
		{"Europe/Zurich", "hour", "2024-10-27T00:30:00Z", "2024-10-27T00:00:00Z"}, // 02:30 for the first time
		{"Europe/Zurich", "hour", "2024-10-27T01:30:00Z", "2024-10-27T01:00:00Z"}, // and for the second
		{"Europe/Zurich", "month", "2024-03-31T12:00:00Z", "2024-02-29T23:00:00Z"},
		{"America/Sao_Paulo", "day", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z"}, // begins at 01:00
		{"America/Havana", "day", "2024-11-03T12:00:00Z", "2024-11-03T04:00:00Z"},    // midnight comes twice
		{"Asia/Beirut", "day", "2023-10-28T22:30:00Z", "2023-10-28T22:00:00Z"},       // 23:00 comes twice, before midnight
		{"Pacific/Apia", "day", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z"},      // no 30 December
		{"Australia/Lord_Howe", "hour", "2024-04-06T15:15:00Z", "2024-04-06T15:00:00Z"},
		{"Australia/Lord_Howe", "hour", "2024-10-05T15:45:00Z", "2024-10-05T15:30:00Z"}, // 02:30 follows 02:00 at once
	} {
		at, err := time.Parse(time.RFC3339Nano, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got := time.UnixMicro(zone(t, c.zone).Truncate(c.unit)(at.UnixMicro())).UTC().Format(time.RFC3339Nano)
		if got != c.want {
			t.Errorf("%s of %s in %q = %s, want %s", c.unit, c.at, c.zone, got, c.want)
		}
	}
	if zone(t, "").Truncate("fortnight") != nil {
		t.Error("a fortnight is a unit")
	}
}

// TestTruncateInOrder steps through the clock changes of a year: a start is never
// after its instant, never goes back, and is its own start; the local date of a
// day's start is that of the instant, and nothing before the start has it.
func TestTruncateInOrder(t *testing.T) {
	for _, name := range zones {
		for _, year := range []int{2011, 2018, 2024} {
			z := zone(t, name)
			date := func(at int64) int64 { return FloorDiv(z.Local(at), MicrosPerDay) }
			for unit := range truncations {
				start, last := z.Truncate(unit), int64(-1<<62)
				from := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
				for at := from; at < from+366*MicrosPerDay; at += 1709 * MicrosPerSecond {
					s := start(at)
					if s > at || s < last || start(s) != s {
						t.Fatalf("%s in %q: start of %v is %v, after %v", unit, name, time.UnixMicro(at).UTC(), time.UnixMicro(s).UTC(), time.UnixMicro(last).UTC())
					}
					if unit == "day" && (date(s) != date(at) || date(s-1) >= date(at)) {
						t.Fatalf("day in %q of %v starts at %v", name, time.UnixMicro(at).UTC(), time.UnixMicro(s).UTC())
					}
					last = s
				}
			}
		}
	}
}

func BenchmarkZoneLocal(b *testing.B) {
	z, _ := NewZone("Europe/Zurich")
	for i := 0; b.Loop(); i++ {
		z.Local(1_700_000_000_000_000 + int64(i)*MicrosPerSecond)
	}
}
