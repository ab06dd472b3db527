package input

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/parquet-go/parquet-go/format"

	"github.com/detlang/det/lang/types"
)

// values reads the values of one page, without those that are missing, as they
// were written: booleans as Bool, INT32 and INT64 as Int, FLOAT and DOUBLE as
// Float, all others as the bytes of a String.
type values interface {
	// read writes the next n to l from row at on.
	read(l *lane, at, n int) error
	skip(n int) error
}

var errValues = errors.New("a page ends before its values do")

// rawKind is the kind of lane that the values of a leaf are read into.
func (n *parquetNode) rawKind() types.Kind {
	switch n.Type.V {
	case format.Boolean:
		return types.Bool
	case format.Int32, format.Int64:
		return types.Int
	case format.Float, format.Double:
		return types.Float
	}
	return types.String
}

// width is the size in bytes of a value of a leaf, 0 when sizes differ.
func (n *parquetNode) width() int {
	switch n.Type.V {
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.Int96:
		return 12
	case format.FixedLenByteArray:
		return int(n.TypeLength.V)
	}
	return 0
}

// newValues reads the up to n values of a page in any encoding but a dictionary.
func newValues(leaf *parquetNode, encoding format.Encoding, page []byte, n int) (values, error) {
	raw, width := leaf.rawKind(), leaf.width()
	switch encoding {
	case format.Plain:
		switch {
		case raw == types.Bool:
			return &plainBools{b: page}, nil
		case raw == types.Int:
			return &plainInts{b: page, width: width}, nil
		case raw == types.Float:
			return &plainFloats{b: page, width: width}, nil
		case width > 0:
			return &plainFixed{b: page, width: width}, nil
		}
		return &plainText{b: page}, nil
	case format.RLE:
		if raw == types.Bool {
			return newRunBools(page)
		}
	case format.DeltaBinaryPacked:
		if raw == types.Int {
			return deltaInts(page, n, width)
		}
	case format.DeltaLengthByteArray:
		if leaf.Type.V == format.ByteArray {
			return deltaLengths(page, n)
		}
	case format.DeltaByteArray:
		if raw == types.String {
			return deltaStrings(page, n, width)
		}
	case format.ByteStreamSplit:
		if width > 0 {
			joined, err := joinStreams(page, width)
			if err != nil {
				return nil, err
			}
			return newValues(leaf, format.Plain, joined, n)
		}
	}
	return nil, fmt.Errorf("%v values in the encoding %v", leaf.Type.V, encoding)
}

// plainInts are INT32 or INT64 in little-endian order.
type plainInts struct {
	b     []byte
	width int
}

func (p *plainInts) read(l *lane, at, n int) error {
	if n > len(p.b)/p.width {
		return errValues
	}
	dst, b := l.i64[at:at+n], p.b
	p.b = b[n*p.width:]
	if p.width == 8 {
		copy(bytesOf(dst), b) // Arrow's memory is little-endian, too
		return nil
	}
	b = b[:4*len(dst)]
	for len(dst) >= 4 && len(b) >= 16 {
		dst[0] = int64(int32(binary.LittleEndian.Uint32(b)))
		dst[1] = int64(int32(binary.LittleEndian.Uint32(b[4:])))
		dst[2] = int64(int32(binary.LittleEndian.Uint32(b[8:])))
		dst[3] = int64(int32(binary.LittleEndian.Uint32(b[12:])))
		dst, b = dst[4:], b[16:]
	}
	for i := range dst {
		dst[i] = int64(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return nil
}

func (p *plainInts) skip(n int) error { return skipFixed(&p.b, n, p.width) }

func skipFixed(b *[]byte, n, width int) error {
	if n > len(*b)/width {
		return errValues
	}
	*b = (*b)[n*width:]
	return nil
}

// plainFloats are FLOAT or DOUBLE in little-endian order.
type plainFloats struct {
	b     []byte
	width int
}

func (p *plainFloats) read(l *lane, at, n int) error {
	if n > len(p.b)/p.width {
		return errValues
	}
	dst, b := l.f64[at:at+n], p.b
	p.b = b[n*p.width:]
	if p.width == 8 {
		copy(bytesOf(dst), b)
		return nil
	}
	for i := range dst {
		dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		b = b[4:]
	}
	return nil
}

func (p *plainFloats) skip(n int) error { return skipFixed(&p.b, n, p.width) }

// plainBools are bits, the lowest of a byte first.
type plainBools struct {
	b   []byte
	bit int
}

func (p *plainBools) read(l *lane, at, n int) error {
	if p.bit+n > 8*len(p.b) {
		return errValues
	}
	for i := range l.bools[at : at+n] {
		l.bools[at+i] = p.b[p.bit>>3]>>(p.bit&7)&1 != 0
		p.bit++
	}
	return nil
}

func (p *plainBools) skip(n int) error {
	if p.bit+n > 8*len(p.b) {
		return errValues
	}
	p.bit += n
	return nil
}

// runBools are runs of bits, as levels are.
type runBools struct {
	h    hybrid
	bits []uint32
}

func newRunBools(page []byte) (values, error) {
	l, _, err := prefixedLevels(page, 1)
	return &runBools{h: l.hybrid}, err
}

func (p *runBools) read(l *lane, at, n int) error {
	p.bits = sized(p.bits, n)
	if err := p.h.read(p.bits); err != nil {
		return err
	}
	for i, x := range p.bits {
		l.bools[at+i] = x != 0
	}
	return nil
}

func (p *runBools) skip(n int) error { return p.h.skip(n) }

// plainFixed are byte strings of one length.
type plainFixed struct {
	b     []byte
	width int
}

func (p *plainFixed) read(l *lane, at, n int) error {
	if n > len(p.b)/p.width {
		return errValues
	}
	size := n * p.width
	if len(l.text)+size > math.MaxInt32 {
		return errTextOverflow
	}
	end := len(l.text)
	l.text = append(l.text, p.b[:size]...)
	for i := range l.offs[at+1 : at+n+1] {
		end += p.width
		l.offs[at+1+i] = int32(end)
	}
	p.b = p.b[size:]
	return nil
}

func (p *plainFixed) skip(n int) error { return skipFixed(&p.b, n, p.width) }

// plainText are byte strings, each after its length in four bytes. 16 bytes
// behind the page can be read.
type plainText struct{ b []byte }

func (p *plainText) read(l *lane, at, n int) error {
	b := p.b
	text, offs := l.text, l.offs[at+1:at+n+1]
	end := len(text)
	text = text[:cap(text)]
	for i := range offs {
		if len(b) < 4 {
			return errValues
		}
		size := int(binary.LittleEndian.Uint32(b))
		if b = b[4:]; size > len(b) {
			return errValues
		}
		if end+size+16 > len(text) {
			if end+size > math.MaxInt32-16 {
				return errTextOverflow
			}
			text = enlarged(text[:end], size+16, n-i)
		}
		if size <= 16 {
			// Most texts are short: two words are copied sooner than copy begins.
			from, to := b[:16], text[end:end+16]
			binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
			binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(from[8:]))
		} else {
			copy(text[end:], b[:size])
		}
		end += size
		b = b[size:]
		offs[i] = int32(end)
	}
	p.b, l.text = b, text[:end]
	return nil
}

// enlarged is text with room for more bytes, guessing what the left values will
// need from what was needed so far.
func enlarged(text []byte, more, left int) []byte {
	grown := make([]byte, max(2*len(text), len(text)+more+left*min(more, 64)))
	copy(grown, text)
	return grown
}

func (p *plainText) skip(n int) error {
	b := p.b
	for range n {
		if len(b) < 4 {
			return errValues
		}
		size := int(binary.LittleEndian.Uint32(b))
		if b = b[4:]; size > len(b) {
			return errValues
		}
		b = b[size:]
	}
	p.b = b
	return nil
}

// laneValues are values that were decoded all at once.
type laneValues struct {
	lane *lane
	n    int // how many there are
	at   int // the next
}

func (p *laneValues) read(l *lane, at, n int) error {
	if n > p.n-p.at {
		return errValues
	}
	p.at += n
	return l.copyFrom(at, p.lane, p.at-n, n)
}

func (p *laneValues) skip(n int) error {
	if n > p.n-p.at {
		return errValues
	}
	p.at += n
	return nil
}
