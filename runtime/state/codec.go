// Package state keeps keyed state: the table from keys to dense entity codes, and
// how state is written to disk and read back.
package state

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"unsafe"
)

// Writer writes state as a sequence of values. Errors stick: the first is kept
// and given by Err, and writing goes on to nowhere.
type Writer struct {
	w   *bufio.Writer
	err error
}

// NewWriter writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 1<<20)} }

// Flush writes what is buffered and gives the first error.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}

func (w *Writer) put(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
}

// Int writes an integer.
func (w *Writer) Int(x int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(x))
	w.put(b[:])
}

// Float writes a float with all its bits.
func (w *Writer) Float(x float64) { w.Int(int64(math.Float64bits(x))) }

// Bytes writes a length and the bytes.
func (w *Writer) Bytes(b []byte) {
	w.Int(int64(len(b)))
	w.put(b)
}

// String writes a text.
func (w *Writer) String(s string) { w.Bytes(unsafe.Slice(unsafe.StringData(s), len(s))) }

// Copy writes all that r gives, as it is.
func (w *Writer) Copy(r io.Reader) {
	if w.err == nil {
		_, w.err = io.Copy(w.w, r)
	}
}

// Fixed is a type of fixed size without pointers.
type Fixed interface {
	~int8 | ~uint8 | ~int16 | ~uint16 | ~int32 | ~uint32 | ~int64 | ~uint64 | ~float64 | ~[16]byte
}

// Slice writes a slice of fixed-size values as it lies in memory (little-endian).
func Slice[T Fixed](w *Writer, x []T) {
	w.Int(int64(len(x)))
	if len(x) > 0 {
		w.put(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(x[0]))))
	}
}

// Reader reads what a Writer wrote. Errors stick; after one, everything read is
// zero. Lengths are checked against what the file can hold, so a damaged file
// cannot ask for memory.
type Reader struct {
	r    *bufio.Reader
	left int64
	err  error
}

// NewReader reads size bytes from r.
func NewReader(r io.Reader, size int64) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, int(min(size, 1<<20))), left: size}
}

// Err is the first error.
func (r *Reader) Err() error { return r.err }

// Fail records an error of the caller's, unless there is one already.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *Reader) get(b []byte) {
	if r.err != nil {
		return
	}
	if r.left -= int64(len(b)); r.left < 0 {
		r.err = fmt.Errorf("state ends early")
		return
	}
	_, r.err = io.ReadFull(r.r, b)
}

// Int reads an integer.
func (r *Reader) Int() int64 {
	var b [8]byte
	r.get(b[:])
	if r.err != nil {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(b[:]))
}

// Float reads a float.
func (r *Reader) Float() float64 { return math.Float64frombits(uint64(r.Int())) }

// Len reads a length of items of the given size in bytes.
func (r *Reader) Len(size int) int {
	n := r.Int()
	if r.err == nil && (n < 0 || n > r.left/int64(max(size, 1))) {
		r.err = fmt.Errorf("state holds an impossible length")
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

// Bytes reads bytes.
func (r *Reader) Bytes() []byte {
	b := make([]byte, r.Len(1))
	r.get(b)
	return b
}

// String reads a text.
func (r *Reader) String() string { return string(r.Bytes()) }

// ReadSlice reads what Slice wrote.
func ReadSlice[T Fixed](r *Reader) []T {
	var zero T
	x := make([]T, r.Len(int(unsafe.Sizeof(zero))))
	if len(x) > 0 {
		r.get(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(zero))))
	}
	return x
}

// Structs writes a slice of structs that are made of 8-byte numbers alone, as it
// lies in memory.
func Structs[T any](w *Writer, x []T) { Slice(w, words(x)) }

// ReadStructs reads what Structs wrote.
func ReadStructs[T any](r *Reader) []T {
	var zero T
	per := int(unsafe.Sizeof(zero)) / 8
	n := r.Int()
	if n < 0 || n%int64(per) != 0 || n > r.left/8 {
		r.Fail("state holds an impossible length")
	}
	if r.err != nil {
		return nil
	}
	x := make([]T, n/int64(per))
	if b := words(x); len(b) > 0 {
		r.get(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(b))), len(b)*8))
	}
	return x
}

// words is a slice of structs of 8-byte numbers as those numbers.
func words[T any](x []T) []uint64 {
	if len(x) == 0 {
		return nil
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(x[0]))/8)
}
