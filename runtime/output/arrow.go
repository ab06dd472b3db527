package output

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/runtime"
)

var arrowWriter = Writer{
	Name: "arrow", Doc: "an Arrow IPC stream of runtime.AlertSchema", Suffixes: []string{".arrow", ".arrows", ".ipc"},
	Open: func(w io.Writer, _ Options) (Sink, error) {
		return &arrowSink{w: ipc.NewWriter(w, ipc.WithSchema(runtime.AlertSchema()), ipc.WithZstd()), some: false}, nil
	},
}

type arrowSink struct {
	w    *ipc.Writer
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
