// Package input reads events from files into Arrow record batches: one format a
// file and a row in Formats.
//
// A reader is told which columns the rules want and parses only those. What
// cannot be read is never dropped in silence and never stops the rest: a record
// that is broken is set aside with its place, a value that does not fit its type
// is missing, and both are counted by cause.
package input

import (
	"context"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
)

// Column is one column that the rules want, under the name they use. Paths are
// the places in a record where its value may stand, tried in order, one element
// a level of nesting; nil means the name itself, and if there is no such field,
// the name split at its dots. The path * takes all values of the record, as a list;
// columnar formats have none to give. In JSON a path leads through the elements of
// arrays: a scalar column takes the first value that is present, a list column
// takes all.
type Column struct {
	Name  string
	Type  types.Type
	Paths [][]string
}

// Range says that only rows where Column op Value can matter, for readers that
// can skip whole blocks. Op is one of == != < <= > >= in; Value is int64 (also for
// timestamps, in microseconds), float64, string, bool or, for in, a slice of
// these. It is a hint: rows that fail it may still be given.
type Range struct {
	Column int
	Op     string
	Value  any
}

// Request is what a reader is asked for.
type Request struct {
	Columns []Column
	Time    int // index in Columns of the event time, -1 for none
	// Timeless keeps records without a readable event time, which is missing then.
	Timeless bool
	Ranges   []Range
	// BatchRows is about how many rows a batch has; 0 is DefaultBatchRows.
	BatchRows int
	// Envelope is the path to the array of records inside a JSON document (such as
	// Records in CloudTrail); nil means: found by the reader.
	Envelope []string
	// MaxRecord is the largest record in bytes; 0 is DefaultMaxRecord.
	MaxRecord int
	Alloc     memory.Allocator // nil is the Go allocator
	// Reject is told of every record that is set aside and every value that is
	// missing because it does not fit. nil only counts.
	Reject func(Reject)
	// placed is told of each record that is given and its line, 0 for none.
	placed func(row, line int64)
}

// The defaults of a Request.
const (
	DefaultBatchRows = 16 << 10
	DefaultMaxRecord = 8 << 20
)

// Cause says why something was set aside. The set is closed, so that counts by
// cause can be compared between runs.
type Cause string

// The causes.
const (
	Malformed   Cause = "malformed"    // the record has no readable form
	TooLong     Cause = "too_long"     // the record is over MaxRecord
	MissingTime Cause = "missing_time" // no event time
	BadTime     Cause = "bad_time"     // an event time that cannot be read
	BadValue    Cause = "bad_value"    // a value that does not fit its type; the record stays
	BadText     Cause = "bad_utf8"     // text that is not UTF-8; kept with U+FFFD in place
	Damaged     Cause = "damaged"      // a checksum does not fit; what is readable is read
	Truncated   Cause = "truncated"    // the file ends in the middle; what came before is kept
	FutureTime  Cause = "future_time"  // an event time too far ahead of the others
	Late        Cause = "late"         // older than the allowed lateness
	MissingKey  Cause = "missing_key"  // a grouping key is missing
	Outdated    Cause = "outdated"     // it waited in saved state, and its fields have other types now
	Overflow    Cause = "overflow"     // a window holds as many keys as it may
)

// Reject is one record or value that was set aside.
type Reject struct {
	Source string // file name
	Row    int64  // record number, from 0; -1 when unknown
	Line   int64  // line, from 1; 0 when the format has none
	Cause  Cause
	Field  string // for a value
	Detail string // what was found, in words
	Text   []byte // the record or value as it stood, cut at 4 KiB; valid only during the call
	Whole  bool   // the whole record was set aside, not only a value
}

// Batch is what a reader gives: a record batch with the requested columns in
// order (strings as dictionary<int32> or string, timestamps in microseconds, IPs
// as fixed_size_binary[16], lists as list), and where its rows stood.
type Batch struct {
	Record arrow.Record
	First  int64   // record number of the first row
	Rows   []int64 // record number of each row; nil when they run on from First
}

// Number is the record number of row i.
func (b Batch) Number(i int) int64 {
	if b.Rows == nil {
		return b.First + int64(i)
	}
	return b.Rows[i]
}

// Stream gives batches until io.EOF. The caller releases each Batch's Record. An
// error other than io.EOF means that the rest of the file is unreadable.
type Stream interface {
	Next(ctx context.Context) (Batch, error)
	Close() error
}

// Progress is implemented by a Stream that knows how far it is, in bytes of the
// file as stored.
type Progress interface{ Progress() (done, total int64) }

// Sorted is implemented by a Stream that can tell, before reading the rest, that
// its rows come in ascending order of time.
type Sorted interface{ Sorted() bool }

// Floor is implemented by a Stream that may know a time before which none of its
// rows lies that are still to come; false if it does not know. The time never goes
// back.
type Floor interface{ Floor() (int64, bool) }

// File is an opened input, decompressed. Seek is nil when the input cannot be
// read at random (standard input, compressed files).
type File struct {
	Name string
	io.Reader
	Seek io.ReaderAt
	Size int64 // of Seek, in bytes
	// Live says that more may come at any time, as through a pipe: a text format
	// gives the rows that are there rather than wait until a batch is full.
	Live bool
	// Stored tells how many bytes of the stored file have been consumed, and its
	// whole size (0 when unknown).
	Stored func() (done, total int64)
	Close  func() error
}

// Format is one input format. Sniff looks at the first bytes (up to 64 KiB,
// decompressed).
type Format struct {
	Name     string
	Doc      string
	Suffixes []string
	Sniff    func(head []byte) bool
	Open     func(ctx context.Context, f *File, req Request) (Stream, error)
}
