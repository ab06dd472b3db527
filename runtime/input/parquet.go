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

// OpenParquet reads a Parquet file. Only the columns that are asked for are read,
// and of these, where Ranges tell which rows matter, only those rows: row groups
// and pages are left out by their statistics, and columns without a Range are
// read only where all Ranges hold. Values become what a column asks as they would
// in a text format; what has the same kind in both does so at once.
//
// Files that cannot be read at random are copied to memory or, beyond 64 MiB, to a
// temporary file first.
func OpenParquet(ctx context.Context, f *File, req Request) (Stream, error) {
	s := &parquetStream{file: f, req: req}
	if err := s.open(); err != nil {
		s.dropSpool()
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return s, nil
}

// parquetFile is what the columns of a file are read from.
type parquetFile struct {
	*parquetFooter
	src  io.ReaderAt
	size int64
	root *parquetNode
}

type parquetStream struct {
	file *File
	req  Request
	*parquetFile
	drop func() error // what the spool took

	columns []*parquetOutput
	tests   []*rangeTest
	arrays  arrays

	groups []parquetGroup // those still to be read; the first is being read
	at     int64          // next row of the first group
	total  int64
	err    error
}

// parquetGroup is a row group with rows that may matter.
type parquetGroup struct {
	index int
	first int64 // record number of its first row
	spans []rowSpan
	batch int64 // rows a batch
}

func (s *parquetStream) open() (err error) {
	defer recovered(&err)
	src, size, drop, err := spool(s.file)
	if err != nil {
		return err
	}
	s.drop = drop
	footer, err := readParquetFooter(src, size)
	if err != nil {
		return err
	}
	root, err := parquetSchema(footer.Schema)
	if err != nil {
		return err
	}
	s.parquetFile = &parquetFile{footer, src, size, root}
	s.arrays.alloc = s.req.Alloc
	for _, c := range s.req.Columns {
		o, err := newParquetOutput(s.parquetFile, c)
		if err != nil {
			return err
		}
		s.columns = append(s.columns, o)
	}
	if t := s.req.Time; t >= len(s.columns) || t >= 0 && s.columns[t].Type.Kind != types.Timestamp {
		return fmt.Errorf("the event time is column %d, which must be there and a timestamp", t)
	}
	s.plan()
	return nil
}

// recovered turns a panic, which on a broken file is the library's way to refuse,
// into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("broken beyond reading: %v", r)
	}
}

// plan chooses the row groups and the rows to be read of them.
func (s *parquetStream) plan() {
	var tests []parquetTest
	for _, r := range s.req.Ranges {
		if r.Column < 0 || r.Column >= len(s.columns) {
			continue
		}
		o := s.columns[r.Column]
		t := newRangeTest(r, o.Type.Kind)
		if t == nil {
			continue
		}
		s.tests = append(s.tests, t)
		if leaf := o.leaf(); leaf != nil {
			tests = append(tests, parquetTest{t, leaf, o.kind})
		}
	}
	for i := range s.RowGroups {
		n := s.RowGroups[i].NumRows
		if spans := s.spans(i, tests); n > 0 && len(spans) > 0 {
			s.groups = append(s.groups, parquetGroup{i, s.total, spans, s.batchRows(i)})
		}
		s.total += n
	}
}

// batchRows is how many rows of a row group make a batch of no more than about
// maxBatchBytes.
func (s *parquetStream) batchRows(group int) int64 {
	g := &s.RowGroups[group]
	n := int64(s.req.BatchRows)
	if n <= 0 {
		n = DefaultBatchRows
	}
	size := int64(0)
	for _, o := range s.columns {
		if leaf := o.leaf(); leaf != nil && leaf.column < len(g.Columns) {
			size += max(g.Columns[leaf.column].MetaData.TotalUncompressedSize, 0)
		}
	}
	if perRow := size / max(g.NumRows, 1); perRow*n > maxBatchBytes {
		n = max(maxBatchBytes/perRow, 1)
	}
	return n
}

// Next implements Stream.
func (s *parquetStream) Next(ctx context.Context) (b Batch, err error) {
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

func (s *parquetStream) next(ctx context.Context) (b Batch, err error) {
	defer recovered(&err)
	for {
		if err := ctx.Err(); err != nil {
			return Batch{}, err
		}
		group, span := s.span()
		if group == nil {
			return Batch{}, io.EOF
		}
		if s.at < span.from {
			s.skip(int(span.from - s.at))
		}
		n := int(min(group.batch, span.to-s.at))
		rows, err := s.read(n)
		if err != nil {
			return Batch{}, err
		}
		first := group.first + s.at
		s.at += int64(n)
		if rows = s.timed(first, rows); rows == nil || len(rows) > 0 {
			return s.batch(first, n, rows), nil
		}
	}
}

// span is the group and the span of its rows that the next row belongs to.
func (s *parquetStream) span() (*parquetGroup, rowSpan) {
	for len(s.groups) > 0 {
		g := &s.groups[0]
		if s.at == 0 {
			for _, o := range s.columns {
				o.begin(g.index)
			}
		}
		for len(g.spans) > 0 && s.at >= g.spans[0].to {
			g.spans = g.spans[1:]
		}
		if len(g.spans) > 0 {
			return g, g.spans[0]
		}
		s.groups, s.at = s.groups[1:], 0
	}
	return nil, rowSpan{}
}

func (s *parquetStream) skip(n int) {
	for _, o := range s.columns {
		o.skip(n)
	}
	s.at += int64(n)
}

// read fills the columns with those of the next n rows for which all tests hold;
// rows are these, or nil for all n. Columns with tests are read first.
func (s *parquetStream) read(n int) (rows []int32, err error) {
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
func (s *parquetStream) timed(first int64, rows []int32) []int32 {
	if s.req.Time < 0 || rows != nil && len(rows) == 0 {
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

func (s *parquetStream) tell(r Reject) {
	if s.req.Reject != nil {
		s.req.Reject(r)
	}
}

// batch makes a Batch of what was read, rows of n from record number first on.
func (s *parquetStream) batch(first int64, n int, rows []int32) Batch {
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

// Progress implements Progress.
func (s *parquetStream) Progress() (done, total int64) {
	rows := s.total
	if len(s.groups) > 0 {
		rows = s.groups[0].first + s.at
	}
	total = s.size
	if s.file.Stored != nil {
		if _, n := s.file.Stored(); n > 0 {
			total = n
		}
	}
	return int64(float64(total) * float64(rows) / float64(max(s.total, 1))), total
}

func (s *parquetStream) dropSpool() error {
	if s.drop == nil {
		return nil
	}
	drop := s.drop
	s.drop = nil
	return drop()
}

// Close implements Stream.
func (s *parquetStream) Close() error {
	s.groups, s.err = nil, errClosed
	return errors.Join(s.dropSpool(), closeFile(s.file))
}

var errClosed = errors.New("the input is closed")
