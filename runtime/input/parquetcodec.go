package input

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

const (
	// maxPage bounds a page, in bytes once decompressed.
	maxPage = math.MaxInt32
	// Beyond trustedPage bytes a page's word for its size is not taken before the
	// compressed bytes have borne it out.
	trustedPage = 32 << 20
	// pagePadding is how many bytes may be read past the end of a page.
	pagePadding = 16
)

var errPageSize = errors.New("a page is not as long as it claims")

// decompressor gives the size bytes that src holds in compressed form, in the
// memory of dst if that has room, with pagePadding spare bytes behind them.
type decompressor func(dst, src []byte, size int) ([]byte, error)

// decompressors are the codecs of https://parquet.apache.org/docs/file-format/data-pages/compression/.
// LZO has no specification.
func parquetDecompressor(codec format.CompressionCodec) (decompressor, error) {
	switch codec {
	case format.Uncompressed:
		return decompressNothing, nil
	case format.Snappy:
		return decompressSnappy, nil
	case format.Zstd:
		return decompressZstd, nil
	case format.Lz4Raw:
		return decompressLZ4, nil
	case format.Lz4:
		return decompressHadoop, nil
	case format.Gzip:
		return streamed(func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }), nil
	case format.Brotli:
		return streamed(func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }), nil
	}
	return nil, fmt.Errorf("the compression %v is not supported", codec)
}

// room is memory for size bytes and the padding.
func room(dst []byte, size int) []byte {
	if cap(dst) < size+pagePadding {
		return make([]byte, size, size+pagePadding)
	}
	return dst[:size]
}

func decompressNothing(dst, src []byte, size int) ([]byte, error) {
	if len(src) != size {
		return nil, errPageSize
	}
	dst = room(dst, size)
	copy(dst, src)
	return dst, nil
}

func decompressSnappy(dst, src []byte, size int) ([]byte, error) {
	if n, err := snappy.DecodedLen(src); err != nil {
		return nil, err
	} else if n != size {
		return nil, errPageSize
	}
	dst = room(dst, size)
	return snappy.Decode(dst, src)
}

// zstdDecoder is shared: DecodeAll may run many times at once.
var zstdDecoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxPage))
})

func decompressZstd(dst, src []byte, size int) ([]byte, error) {
	d, err := zstdDecoder()
	if err != nil {
		return nil, err
	}
	if size > trustedPage && cap(dst) < size {
		var h zstd.Header
		if err := h.Decode(src); err != nil {
			return nil, err
		}
		if h.HasFCS && h.FrameContentSize != uint64(size) {
			return nil, errPageSize
		}
		dst = room(dst, trustedPage)
	} else {
		dst = room(dst, size)
	}
	if dst, err = d.DecodeAll(src, dst[:0]); err != nil {
		return nil, err
	}
	return padded(dst, size)
}

// padded checks that b has size bytes, and gives it its padding.
func padded(b []byte, size int) ([]byte, error) {
	if len(b) != size {
		return nil, errPageSize
	}
	if cap(b) < size+pagePadding {
		b = append(make([]byte, 0, size+pagePadding), b...)
	}
	return b, nil
}

// decompressLZ4 reads one block. No byte of one stands for more than 255.
func decompressLZ4(dst, src []byte, size int) ([]byte, error) {
	if size/255 > len(src) {
		return nil, errPageSize
	}
	dst = room(dst, size)
	n, err := lz4.UncompressBlock(src, dst)
	if err != nil {
		return nil, err
	}
	return padded(dst[:n], size)
}

// decompressHadoop reads what the deprecated codec LZ4 stands for: blocks, each
// after its length before and after compression in big-endian order, or, from
// writers that did not know of that, one block.
func decompressHadoop(dst, src []byte, size int) ([]byte, error) {
	out, rest := make([]byte, 0, min(size, trustedPage)+pagePadding), src
	for len(rest) >= 8 {
		n, m := int(binary.BigEndian.Uint32(rest)), int(binary.BigEndian.Uint32(rest[4:]))
		rest = rest[8:]
		if m > len(rest) || n > size-len(out) {
			break
		}
		block, err := decompressLZ4(nil, rest[:m], n)
		if err != nil {
			break
		}
		out, rest = append(out, block...), rest[m:]
		if len(rest) == 0 && len(out) == size {
			return padded(out, size)
		}
	}
	return decompressLZ4(dst, src, size)
}

// streamed makes a decompressor of a reader's constructor.
func streamed(open func(io.Reader) (io.Reader, error)) decompressor {
	return func(dst, src []byte, size int) ([]byte, error) {
		r, err := open(bytes.NewReader(src))
		if err != nil {
			return nil, err
		}
		b := bytes.NewBuffer(room(dst, min(size, trustedPage))[:0])
		if _, err := b.ReadFrom(io.LimitReader(r, int64(size)+1)); err != nil {
			return nil, err
		}
		return padded(b.Bytes(), size)
	}
}
