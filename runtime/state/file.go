package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/zeebo/xxh3"
)

// A state file is
//
//	"det state" 0 0 0                    12 bytes
//	version, 32 bits
//	the sections' bytes, one after another
//	the index: how many sections, then name, length and xxh3 of each
//	length of the index, xxh3 of the index, "end!"   20 bytes
//
// with numbers little-endian. A file that was cut short ends in no "end!" or has
// an index that does not fit; a file that was changed fails a checksum. There is
// nothing in it that is believed before its checksum was.
const (
	fileMagic   = "det state\x00\x00\x00"
	fileVersion = 5
	fileEnd     = "end!"
	headLen     = len(fileMagic) + 4
	tailLen     = 8 + 8 + len(fileEnd)
	indexMost   = 256 << 20 // bytes
)

// ErrNotState means that a file holds no state that can be read: it is another
// kind of file, of another version, or damaged.
var ErrNotState = errors.New("not a usable state file")

// Section is a named part of a state file: one rule's state under the rule's
// fingerprint, for instance. Save writes it.
type Section struct {
	Name string
	Save func(w *Writer) error
}

// entry is a section in the index.
type entry struct {
	name string
	size int64
	sum  uint64
}

// WriteFile writes the sections to path.new, forces that to disk, and then puts it
// in the place of path: whatever happens meanwhile, path is the old file or the
// new one, whole. While one process writes a path, others are refused (ErrInUse).
func WriteFile(path string, sections []Section) error {
	f, err := openLocked(path + ".new")
	if err == nil {
		if err = f.Truncate(0); err != nil {
			f.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	err = Write(f, sections)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	if e := f.Close(); err == nil { // with it goes the lock, so it comes last
		err = e
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("save state to %s: %w", path, err)
	}
	return nil
}

// syncFolder forces a folder's entries to disk, so that a rename survives.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Write writes a state file to anything.
func Write(w io.Writer, sections []Section) error {
	head := binary.LittleEndian.AppendUint32([]byte(fileMagic), fileVersion)
	if _, err := w.Write(head); err != nil {
		return err
	}
	index := make([]entry, len(sections))
	for i, s := range sections {
		out := &summed{w: w, hash: xxh3.New()}
		sw := NewWriter(out)
		if err := s.Save(sw); err != nil {
			return fmt.Errorf("section %s: %w", s.Name, err)
		}
		if err := sw.Flush(); err != nil {
			return fmt.Errorf("section %s: %w", s.Name, err)
		}
		index[i] = entry{s.Name, out.n, out.hash.Sum64()}
	}
	var b bytes.Buffer
	iw := NewWriter(&b)
	iw.Int(int64(len(index)))
	for _, e := range index {
		iw.String(e.name)
		iw.Int(e.size)
		iw.Int(int64(e.sum))
	}
	if err := iw.Flush(); err != nil {
		return err
	}
	tail := binary.LittleEndian.AppendUint64(b.Bytes(), uint64(b.Len()))
	tail = binary.LittleEndian.AppendUint64(tail, xxh3.Hash(b.Bytes()))
	_, err := w.Write(append(tail, fileEnd...))
	return err
}

// summed passes bytes on, counting and hashing them.
type summed struct {
	w    io.Writer
	hash *xxh3.Hasher
	n    int64
}

func (s *summed) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	s.n += int64(n)
	_, _ = s.hash.Write(b[:n]) // it never fails
	return n, err
}

// File is a state file whose checksums were all found right.
type File struct {
	r        io.ReaderAt
	close    func() error
	sections map[string]part
	names    []string
}

// part is where a section lies.
type part struct{ at, size int64 }

// OpenFile opens a state file and checks it from end to end. An error that is
// ErrNotState says what is wrong with the file.
func OpenFile(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load state: %w", err)
	}
	info, err := f.Stat()
	if err == nil {
		var file *File
		if file, err = Open(f, info.Size()); err == nil {
			file.close = f.Close
			return file, nil
		}
	}
	f.Close()
	return nil, fmt.Errorf("load state from %s: %w", path, err)
}

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrNotState}, args...)...)
}

// Open checks a state file of size bytes, as OpenFile does. What it gives need not
// be closed, and lives as long as r.
func Open(r io.ReaderAt, size int64) (*File, error) {
	if size < int64(headLen+tailLen) {
		return nil, broken("it has %d bytes, fewer than an empty one", size)
	}
	head, tail := make([]byte, headLen), make([]byte, tailLen)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, err
	}
	if string(head[:len(fileMagic)]) != fileMagic {
		return nil, broken("it does not begin with %q", fileMagic[:9])
	}
	if v := binary.LittleEndian.Uint32(head[len(fileMagic):]); v != fileVersion {
		return nil, broken("it is of version %d, this program reads version %d", v, fileVersion)
	}
	if _, err := r.ReadAt(tail, size-int64(tailLen)); err != nil {
		return nil, err
	}
	if string(tail[16:]) != fileEnd {
		return nil, broken("it was cut short")
	}
	n := binary.LittleEndian.Uint64(tail)
	if n > indexMost || int64(n) > size-int64(headLen+tailLen) {
		return nil, broken("its index has an impossible length")
	}
	index := make([]byte, n)
	if _, err := r.ReadAt(index, size-int64(tailLen)-int64(n)); err != nil {
		return nil, err
	}
	if xxh3.Hash(index) != binary.LittleEndian.Uint64(tail[8:]) {
		return nil, broken("its index is damaged")
	}
	return check(r, index, size-int64(tailLen)-int64(n))
}

// check reads the index and holds each section against its checksum; the sections
// must fill the file up to end.
func check(r io.ReaderAt, index []byte, end int64) (*File, error) {
	ir := NewReader(bytes.NewReader(index), int64(len(index)))
	f := &File{r: r, sections: map[string]part{}}
	at := int64(headLen)
	hash, buf := xxh3.New(), make([]byte, 1<<20)
	for range ir.Len(24) {
		e := entry{name: ir.String(), size: ir.Int(), sum: uint64(ir.Int())}
		_, twice := f.sections[e.name]
		if ir.Err() != nil || e.size < 0 || e.size > end-at || twice {
			return nil, broken("its index is damaged at section %q", e.name)
		}
		hash.Reset()
		if _, err := io.CopyBuffer(onlyWriter{hash}, onlyReader{io.NewSectionReader(r, at, e.size)}, buf); err != nil {
			return nil, err
		}
		if hash.Sum64() != e.sum {
			return nil, broken("section %q is damaged", e.name)
		}
		f.sections[e.name] = part{at, e.size}
		f.names = append(f.names, e.name)
		at += e.size
	}
	if ir.Err() != nil || ir.left != 0 || at != end {
		return nil, broken("its index does not fit its length")
	}
	return f, nil
}

// onlyWriter and onlyReader hide the other methods of what they hold, so that
// io.CopyBuffer uses its buffer.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)

// Names is the names of the sections, in order.
func (f *File) Names() []string { return f.names }

// Load gives a section to load, which must read all of it. It reports whether
// there is such a section.
func (f *File) Load(name string, load func(r *Reader) error) (found bool, err error) {
	p, found := f.sections[name]
	if !found {
		return false, nil
	}
	r := NewReader(io.NewSectionReader(f.r, p.at, p.size), p.size)
	if err := load(r); err != nil {
		return true, fmt.Errorf("section %s: %w", name, err)
	}
	if err := r.Err(); err != nil {
		return true, fmt.Errorf("section %s: %w", name, err)
	}
	if r.left != 0 {
		return true, fmt.Errorf("section %s: %d bytes are left over", name, r.left)
	}
	return true, nil
}

// Peek gives a section to look, which need not read all of it.
func (f *File) Peek(name string, look func(r *Reader)) error {
	p := f.sections[name]
	r := NewReader(io.NewSectionReader(f.r, p.at, p.size), p.size)
	look(r)
	if err := r.Err(); err != nil {
		return fmt.Errorf("section %s: %w", name, err)
	}
	return nil
}

// Section is a section as it stands, to be written to another file while this one
// is open.
func (f *File) Section(name string) Section {
	p := f.sections[name]
	return Section{Name: name, Save: func(w *Writer) error {
		w.Copy(io.NewSectionReader(f.r, p.at, p.size))
		return nil
	}}
}

// Close closes the file.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}
