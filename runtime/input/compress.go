package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// compressions are the kinds of compressed file that are recognised, by their
// first bytes. open is nil for those that cannot be read.
var compressions = []struct {
	name   string
	suffix string
	magic  string
	open   func(r io.Reader) (io.Reader, func(), error)
}{
	{"gzip", ".gz", "\x1f\x8b", openGzip},
	{"zstd", ".zst", "\x28\xb5\x2f\xfd", openZstd},
	{"bzip2", ".bz2", "BZh", nil},
	{"xz", ".xz", "\xfd7zXZ\x00", nil},
	{"lz4", ".lz4", "\x04\x22\x4d\x18", nil},
	{"zip", ".zip", "PK\x03\x04", nil},
}

const maxMagic = 6

// decompress replaces f's reader by one of the decompressed bytes, if f is
// compressed.
func decompress(f *File) error {
	head := make([]byte, maxMagic)
	n, err := io.ReadFull(f.Reader, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	head = head[:n]
	f.Reader = io.MultiReader(bytes.NewReader(head), f.Reader)
	for _, c := range compressions {
		switch {
		case !bytes.HasPrefix(head, []byte(c.magic)):
			if n > 0 && c.open != nil && strings.HasSuffix(strings.ToLower(f.Name), c.suffix) {
				return fmt.Errorf("%s is named %s, but its first bytes are not those of %s", f.Name, c.suffix, c.name)
			}
			continue
		case c.open == nil:
			return fmt.Errorf("%s is compressed with %s, which cannot be read: use gzip or zstd", f.Name, c.name)
		}
		r, stop, err := c.open(f.Reader)
		if err != nil {
			return fmt.Errorf("%s: not readable as %s: %w", f.Name, c.name, err)
		}
		closed := f.Close
		f.Reader, f.Seek, f.Size, f.Live = r, nil, 0, false
		f.Close = func() error { stop(); return closed() }
		return nil
	}
	return nil
}

func openGzip(r io.Reader) (io.Reader, func(), error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	a, stop := readAhead(z)
	return a, stop, nil
}

// maxZstdWindow bounds the memory that a hostile header can ask for.
const maxZstdWindow = 256 << 20

func openZstd(r io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}
