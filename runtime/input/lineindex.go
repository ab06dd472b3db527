package input

import (
	"context"
	"errors"
	"io"
	"sort"
)

// LineIndex tells on which lines of a file its records stand. It holds only the
// records where the distance between number and line changes: one for a file with
// a record a line.
type LineIndex struct {
	rows  []int64 // record numbers, ascending
	lines []int64 // of these
}

// IndexLines reads a file once more, as OpenPath does, for the lines of its
// records. That is done when a line is wanted at all, so that reading need not
// count them. The index of standard input, and of a format without lines, is empty.
func IndexLines(ctx context.Context, path, format string, req Request) (*LineIndex, error) {
	x := &LineIndex{}
	if path == "-" {
		return x, nil
	}
	req.Reject, req.Ranges, req.placed = nil, nil, x.add
	s, err := OpenPath(ctx, path, format, req)
	if err != nil {
		return x, err
	}
	for {
		b, err := s.Next(ctx)
		if errors.Is(err, io.EOF) {
			return x, s.Close()
		}
		if err != nil {
			return x, errors.Join(err, s.Close())
		}
		b.Record.Release()
	}
}

// add notes a record behind those that it was told of.
func (x *LineIndex) add(row, line int64) {
	if n := len(x.rows) - 1; line > 0 && (n < 0 || line-row != x.lines[n]-x.rows[n]) {
		x.rows, x.lines = append(x.rows, row), append(x.lines, line)
	}
}

// Line is the line, from 1, on which a record that was given begins; 0 if it is not
// known.
func (x *LineIndex) Line(row int64) int64 {
	i := sort.Search(len(x.rows), func(i int) bool { return x.rows[i] > row }) - 1
	if i < 0 {
		return 0
	}
	return x.lines[i] + row - x.rows[i]
}
