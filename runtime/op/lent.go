package op

import "github.com/detlang/det/runtime"

// lent is columns whose memory a stage uses again for its next batch, unless somebody
// keeps this one: as the Owner of the batch it is told.
type lent struct {
	under runtime.Owner // of what the batch has from others
	kept  bool
}

// lentRows is how many rows a batch has at most for which memory is kept. It is no
// state, so meters do not count it.
const lentRows = 1 << 17

func (l *lent) Retain() {
	l.kept = true
	if l.under != nil {
		l.under.Retain()
	}
}

func (l *lent) Release() {
	if l.under != nil {
		l.under.Release()
	}
}

// span is some groups of one window, and its times over all of their rows.
type span struct {
	lent
	groups     []int32
	start, end []int64
}

// room lays out groups i..j-1 of a window.
func (s *span) room(i, j int, start, end int64) {
	n := j - i
	s.groups, s.start, s.end = extend(s.groups, n)[:n], extend(s.start, n)[:n], extend(s.end, n)[:n]
	for k := range s.groups {
		s.groups[k] = int32(i + k)
	}
	for k := range s.start {
		s.start[k] = start
	}
	for k := range s.end {
		s.end[k] = end
	}
}
