package input

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// OpenParquet reads a Parquet file. Only the columns that are asked for are read,
// and of these, where Ranges tell which rows matter, only those rows: row groups
// and pages are left out by their statistics, and columns without a Range are
// read only where all Ranges hold. Values become what a column asks as they would
// in a text format; what has the same kind in both does so at once.
//
// Files that cannot be read at random are copied to memory or, beyond 64 MiB, to a
// temporary file first.
func OpenParquet(_ context.Context, f *File, req Request) (Stream, error) {
	s := &parquetStream{}
	if err := s.open(f, req); err != nil {
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
	columnar
	*parquetFile
	drop   func() error // what the spool took
	groups []rowGroup   // those still to be begun
	rows   int64        // of the file
	floors []int64      // by row group, see Floor; nil if not known
}

func (s *parquetStream) open(f *File, req Request) (err error) {
	defer recovered(&err)
	src, size, drop, err := spool(f)
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
	if err := s.prepare(f, req, s.sources); err != nil {
		return err
	}
	s.nextGroup = s.takeGroup
	s.plan()
	s.setFloors()
	return nil
}

// plan chooses the row groups and the rows to be read of them.
func (s *parquetStream) plan() {
	var tests []parquetTest
	for _, t := range s.tests {
		o := s.columns[t.column]
		if c, ok := o.scalar.(*parquetColumn); ok {
			tests = append(tests, parquetTest{t, c.leaf, o.kind})
		}
	}
	for i := range s.RowGroups {
		n := s.RowGroups[i].NumRows
		if spans := s.spans(i, tests); n > 0 && len(spans) > 0 {
			s.groups = append(s.groups, rowGroup{i, s.rows, n, spans, s.batchRows(n, s.groupSize(i))})
		}
		s.rows += n
	}
}

// groupSize is about how many bytes the requested columns of a row group take.
func (s *parquetStream) groupSize(group int) int64 {
	columns, size := s.RowGroups[group].Columns, int64(0)
	for _, o := range s.columns {
		for _, f := range s.root.fields(o.Column) {
			if f.leaf.column < len(columns) {
				size += max(columns[f.leaf.column].MetaData.TotalUncompressedSize, 0)
			}
		}
	}
	return size
}

func (s *parquetStream) takeGroup(context.Context) (*rowGroup, error) {
	if len(s.groups) == 0 {
		return nil, io.EOF
	}
	g := s.groups[0]
	s.groups = s.groups[1:]
	return &g, nil
}

// Progress implements Progress.
func (s *parquetStream) Progress() (done, total int64) {
	rows := s.rows
	switch {
	case s.group != nil:
		rows = s.group.first + s.at
	case len(s.groups) > 0:
		rows = s.groups[0].first
	}
	total = s.size
	if s.file.Stored != nil {
		if _, n := s.file.Stored(); n > 0 {
			total = n
		}
	}
	return int64(float64(total) * float64(rows) / float64(max(s.rows, 1))), total
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
	s.stop()
	s.groups = nil
	return errors.Join(s.dropSpool(), closeFile(s.file))
}
