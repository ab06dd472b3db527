package input

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// openArrowMessages begins a stream of messages, of which the first is the schema.
func openArrowMessages(s arrowSource) (arrowSource, arrowMessage, error) {
	m, err := s.next()
	switch {
	case err == io.EOF:
		return nil, m, errors.New("there is no schema")
	case err == nil && m.kind != messageSchema:
		err = fmt.Errorf("the first message is of type %d, not a schema", m.kind)
	}
	return s, m, err
}

// messageSize is the length of a message's metadata from the bytes before them,
// of which there are skip; io.EOF is the mark of the stream's end. Before Arrow
// 0.15 there were no four bytes of ones.
func messageSize(head []byte) (size int64, skip int, err error) {
	n, skip := binary.LittleEndian.Uint32(head), 4
	if n == 1<<32-1 {
		if len(head) < 8 {
			return 0, 0, io.ErrUnexpectedEOF
		}
		n, skip = binary.LittleEndian.Uint32(head[4:]), 8
	}
	switch {
	case n == 0:
		return 0, skip, io.EOF
	case n > maxArrowMeta:
		return 0, skip, fmt.Errorf("a message claims metadata of %d bytes", n)
	}
	return int64(n), skip, nil
}

// seekedMessages are the messages of a stream that can be read at random: bodies
// stay where they are.
type seekedMessages struct {
	src       io.ReaderAt
	pos, size int64
}

func (s *seekedMessages) next() (arrowMessage, error) {
	head := make([]byte, min(8, s.size-s.pos))
	if len(head) == 0 {
		return arrowMessage{}, io.EOF // the mark of the end may be left out
	}
	if len(head) < 4 {
		return arrowMessage{}, io.ErrUnexpectedEOF
	}
	if err := readAt(s.src, head, s.pos); err != nil {
		return arrowMessage{}, err
	}
	n, skip, err := messageSize(head)
	if err != nil {
		return arrowMessage{}, err
	}
	m, err := messageAt(s.src, s.size, s.pos+int64(skip), n)
	s.pos += int64(skip) + n + m.size
	return m, err
}

func (s *seekedMessages) progress() (done, total int64) { return s.pos, s.size }

// messageAt reads the message with n bytes of metadata at a place in a file.
func messageAt(src io.ReaderAt, size, at, n int64) (arrowMessage, error) {
	if at < 0 || n < 0 || n > maxArrowMeta || at > size-n {
		return arrowMessage{}, io.ErrUnexpectedEOF
	}
	meta := make([]byte, n)
	if err := readAt(src, meta, at); err != nil {
		return arrowMessage{}, err
	}
	m := readArrowMessage(meta)
	if m.size < 0 || m.size > size-at-n {
		return arrowMessage{}, io.ErrUnexpectedEOF
	}
	m.body = io.NewSectionReader(src, at+n, m.size)
	return m, nil
}

// passedMessages are the messages of a stream as it passes.
type passedMessages struct {
	r      io.Reader
	n      int64 // bytes so far
	stored func() (done, total int64)
}

func (s *passedMessages) next() (arrowMessage, error) {
	head := make([]byte, 8)
	if k, err := io.ReadFull(s.r, head[:4]); err != nil {
		if k == 0 {
			return arrowMessage{}, err
		}
		return arrowMessage{}, io.ErrUnexpectedEOF
	}
	used := 4
	if binary.LittleEndian.Uint32(head) == 1<<32-1 {
		if _, err := io.ReadFull(s.r, head[4:]); err != nil {
			return arrowMessage{}, io.ErrUnexpectedEOF
		}
		used = 8
	}
	n, _, err := messageSize(head[:used])
	if err != nil {
		return arrowMessage{}, err
	}
	meta, err := s.take(n)
	if err != nil {
		return arrowMessage{}, err
	}
	m := readArrowMessage(meta)
	if m.size < 0 {
		return arrowMessage{}, fmt.Errorf("a message claims a body of %d bytes", m.size)
	}
	body, err := s.take(m.size)
	s.n += int64(used)
	m.body = bytes.NewReader(body)
	return m, err
}

// take reads n bytes, growing what holds them only as they come.
func (s *passedMessages) take(n int64) ([]byte, error) {
	var b bytes.Buffer
	k, err := io.Copy(&b, io.LimitReader(s.r, n))
	s.n += k
	if err == nil && k < n {
		err = io.ErrUnexpectedEOF
	}
	return b.Bytes(), err
}

func (s *passedMessages) progress() (done, total int64) {
	if s.stored != nil {
		return s.stored()
	}
	return s.n, 0
}

// fileMessages are the messages of the file format: all dictionaries, which may
// stand anywhere, then the record batches, in the order of the footer.
type fileMessages struct {
	src    io.ReaderAt
	size   int64
	blocks []arrowBlock
	all    int
}

// arrowBlock is where a message is, with the bytes before its metadata.
type arrowBlock struct{ at, meta int64 }

// openArrowFile reads the footer of a file.
func openArrowFile(src io.ReaderAt, size int64) (arrowSource, arrowMessage, error) {
	const tail = 4 + len(arrowMagic)
	var schema arrowMessage
	if size < int64(len(arrowMagic)+2+tail) {
		return nil, schema, io.ErrUnexpectedEOF
	}
	var end [tail]byte
	if err := readAt(src, end[:], size-int64(tail)); err != nil {
		return nil, schema, err
	}
	if string(end[4:]) != arrowMagic {
		return nil, schema, errors.New("the file does not end as an Arrow file does; it may be incomplete")
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	if n > maxArrowMeta || n > size-int64(tail) {
		return nil, schema, fmt.Errorf("metadata of %d bytes in a file of %d", n, size)
	}
	b := make([]byte, n)
	if err := readAt(src, b, size-int64(tail)-n); err != nil {
		return nil, schema, err
	}
	footer := rootTable(b)
	var ok bool
	if schema.header, ok = footer.table(1); !ok {
		return nil, schema, errors.New("there is no schema")
	}
	schema.version = footer.int16(0, 0)
	f := &fileMessages{src: src, size: size}
	for _, list := range []int{2, 3} {
		for _, at := range footer.vector(list, 24) {
			f.blocks = append(f.blocks, arrowBlock{footer.GetInt64(at), int64(footer.GetInt32(at + 8))})
		}
	}
	f.all = len(f.blocks)
	return f, schema, nil
}

func (f *fileMessages) next() (arrowMessage, error) {
	if len(f.blocks) == 0 {
		return arrowMessage{}, io.EOF
	}
	b := f.blocks[0]
	f.blocks = f.blocks[1:]
	if b.at < 0 || b.meta < 8 || b.at > f.size-b.meta {
		return arrowMessage{}, io.ErrUnexpectedEOF
	}
	var head [8]byte
	if err := readAt(f.src, head[:], b.at); err != nil {
		return arrowMessage{}, err
	}
	_, skip, err := messageSize(head[:])
	if err != nil {
		return arrowMessage{}, errors.New("the footer names a message that is not there")
	}
	return messageAt(f.src, f.size, b.at+int64(skip), b.meta-int64(skip))
}

func (f *fileMessages) progress() (done, total int64) {
	return f.size * int64(f.all-len(f.blocks)) / int64(max(f.all, 1)), f.size
}
