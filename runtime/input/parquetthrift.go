package input

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// Parquet's metadata are structs in Thrift's compact protocol
// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
// The library that decodes them trusts what lists say of their length and skips
// nested values by recursion, so a few hostile bytes could take all memory or
// the whole stack. Each struct is therefore walked first: every list has the
// elements it claims, and nothing nests deeper than maxThriftDepth.

const (
	maxThriftDepth = 64
	// A struct in a list takes up to thriftStructSize bytes once decoded. Those of
	// one message may take thriftSlack and thriftRatio times the message's size.
	thriftStructSize = 512
	thriftRatio      = 128
	thriftSlack      = 32 << 20
)

var errThrift = errors.New("broken metadata")

// decodeThrift decodes the struct that b begins with into v and gives its
// length. The error is io.ErrUnexpectedEOF when b ends before the struct does.
// What v holds afterwards may share b's memory.
func decodeThrift(b []byte, v any) (int, error) {
	w := thriftWalk{b: b}
	if err := w.structure(0); err != nil {
		return 0, err
	}
	if w.structs > (thriftSlack+thriftRatio*w.pos)/thriftStructSize {
		return 0, fmt.Errorf("%w: it would take too much memory", errThrift)
	}
	var compact thrift.CompactProtocol
	if err := thrift.NewDecoder(compact.NewReaderFromBytes(b[:w.pos])).Decode(v); err != nil {
		return 0, fmt.Errorf("%w: %v", errThrift, err)
	}
	return w.pos, nil
}

// thriftWalk steps over values without decoding them.
type thriftWalk struct {
	b       []byte
	pos     int
	structs int // in lists
}

func (w *thriftWalk) structure(depth int) error {
	if depth > maxThriftDepth {
		return fmt.Errorf("%w: it nests too deeply", errThrift)
	}
	for {
		head, err := w.byte()
		if err != nil {
			return err
		}
		kind := thrift.Type(head & 0xf)
		if kind == thrift.STOP {
			return nil
		}
		if head>>4 == 0 { // the field's number follows instead of a difference
			if _, err := w.varint(); err != nil {
				return err
			}
		}
		if kind == thrift.TRUE || kind == thrift.FALSE {
			continue // the value is in the head
		}
		if err := w.value(kind, depth+1); err != nil {
			return err
		}
	}
}

func (w *thriftWalk) value(kind thrift.Type, depth int) error {
	switch kind {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		return w.skip(1)
	case thrift.I16, thrift.I32, thrift.I64:
		_, err := w.varint()
		return err
	case thrift.DOUBLE:
		return w.skip(8)
	case thrift.UUID:
		return w.skip(16)
	case thrift.BINARY:
		n, err := w.varint()
		if err != nil {
			return err
		}
		return w.skip(n)
	case thrift.STRUCT:
		return w.structure(depth)
	case thrift.LIST, thrift.SET:
		return w.list(depth)
	case thrift.MAP:
		return w.dictionary(depth)
	}
	return fmt.Errorf("%w: a value of unknown type %d", errThrift, kind)
}

func (w *thriftWalk) list(depth int) error {
	head, err := w.byte()
	if err != nil {
		return err
	}
	n, kind := uint64(head>>4), thrift.Type(head&0xf)
	if n == 0xf {
		if n, err = w.varint(); err != nil {
			return err
		}
	}
	return w.values(n, depth, kind)
}

func (w *thriftWalk) dictionary(depth int) error {
	n, err := w.varint()
	if err != nil || n == 0 {
		return err
	}
	kinds, err := w.byte()
	if err != nil {
		return err
	}
	return w.values(n, depth, thrift.Type(kinds>>4), thrift.Type(kinds&0xf))
}

// values steps over n rounds of values of the given types.
func (w *thriftWalk) values(n uint64, depth int, kinds ...thrift.Type) error {
	if depth > maxThriftDepth {
		return fmt.Errorf("%w: it nests too deeply", errThrift)
	}
	for ; n > 0; n-- {
		for _, kind := range kinds {
			if kind == thrift.STRUCT {
				w.structs++
			}
			if err := w.value(kind, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *thriftWalk) byte() (byte, error) {
	if w.pos >= len(w.b) {
		return 0, io.ErrUnexpectedEOF
	}
	w.pos++
	return w.b[w.pos-1], nil
}

func (w *thriftWalk) skip(n uint64) error {
	if n > uint64(len(w.b)-w.pos) {
		return io.ErrUnexpectedEOF
	}
	w.pos += int(n)
	return nil
}

func (w *thriftWalk) varint() (uint64, error) {
	v, n := binary.Uvarint(w.b[w.pos:])
	if n == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	if n < 0 {
		return 0, fmt.Errorf("%w: a number is too long", errThrift)
	}
	w.pos += n
	return v, nil
}
