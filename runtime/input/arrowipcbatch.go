package input

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/pierrec/lz4/v4"
)

// arrowBatch is one record batch, or a batch of a dictionary: where its buffers
// are, of which those that are wanted are read.
type arrowBatch struct {
	rows    int64
	nodes   []arrowNode
	buffers []arrowBuffer
	views   []int64 // how many buffers the bytes of each field with views take
	unpack  decompressor
	body    io.ReaderAt
	size    int64 // of the body

	read map[int][]byte // buffers by number
}

type arrowNode struct{ rows, missing int64 }

type arrowBuffer struct{ offset, size int64 }

// maxArrowRows bounds a batch; Arrow itself advises no more.
const maxArrowRows = math.MaxInt32

var errArrowBuffer = errors.New("a buffer is not where it should be, or too short")

// newArrowBatch reads a RecordBatch table.
func newArrowBatch(t arrowTable, body io.ReaderAt, size int64) (*arrowBatch, error) {
	b := &arrowBatch{rows: t.int64(0), body: body, size: size, read: map[int][]byte{}}
	if b.rows < 0 || b.rows > maxArrowRows {
		return nil, fmt.Errorf("a batch claims %d rows", b.rows)
	}
	for _, at := range t.vector(1, 16) {
		b.nodes = append(b.nodes, arrowNode{t.GetInt64(at), t.GetInt64(at + 8)})
	}
	for _, at := range t.vector(2, 16) {
		b.buffers = append(b.buffers, arrowBuffer{t.GetInt64(at), t.GetInt64(at + 8)})
	}
	for _, at := range t.vector(4, 8) {
		b.views = append(b.views, t.GetInt64(at))
	}
	if c, ok := t.table(3); ok {
		switch codec := c.int8(0, 0); codec {
		case 0:
			b.unpack = streamed(func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil })
		case 1:
			b.unpack = decompressZstd
		default:
			return nil, fmt.Errorf("the compression %d is not known", codec)
		}
	}
	return b, nil
}

func (b *arrowBatch) node(f *arrowField) (arrowNode, error) {
	if f.node >= len(b.nodes) {
		return arrowNode{}, errors.New("a batch has fewer columns than the schema")
	}
	n := b.nodes[f.node]
	if n.rows < 0 || n.rows > maxArrowRows {
		return n, fmt.Errorf("a column claims %d rows", n.rows)
	}
	return n, nil
}

// buffer is the i-th buffer of a field, with pagePadding.
func (b *arrowBatch) buffer(f *arrowField, i int) ([]byte, error) {
	i += f.buffer
	for _, n := range b.views[:min(f.views, len(b.views))] {
		i += int(n)
	}
	if i < 0 || i >= len(b.buffers) {
		return nil, errArrowBuffer
	}
	if known, ok := b.read[i]; ok {
		return known, nil
	}
	buf := b.buffers[i]
	if buf.offset < 0 || buf.size < 0 || buf.offset > b.size || buf.size > b.size-buf.offset {
		return nil, errArrowBuffer
	}
	raw := make([]byte, buf.size, buf.size+pagePadding)
	if err := readAt(b.body, raw, buf.offset); err != nil {
		return nil, err
	}
	out, err := b.unpacked(raw)
	b.read[i] = out
	return out, err
}

// unpacked decompresses a buffer, which begins with its length, -1 if it has
// been left as it is.
func (b *arrowBatch) unpacked(raw []byte) ([]byte, error) {
	if b.unpack == nil || len(raw) == 0 {
		return raw, nil
	}
	if len(raw) < 8 {
		return nil, errArrowBuffer
	}
	n := int64(binary.LittleEndian.Uint64(raw))
	if raw = raw[8:]; n == -1 {
		return raw, nil
	}
	if n < 0 || n > maxPage {
		return nil, fmt.Errorf("a buffer claims %d bytes", n)
	}
	out, err := b.unpack(nil, raw, int(n))
	if err != nil {
		return nil, fmt.Errorf("a buffer: %w", err)
	}
	return out, nil
}

// validity are the bits of the rows that are not missing, nil when none is. rows
// is how many rows there must be at least.
func (b *arrowBatch) validity(f *arrowField, rows int) ([]byte, error) {
	n, err := b.node(f)
	if err != nil {
		return nil, err
	}
	if n.rows < int64(rows) {
		return nil, errors.New("a column is shorter than its batch")
	}
	if n.missing == 0 || f.layout == layoutOther || f.layout == layoutNothing {
		return nil, nil
	}
	bits, err := b.buffer(f, 0)
	if err != nil || len(bits) == 0 {
		return nil, err
	}
	if len(bits) < (rows+7)/8 {
		return nil, errArrowBuffer
	}
	return bits, nil
}

// offsets are where the n elements or texts of a field from row from on begin, and
// where the last ends. They ascend, and the last is at most limit.
func (b *arrowBatch) offsets(f *arrowField, from, n, limit int) ([]int, error) {
	buf, err := b.buffer(f, 1)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return []int{0}, nil
	}
	if len(buf)/f.width < from+n+1 {
		return nil, errArrowBuffer
	}
	out := make([]int, n+1)
	for i, k := 0, from*f.width; i <= n; i, k = i+1, k+f.width {
		x := int64(int32(binary.LittleEndian.Uint32(buf[k:])))
		if f.width == 8 {
			x = int64(binary.LittleEndian.Uint64(buf[k:]))
		}
		if out[i] = int(x); x < 0 || x > int64(limit) || i > 0 && out[i] < out[i-1] {
			return nil, errors.New("offsets do not ascend")
		}
	}
	return out, nil
}

// bit reports whether a bit is set; nil bits all are.
func bit(bits []byte, i int) bool { return bits == nil || bits[i>>3]>>(i&7)&1 != 0 }
