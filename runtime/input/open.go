package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// sniffBytes is how much of an input a format may look at to recognise it.
const sniffBytes = 64 << 10

// OpenPath opens a file, or standard input for "-", and reads it in the named
// format; "" means: by its suffix, or by its first bytes. Files that are
// compressed with gzip or zstd are recognised by their first bytes. The Stream
// implements Progress.
//
// An input that is empty has no rows. One that is compressed and cut off gives
// the rows before the cut and a Truncated reject, then io.EOF. Everything else
// that makes a file unreadable is an error that names it.
func OpenPath(ctx context.Context, path, formatName string, req Request) (Stream, error) {
	var format Format
	if formatName != "" {
		var err error
		if format, err = FormatByName(formatName); err != nil {
			return nil, err
		}
	}
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, f, format, req)
	if err != nil {
		closeFile(f)
		return nil, err
	}
	return s, nil
}

// OpenBytes reads a file that is in memory already, as OpenPath reads one on disk:
// its name tells the format, or else its first bytes.
func OpenBytes(ctx context.Context, name string, data []byte, req Request) (Stream, error) {
	f := &File{Name: name, Reader: bytes.NewReader(data), Seek: bytes.NewReader(data), Size: int64(len(data))}
	if err := decompress(f); err != nil {
		return nil, err
	}
	return open(ctx, f, Format{}, req)
}

func open(ctx context.Context, f *File, format Format, req Request) (Stream, error) {
	head, err := peek(f)
	if err != nil {
		return nil, err
	}
	if format.Name == "" {
		if len(head) == 0 {
			return emptyStream{f}, nil
		}
		if format, err = detect(f.Name, head); err != nil {
			return nil, err
		}
	}
	return format.Open(ctx, f, req)
}

// openFile opens an input and undoes its compression.
func openFile(path string) (*File, error) {
	if path == "-" {
		c := &countingReader{r: os.Stdin}
		f := &File{Name: "standard input", Reader: c, Stored: c.progress, Close: func() error { return nil }, Live: true}
		return f, decompress(f)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder, not a file", path)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	c := &countingReader{r: file}
	f := &File{Name: path, Reader: c, Close: file.Close}
	if info.Mode().IsRegular() {
		c.total = info.Size()
		f.Seek, f.Size = file, info.Size()
	} else {
		f.Live = true
	}
	f.Stored = c.progress
	if err := decompress(f); err != nil {
		closeFile(f)
		return nil, err
	}
	return f, nil
}

// progressOf is how far an input has been read, for a Stream's Progress.
func progressOf(f *File) (done, total int64) {
	if f.Stored == nil {
		return 0, 0
	}
	return f.Stored()
}

func closeFile(f *File) error {
	if f.Close == nil {
		return nil
	}
	return f.Close()
}

// peek gives up to sniffBytes from the start of an input, or of a live one what
// it has by the end of the first line; they are still to be read afterwards.
func peek(f *File) ([]byte, error) {
	head := make([]byte, sniffBytes)
	n := 0
	var err error
	for n < len(head) && err == nil && !(f.Live && bytes.IndexByte(head[:n], '\n') >= 0) {
		var k int
		k, err = f.Read(head[n:])
		n += k
	}
	head = head[:n]
	switch {
	case err == nil:
		f.Reader = io.MultiReader(bytes.NewReader(head), f.Reader)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		f.Reader = io.MultiReader(bytes.NewReader(head), failedReader{err})
	default:
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return head, nil
}

// failedReader gives what ended an input.
type failedReader struct{ err error }

func (r failedReader) Read([]byte) (int, error) { return 0, r.err }

// countingReader counts the bytes that have been read, for another goroutine
// to see.
type countingReader struct {
	r     io.Reader
	n     atomic.Int64
	total int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func (c *countingReader) progress() (done, total int64) { return c.n.Load(), c.total }

// emptyStream has no rows.
type emptyStream struct{ f *File }

func (emptyStream) Next(context.Context) (Batch, error) { return Batch{}, io.EOF }
func (s emptyStream) Close() error                      { return closeFile(s.f) }
func (s emptyStream) Progress() (done, total int64)     { return progressOf(s.f) }
