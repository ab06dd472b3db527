package op

import (
	"math"
	"time"

	"github.com/detlang/det/runtime"
)

// grid cuts time into panes of one size, numbered in order. Without a zone, pane 0
// starts at the Unix epoch. With one, panes follow its clock:
//
//   - Panes longer than an hour start when the clock there first shows a multiple
//     of the size, counted from midnight of 1970-01-01. So a day is a calendar day
//     of 23, 24 or 25 hours, and of panes of six hours one has five or seven. A
//     time that the clock skips is taken to be the instant at which it jumps.
//   - Panes of an hour or less are lengths of elapsed time that start with the
//     clock's hours: the hour that the clock shows twice is two panes.
//
// All times are microseconds. A grid remembers the last period between two changes
// of the clock, so it is not safe for concurrent use.
type grid struct {
	size int64
	loc  *time.Location // nil for the epoch
	last period
}

// period is a stretch of time, from until before until, in which the clock is
// ahead of UTC by shift (modulo the size, for panes of an hour or less).
type period struct{ from, until, shift int64 }

// far is 73,000 years: what is further from 1970 than that follows no clock.
const far = 1 << 61

// newGrid makes a grid. An empty zone is UTC; another one must be in the database
// of time zones.
func newGrid(size time.Duration, zone string) (grid, error) {
	g := grid{size: size.Microseconds()}
	if zone == "" {
		return g, nil
	}
	loc, err := time.LoadLocation(zone)
	if err == nil && loc != time.UTC {
		g.loc = loc
	}
	return g, err
}

// index is the number of the pane that holds t.
func (g *grid) index(t int64) int64 {
	if g.loc == nil || t < -far || t > far {
		return floorDiv(t, g.size)
	}
	i := floorDiv(t+g.at(t).shift, g.size)
	for g.start(i+1) <= t { // the clock was put back over a boundary
		i++
	}
	return i
}

// start is the first instant of pane i, which is the end of pane i-1.
func (g *grid) start(i int64) int64 {
	wall := times(i, g.size)
	if g.loc == nil || wall < -far || wall > far {
		return wall
	}
	const before = 36 * int64(time.Hour/time.Microsecond) // no clock is further from UTC
	for p := g.at(wall - before); ; p = g.at(p.until) {
		if t := wall - p.shift; t < p.until {
			return max(t, p.from)
		}
	}
}

// at is the period that holds t.
func (g *grid) at(t int64) period {
	if t >= g.last.from && t < g.last.until {
		return g.last
	}
	there := time.UnixMicro(t).In(g.loc)
	from, until := there.ZoneBounds()
	_, ahead := there.Zone()
	p := period{runtime.MinTime, runtime.MaxTime, int64(ahead) * 1e6}
	if !from.IsZero() {
		p.from = from.UnixMicro()
	}
	if !until.IsZero() {
		p.until = until.UnixMicro()
	}
	if g.size <= time.Hour.Microseconds() {
		p.shift -= floorDiv(p.shift, g.size) * g.size
	}
	g.last = p
	return p
}

// firstEnd is the end of the first window that holds pane i, when windows are so
// many panes long and start so many apart.
func firstEnd(i, panes, step int64) int64 {
	past := (panes - (i + 1)) % step
	if past < 0 {
		past += step
	}
	return i + 1 + past
}

// floorDiv is a/b rounded down; b is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// times is a·b, or the nearest time there is; b is positive.
func times(a, b int64) int64 {
	switch {
	case a > math.MaxInt64/b:
		return runtime.MaxTime
	case a < math.MinInt64/b:
		return runtime.MinTime
	}
	return a * b
}

// plus is a+b, or the nearest time there is.
func plus(a, b int64) int64 {
	switch s := a + b; {
	case b > 0 && s < a:
		return runtime.MaxTime
	case b < 0 && s > a:
		return runtime.MinTime
	default:
		return s
	}
}
