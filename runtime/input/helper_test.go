package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// shared is the path of shared test data, or skips the test.
func shared(t testing.TB, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		if os.Getenv("DET_DEMAND_DATA") == "1" {
			t.Fatalf("shared data is demanded: %v", err)
		}
		t.Skipf("../shared/data/%s is not there", path)
	}
	return full
}

// columns makes columns from "name type" or "name type path" (dots separate the
// elements of the path; several paths are separated by |).
func columns(specs ...string) []Column {
	var out []Column
	for _, s := range specs {
		f := strings.Fields(s)
		t, ok := types.Named(f[1])
		if !ok {
			panic(s)
		}
		c := Column{Name: f[0], Type: t}
		if len(f) > 2 {
			for _, p := range strings.Split(f[2], "|") {
				c.Paths = append(c.Paths, strings.Split(p, "."))
			}
		}
		out = append(out, c)
	}
	return out
}

// request asks for columns without a time.
func request(specs ...string) Request { return Request{Columns: columns(specs...), Time: -1} }

// timed asks for columns of which the first is the event time.
func timed(specs ...string) Request { return Request{Columns: columns(specs...), Time: 0} }

// memoryFile is an input that lies in memory.
func memoryFile(text string) *File {
	return &File{
		Name: "test", Reader: strings.NewReader(text),
		Stored: func() (int64, int64) { return 0, int64(len(text)) },
		Close:  func() error { return nil },
	}
}

// told is what a reader gave: the values of each row as vec.Vec gives them, the
// record number of each row, and the rejects in words.
type told struct {
	rows    [][]any
	numbers []int64
	rejects []string
	batches int
}

// drain reads a stream to its end. Opening it must use the request it is given.
func drain(t testing.TB, req Request, open func(req Request) (Stream, error)) (told, error) {
	t.Helper()
	checked := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer checked.AssertSize(t, 0)
	var out told
	req.Alloc = checked
	req.Reject = Tee(req.Reject, func(r Reject) {
		out.rejects = append(out.rejects, strings.TrimSpace(fmt.Sprintf("%d:%d %s %s", r.Row, r.Line, r.Cause, r.Field)))
	})
	s, err := open(req)
	if err != nil {
		return out, err
	}
	defer s.Close()
	doors := make([]vec.Door, len(req.Columns))
	defer func() {
		for i := range doors {
			doors[i].Close()
		}
	}()
	for {
		b, err := s.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out.batches++
		n := int(b.Record.NumRows())
		cols := make([]*vec.Vec, len(req.Columns))
		for i, c := range req.Columns {
			v, bad, err := doors[i].Open(b.Record.Schema().Field(i), b.Record.Column(i), c.Type.Kind)
			if err != nil || bad != 0 {
				t.Fatalf("column %s: %d bad, %v", c.Name, bad, err)
			}
			cols[i] = v
		}
		for row := range n {
			values := make([]any, len(cols))
			for i, v := range cols {
				values[i] = v.Value(row)
			}
			out.rows = append(out.rows, values)
			if b.Rows != nil {
				out.numbers = append(out.numbers, b.Rows[row])
			} else {
				out.numbers = append(out.numbers, b.First+int64(row))
			}
		}
		b.Record.Release()
	}
}

// readText reads a text in a format.
func readText(t testing.TB, format, text string, req Request) told {
	t.Helper()
	f, err := FormatByName(format)
	if err != nil {
		t.Fatal(err)
	}
	out, err := drain(t, req, func(req Request) (Stream, error) {
		return f.Open(context.Background(), memoryFile(text), req)
	})
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out
}

// finish reads a stream to its end, whatever it holds.
func finish(t testing.TB, s Stream) (rows int64) {
	defer s.Close()
	for {
		b, err := s.Next(context.Background())
		if err != nil {
			return rows
		}
		rows += b.Record.NumRows()
		b.Record.Release()
	}
}
