package input

import (
	"math"

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
	c, ok := s.columns[s.req.Time].scalar.(*parquetColumn)
	if !ok {
		return true
	}
	leaf := c.leaf
	t := parquetTest{leaf: leaf, want: types.Timestamp}
	last := int64(math.MinInt64)
	for _, g := range s.groups {
		columns := s.RowGroups[g.index].Columns
		if leaf.column >= len(columns) {
			return false
		}
		least, most := t.bounds(&columns[leaf.column].MetaData.Statistics)
		if least == nil || most == nil {
			continue
		}
		if least.i64[0] < last {
			return false
		}
		last = most.i64[0]
	}
	return true
}
