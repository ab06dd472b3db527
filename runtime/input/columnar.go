package input

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/detlang/det/lang/types"
)

// columnar is the half that the columnar formats share: it makes batches of the
// columns of a file, group of rows after group of rows, and reads the others only
// where the columns that have a Range pass it.
type columnar struct {
	file   *File
	req    Request
	arrays arrays

	columns []*columnarOutput
	tests   []*rangeTest

	// nextGroup gives the next group of rows, io.EOF after the last.
	nextGroup func(ctx context.Context) (*rowGroup, error)
	group     *rowGroup // being read; nil before the first and after the last
	at        int64     // next row of it
	err       error
}

// rowGroup is a group of rows of which some may matter.
type rowGroup struct {
	index int
	first int64 // record number of its first row
	rows  int64
	spans []rowSpan // the rows that may matter, ascending
	batch int64     // rows a batch
}

// rowSpan are the rows [from, to) of a group.
type rowSpan struct{ from, to int64 }

// prepare makes the columns of a request.
func (s *columnar) prepare(f *File, req Request, sources func(Column, *growing) (scalarSource, listSource)) error {
	s.file, s.req, s.arrays.alloc = f, req, req.Alloc
	for _, c := range req.Columns {
		o, err := newColumnarOutput(c, sources)
		if err != nil {
			return err
		}
		s.columns = append(s.columns, o)
	}
	if t := req.Time; t >= len(s.columns) || t >= 0 && s.columns[t].Type.Kind != types.Timestamp {
		return fmt.Errorf("the event time is column %d, which must be there and a timestamp", t)
	}
	for _, r := range req.Ranges {
		if r.Column < 0 || r.Column >= len(s.columns) {
			continue
		}
		if t := newRangeTest(r, s.columns[r.Column].Type.Kind); t != nil {
			s.tests = append(s.tests, t)
		}
	}
	return nil
}

// batchRows is how many rows make a batch of no more than about maxBatchBytes,
// where the given rows take size bytes.
func (s *columnar) batchRows(rows, size int64) int64 {
	n := int64(s.req.BatchRows)
	if n <= 0 {
		n = DefaultBatchRows
	}
	if perRow := size / max(rows, 1); perRow*n > maxBatchBytes {
		n = max(maxBatchBytes/perRow, 1)
	}
	return n
}

// recovered turns a panic, which on a broken file is a library's way to refuse,
// into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("broken beyond reading: %v", r)
	}
}

// Next implements Stream.
func (s *columnar) Next(ctx context.Context) (b Batch, err error) {
	if s.err != nil {
		return Batch{}, s.err
	}
	b, err = s.next(ctx)
	if err != nil && err != io.EOF && ctx.Err() == nil {
		s.err = fmt.Errorf("%s: %w", s.file.Name, err)
		err = s.err
	}
	return b, err
}

func (s *columnar) next(ctx context.Context) (b Batch, err error) {
	defer recovered(&err)
	for {
		if err := ctx.Err(); err != nil {
			return Batch{}, err
		}
		span, err := s.span(ctx)
		if err != nil {
			return Batch{}, err
		}
		if s.at < span.from {
			s.skip(int(span.from - s.at))
		}
		n := int(min(s.group.batch, span.to-s.at))
		rows, err := s.read(n)
		if err != nil {
			return Batch{}, err
		}
		first := s.group.first + s.at
		s.at += int64(n)
		if rows = s.timed(first, rows); rows == nil || len(rows) > 0 {
			return s.batch(first, n, rows), nil
		}
	}
}

// span is the span of rows that the next row belongs to, in a group that it
// begins if the one before has ended.
func (s *columnar) span(ctx context.Context) (span rowSpan, err error) {
	for {
		if g := s.group; g != nil {
			for len(g.spans) > 0 && s.at >= g.spans[0].to {
				g.spans = g.spans[1:]
			}
			if len(g.spans) > 0 {
				return g.spans[0], nil
			}
		}
		if s.group, err = s.nextGroup(ctx); err != nil {
			s.group = nil
			return rowSpan{}, err
		}
		s.at = 0
		for _, o := range s.columns {
			o.begin(s.group.index, s.group.rows)
		}
	}
}

func (s *columnar) skip(n int) {
	for _, o := range s.columns {
		o.skip(n)
	}
	s.at += int64(n)
}

// read fills the columns with those of the next n rows for which all tests hold;
// rows are these, or nil for all n. Columns with tests are read first.
func (s *columnar) read(n int) (rows []int32, err error) {
	for _, o := range s.columns {
		o.lane, o.lists, o.odd = nil, nil, nil
	}
	for _, t := range s.tests {
		o := s.columns[t.column]
		if o.lane == nil {
			if err := o.fill(n, nil); err != nil {
				return nil, err
			}
		}
		rows = t.filter([]int32{}, o.lane, rows, o.text)
	}
	if len(rows) == n {
		rows = nil
	}
	for _, o := range s.columns {
		filled := o.lane != nil
		switch {
		case rows == nil && !filled:
			err = o.fill(n, nil)
		case rows == nil:
		case len(rows) == 0:
			if !filled {
				o.skip(n)
			}
		case filled:
			o.keep(rows)
		case len(rows) <= n/sparse:
			err = o.fill(n, rows)
		default:
			if err = o.fill(n, nil); err == nil {
				o.keep(rows)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Reading all rows and leaving some out is cheaper than reading single ones when
// they are more than one in sparse.
const sparse = 8

// timed leaves out rows without an event time and tells of them.
func (s *columnar) timed(first int64, rows []int32) []int32 {
	if s.req.Time < 0 || s.req.Timeless || rows != nil && len(rows) == 0 {
		return rows
	}
	o := s.columns[s.req.Time]
	if o.lane.valid == nil || o.lane.valid.Count() == o.lane.n {
		return rows
	}
	var kept []int32
	odd := o.odd
	for i := range o.lane.n {
		if !o.lane.missing(i) {
			kept = append(kept, int32(i))
			continue
		}
		row := first + int64(rowAt(rows, i))
		if len(odd) > 0 && odd[0].row == i {
			x := odd[0]
			if odd = odd[1:]; x.outcome == unfit {
				s.tell(x.reject(s.file.Name, o.Column, row, true))
				continue
			}
		}
		s.tell(Reject{Source: s.file.Name, Row: row, Cause: MissingTime, Field: o.Name, Detail: "no event time", Whole: true})
	}
	out := make([]int32, len(kept))
	for i, k := range kept {
		out[i] = rowAt(rows, int(k))
	}
	for _, o := range s.columns {
		o.keep(kept)
	}
	return out
}

// rowAt is what row i of a batch is in rows, where nil means all.
func rowAt(rows []int32, i int) int32 {
	if rows == nil {
		return int32(i)
	}
	return rows[i]
}

func (s *columnar) tell(r Reject) {
	if s.req.Reject != nil {
		s.req.Reject(r)
	}
}

// batch makes a Batch of what was read, rows of n from record number first on.
func (s *columnar) batch(first int64, n int, rows []int32) Batch {
	b := Batch{First: first}
	if rows != nil {
		n = len(rows)
		b.First, b.Rows = first+int64(rows[0]), make([]int64, n)
		for i, r := range rows {
			b.Rows[i] = first + int64(r)
		}
	}
	fields, columns := make([]arrow.Field, len(s.columns)), make([]arrow.Array, len(s.columns))
	for i, o := range s.columns {
		for _, x := range o.odd {
			if x.outcome != missing {
				s.tell(x.reject(s.file.Name, o.Column, first+int64(rowAt(rows, x.row)), false))
			}
		}
		fields[i], columns[i] = o.take(s.arrays)
		defer columns[i].Release()
	}
	b.Record = array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(n))
	return b
}

// stop ends the stream for Close.
func (s *columnar) stop() { s.group, s.err = nil, errClosed }

var errClosed = errors.New("the input is closed")
