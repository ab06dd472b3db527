package op

import (
	"sort"
	"time"
)

// season splits the fixed windows of a baseline by when they start: those of one
// slot are each other's history, and are counted on their own, 0, 1, 2 …. How many
// windows of each slot there have been is known for all entities together, so an
// entity that is silent costs nothing.
type season struct {
	slots int
	slot  func(start time.Time) int
	grid  *grid // of panes
	step  int64 // panes from one window's start to the next
	loc   *time.Location

	from, next int64   // windows counted so far
	runs       [][]run // by slot, ascending
	now        int     // the slot that is judged
}

// run is some windows in a row of the same slot: the first, and its count.
type run struct {
	window int64
	n      int64 // windows of the slot before this run
	len    int64
}

// seasons are the choices of `at`.
var seasons = []struct {
	name  string
	slots int
	slot  func(start time.Time) int
	least time.Duration // windows of this length or more are all of one slot
}{
	{"hour_of_day", 24, func(t time.Time) int { return t.Hour() }, 24 * time.Hour},
	{"day_of_week", 7, func(t time.Time) int { return int(t.Weekday()) }, 7 * 24 * time.Hour},
	{"hour_of_week", 168, func(t time.Time) int { return int(t.Weekday())*24 + t.Hour() }, 7 * 24 * time.Hour},
}

func seasonNames() []string {
	var names []string
	for _, s := range seasons {
		names = append(names, s.name)
	}
	return names
}

// SameSeason reports whether windows that start at two times, in the zone of their
// rule, are each other's history under a choice of `at`.
func SameSeason(name string, a, b time.Time) bool {
	for _, s := range seasons {
		if s.name == name {
			return s.slot(a) == s.slot(b)
		}
	}
	return false
}

// start makes window from the first that counts.
func (s *season) start(from int64) {
	s.from, s.next, s.runs = from, from, make([][]run, s.slots)
}

// of is the slot of a window.
func (s *season) of(window int64) int {
	return s.slot(time.UnixMicro(s.grid.start(window * s.step)).In(s.loc))
}

// upTo counts the windows before the given one. Windows that start within one hour
// of the clock have one slot, so it goes from hour to hour where windows are
// shorter.
func (s *season) upTo(window int64) {
	for s.next < window {
		slot, to := s.of(s.next), s.next+1
		if per := s.perHour(); per > 1 {
			limit := min(window, s.next+per)
			to += int64(sort.Search(int(limit-to), func(i int) bool { return s.of(to+int64(i)) != slot }))
		}
		s.count(slot, to-s.next)
		s.next = to
	}
}

// perHour is about how many windows start in an hour.
func (s *season) perHour() int64 {
	return time.Hour.Microseconds() / (s.grid.size * s.step)
}

// count notes n windows of a slot, from next on.
func (s *season) count(slot int, n int64) {
	runs := s.runs[slot]
	if k := len(runs) - 1; k >= 0 {
		last := &runs[k]
		if last.window+last.len == s.next {
			last.len += n
			return
		}
		s.runs[slot] = append(runs, run{s.next, last.n + last.len, n})
		return
	}
	s.runs[slot] = append(runs, run{s.next, 0, n})
}

// before is how many counted windows of a slot lie before the given window.
func (s *season) before(slot int, window int64) int64 {
	runs := s.runs[slot]
	i := sort.Search(len(runs), func(i int) bool { return runs[i].window >= window })
	if i == 0 {
		return 0
	}
	r := runs[i-1]
	return r.n + min(window-r.window, r.len)
}

// between calls each with the counted windows of the slot that is judged, from one
// window to before another, those in a row at a time.
func (s *season) between(from, to int64, each func(from, to int64)) {
	runs := s.runs[s.now]
	i := sort.Search(len(runs), func(i int) bool { return runs[i].window+runs[i].len > from })
	for ; i < len(runs) && runs[i].window < to; i++ {
		each(max(from, runs[i].window), min(to, runs[i].window+runs[i].len))
	}
}
