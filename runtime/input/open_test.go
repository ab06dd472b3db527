package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func gzipped(parts ...string) string {
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		w.Write([]byte(p))
		w.Close()
	}
	return b.String()
}

func zstded(parts ...string) string {
	e, _ := zstd.NewWriter(nil)
	var out []byte
	for _, p := range parts {
		out = e.EncodeAll([]byte(p), out)
	}
	return string(out)
}

func TestOpenPath(t *testing.T) {
	const lines = "{\"a\":1}\n{\"a\":2}\n"
	tests := []struct {
		name, file, text, format string
		rows                     string // or
		err                      string // a part of the error
	}{
		{name: "by suffix", file: "x.ndjson", text: lines, rows: "[[1] [2]]"},
		{name: "by suffix in capitals", file: "X.JSONL", text: lines, rows: "[[1] [2]]"},
		{name: "by name", file: "x.csv", text: lines, format: "ndjson", rows: "[[1] [2]]"},
		{name: "sniffed lines", file: "x.log", text: lines, rows: "[[1] [2]]"},
		{name: "sniffed array", file: "x", text: "[{\"a\":1}]", rows: "[[1]]"},
		{name: "sniffed document", file: "x", text: "{\n\"a\":1}", rows: "[[1]]"},
		{name: "sniffed csv", file: "x.txt", text: "a;b\n1;2\n", rows: "[[1]]"},
		{name: "sniffed access log", file: "x.log", text: "::1 - - [t] \"GET / HTTP/1.1\" 200 5\n", rows: "[[<nil>]]"},
		{name: "gzip", file: "x.ndjson.gz", text: gzipped(lines), rows: "[[1] [2]]"},
		{name: "gzip of several members", file: "x.ndjson.gz", text: gzipped(lines, "", lines), rows: "[[1] [2] [1] [2]]"},
		{name: "gzip without the suffix", file: "x.log", text: gzipped(lines), rows: "[[1] [2]]"},
		{name: "zstd", file: "x.json.zst", text: zstded(lines), rows: "[[1] [2]]"},
		{name: "zstd of several frames", file: "x.json.zst", text: zstded(lines, lines), rows: "[[1] [2] [1] [2]]"},
		{name: "empty", file: "x.ndjson", rows: "[]"},
		{name: "empty, nothing known", file: "x", rows: "[]"},
		{name: "empty, named gzip", file: "x.gz", rows: "[]"},
		{name: "gzip of nothing", file: "x.gz", text: gzipped(""), rows: "[]"},

		{name: "unknown name", file: "x", text: lines, format: "xml", err: `there is no format "xml": the formats are ndjson, json, combined,`},
		{name: "not told", file: "x", text: "hello", err: "the format cannot be told from the name or the first bytes"},
		{name: "not gzip", file: "x.json.gz", text: lines, err: "x.json.gz is named .gz, but its first bytes are not those of gzip"},
		{name: "broken gzip header", file: "x.gz", text: "\x1f\x8b\x07xxxxxxxxxxxxxxxxxxxxxx", err: "x.gz: not readable as gzip"},
		{name: "broken gzip data", file: "x.ndjson.gz", text: gzipped(lines)[:10] + "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", err: "x.ndjson.gz: "},
		{name: "xz", file: "x.json.xz", text: "\xfd7zXZ\x00", err: "is compressed with xz, which cannot be read"},
		{name: "UTF-16", file: "x.csv", text: "\xFF\xFEa\x00,\x00", err: "is text in UTF-16: convert it with iconv"},
		{name: "UTF-16 without a mark", file: "x.json", text: "{\x00\"\x00a\x00", err: "is text in UTF-16"},
		{name: "folder", file: ".", err: "is a folder"},
		{name: "not there", file: "absent", err: "absent: no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), tt.file)
			if tt.file != "." && tt.file != "absent" {
				if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := drain(t, request("a int"), func(req Request) (Stream, error) {
				return OpenPath(context.Background(), path, tt.format, req)
			})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), filepath.Base(path)) && tt.format == "" {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.rows, fmt.Sprint(got.rows)); d != "" || len(got.rejects) != 0 {
				t.Errorf("rejects %v, rows (-want +got)\n%s", got.rejects, d)
			}
		})
	}
}

// A compressed file that is cut off gives the rows before the cut, whatever the
// format, and one reject for the cut.
func TestOpenCut(t *testing.T) {
	texts := []struct{ format, start, row string }{
		{"ndjson", "", "{\"a\":%d}\n"},
		{"json", "[", "{\"a\":%d},\n"},
		{"csv", "a,b\n", "%d,x\n"},
		{"combined", "", "::1 - - [t] \"GET / HTTP/1.1\" 200 %d\n"},
	}
	for _, tt := range texts {
		rows := []byte(tt.start)
		for i := range 30_000 {
			rows = fmt.Appendf(rows, tt.row, i)
		}
		for _, packed := range []string{gzipped(string(rows)), zstded(string(rows))} {
			path := filepath.Join(t.TempDir(), "x")
			if err := os.WriteFile(path, []byte(packed[:len(packed)*2/3]), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := drain(t, request("a int a|bytes"), func(req Request) (Stream, error) {
				return OpenPath(context.Background(), path, tt.format, req)
			})
			if err != nil || len(got.rejects) != 1 || !strings.Contains(got.rejects[0], "truncated") || len(got.rows) == 0 {
				t.Errorf("%s: %d rows, rejects %v, error %v", tt.format, len(got.rows), got.rejects, err)
			}
			for i, row := range got.rows {
				if row[0] != int64(i) {
					t.Fatalf("%s: row %d is %v", tt.format, i, row)
				}
			}
		}
	}
}

func TestOpenProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.ndjson")
	text := strings.Repeat("{\"a\":1}\n", 1000)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := OpenPath(context.Background(), path, "", request("a int"))
	if err != nil {
		t.Fatal(err)
	}
	if rows := finish(t, s); rows != 1000 {
		t.Errorf("%d rows", rows)
	}
	if done, total := s.(Progress).Progress(); done != int64(len(text)) || total != int64(len(text)) {
		t.Errorf("%d of %d bytes", done, total)
	}
}

// A live input gives each row as soon as its line is there.
func TestOpenLive(t *testing.T) {
	tests := []struct{ format, header, row string }{
		{"ndjson", "", "{\"a\":%d}\n"},
		{"csv", "a,b\n", "%d,x\n"},
		{"combined", "", "::1 - - [t] \"GET / HTTP/1.1\" 200 %d\n"},
	}
	for _, tt := range tests {
		r, w := io.Pipe()
		f := memoryFile("")
		f.Reader, f.Live = r, true
		line := make(chan string, 1)
		line <- tt.header + fmt.Sprintf(tt.row, 0)
		go func() {
			for l := range line {
				io.WriteString(w, l)
			}
			w.Close()
		}()
		s, err := open(context.Background(), f, Format{}, request("a int a|bytes"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			b, err := s.Next(context.Background())
			if err != nil || b.Record.NumRows() != 1 || b.First != int64(i) {
				t.Fatalf("%s, row %d: %v, %v", tt.format, i, b, err)
			}
			b.Record.Release()
			if i < 2 {
				line <- fmt.Sprintf(tt.row, i+1)
			}
		}
		close(line)
		if rows := finish(t, s); rows != 0 {
			t.Errorf("%s: %d more rows", tt.format, rows)
		}
	}
}

func TestOpenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, f := range Formats() {
		if f.Name == "parquet" || f.Name == "arrow" {
			continue
		}
		s, err := f.Open(ctx, memoryFile("{}"), request("a int"))
		if err == nil {
			_, err = s.Next(ctx)
			s.Close()
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	list := request("a string")
	list.Columns[0].Type.Kind = 100
	late := request("a int")
	late.Time = 0
	far := request("a int")
	far.Time = 1
	empty := request("a int")
	empty.Columns[0].Paths = [][]string{{"a"}, {}}
	for _, req := range []Request{list, late, far, empty} {
		if _, err := OpenNDJSON(context.Background(), memoryFile("{}"), req); err == nil {
			t.Errorf("%v is no error", req)
		}
	}
}
