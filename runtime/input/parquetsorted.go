package input

import (
	"math"
	"slices"

	"github.com/detlang/det/lang/types"
)

// Sorted implements Sorted: it tells whether the event times of the rows that are
// still to be read ascend. Where the statistics of row groups do not rule that
// out, it reads the column of the times and none else, up to the first that does
// not ascend.
func (s *parquetStream) Sorted() (sorted bool) {
	defer func() {
		if recover() != nil {
			sorted = false
		}
	}()
	if s.req.Time < 0 || s.err != nil {
		return false
	}
	if !s.mayAscend() {
		return false
	}
	o, err := newColumnarOutput(s.columns[s.req.Time].Column, s.sources)
	if err != nil {
		return false
	}
	last := int64(math.MinInt64)
	for _, g := range s.groups {
		o.begin(g.index, g.rows)
		at := int64(0)
		for _, span := range g.spans {
			o.skip(int(span.from - at))
			for at = span.from; at < span.to; {
				n := min(g.batch, span.to-at)
				if o.fill(int(n), nil) != nil {
					return false
				}
				var ok bool
				if last, ok = ascends(o.lane, last); !ok {
					return false
				}
				at += n
			}
		}
	}
	return true
}

// ascends tells whether times that are not missing ascend from last on, and gives
// the last of them.
func ascends(l *lane, last int64) (int64, bool) {
	if l.valid == nil {
		for _, x := range l.i64[:l.n] {
			if x < last {
				return last, false
			}
			last = x
		}
		return last, true
	}
	for i, x := range l.i64[:l.n] {
		if l.missing(i) {
			continue
		}
		if x < last {
			return last, false
		}
		last = x
	}
	return last, true
}

// mayAscend is false when the statistics tell that a row group has a time before
// one of the row group before it.
func (s *parquetStream) mayAscend() bool {
	last := int64(math.MinInt64)
	for _, g := range s.groups {
		least, most, ok := s.times(g)
		if !ok {
			continue
		}
		if least < last {
			return false
		}
		last = most
	}
	return true
}

// times are the first and the last event time of a row group, if its statistics tell.
func (s *parquetStream) times(g rowGroup) (least, most int64, ok bool) {
	c, is := s.columns[s.req.Time].scalar.(*parquetColumn)
	columns := s.RowGroups[g.index].Columns
	if !is || c.leaf.column >= len(columns) {
		return 0, 0, false
	}
	t := parquetTest{leaf: c.leaf, want: types.Timestamp}
	lo, hi := t.bounds(&columns[c.leaf.column].MetaData.Statistics)
	if lo == nil || hi == nil {
		return 0, 0, false
	}
	return lo.i64[0], hi.i64[0], true
}

// Floor implements Floor by the statistics of the row groups: of the one that is
// being read and of those after it. So that rows come in order, a row group has to
// wait, but its times need not be decoded twice to know that they ascend.
func (s *parquetStream) Floor() (int64, bool) {
	switch {
	case s.floors == nil:
		return 0, false
	case s.group != nil:
		return s.floors[s.group.index], true
	case len(s.groups) > 0:
		return s.floors[s.groups[0].index], true
	}
	return math.MaxInt64, true
}

// setFloors finds the earliest time from each row group on, if the statistics of all
// of them tell.
func (s *parquetStream) setFloors() {
	if s.req.Time < 0 {
		return
	}
	floors, least := make([]int64, len(s.RowGroups)), int64(math.MaxInt64)
	for _, g := range slices.Backward(s.groups) {
		first, _, ok := s.times(g)
		if !ok {
			return
		}
		least = min(least, first)
		floors[g.index] = least
	}
	s.floors = floors
}
