package output

import (
	"bufio"
	"io"

	"github.com/detlang/det/runtime"
)

var ndjsonWriter = Writer{
	Name: "ndjson", Doc: "one JSON object a line", Suffixes: []string{".ndjson", ".jsonl", ".json"}, Resumable: true,
	Open: func(w io.Writer, _ Options) (Sink, error) { return &ndjson{w: bufio.NewWriter(w)}, nil },
}

type ndjson struct {
	w   *bufio.Writer
	buf []byte
}

func (s *ndjson) Write(alerts []runtime.Alert) error {
	for i := range alerts {
		s.buf = append(AppendJSON(s.buf[:0], &alerts[i]), '\n')
		if _, err := s.w.Write(s.buf); err != nil {
			return err
		}
	}
	return nil
}

func (s *ndjson) Flush() error { return s.w.Flush() }

func (s *ndjson) Close() error { return s.Flush() }
