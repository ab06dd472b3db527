package output

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/runtime"
)

// The suffixes are those of Arrow's media types: .arrow for the file format, which
// is also Feather's, .arrows for the stream format.
var (
	arrowWriter = Writer{
		Name: "arrow", Doc: "an Arrow IPC stream of runtime.AlertSchema", Suffixes: []string{".arrows", ".ipc"},
		Open: func(w io.Writer, _ Options) (Sink, error) {
			return &arrowSink{w: ipc.NewWriter(w, ipc.WithSchema(runtime.AlertSchema()), ipc.WithZstd())}, nil
		},
	}
	featherWriter = Writer{
		Name: "feather", Doc: "an Arrow IPC file of runtime.AlertSchema", Suffixes: []string{".arrow", ".feather"},
		Open: func(w io.Writer, _ Options) (Sink, error) {
			f, err := ipc.NewFileWriter(&position{w: w}, ipc.WithSchema(runtime.AlertSchema()), ipc.WithZstd())
			return &arrowSink{w: f}, err
		},
	}
)

type arrowSink struct {
	w interface {
		Write(arrow.Record) error
		Close() error
	}
	some bool
}

func (s *arrowSink) Write(alerts []runtime.Alert) error {
	rec := runtime.AlertRecord(memory.DefaultAllocator, alerts)
	defer rec.Release()
	s.some = true
	return s.w.Write(rec)
}

func (s *arrowSink) Close() error {
	if !s.some { // a stream without a batch still says its schema
		if err := s.Write(nil); err != nil {
			return err
		}
	}
	return s.w.Close()
}

// position is a writer that knows where it stands, counted from its first byte:
// all that the library's file writer wants of a file that it could seek in.
type position struct {
	w  io.Writer
	at int64
}

func (p *position) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.at += int64(n)
	return n, err
}

func (p *position) Seek(int64, int) (int64, error) { return p.at, nil }
