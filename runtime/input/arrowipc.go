package input

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/detlang/det/lang/types"
)

// Arrow's file format begins and ends with ARROW1. Its stream format begins with a
// message, four bytes of ones and the length of its metadata
// (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc).
const arrowMagic = "ARROW1"

const maxArrowMeta = 256 << 20

// SniffArrow tells whether a file that begins with head is an Arrow file or
// stream.
func SniffArrow(head []byte) bool {
	if bytes.HasPrefix(head, []byte(arrowMagic)) {
		return true
	}
	if len(head) < 12 || binary.LittleEndian.Uint32(head) != 1<<32-1 {
		return false
	}
	size, root := binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[8:])
	return size > 8 && size <= maxArrowMeta && size%8 == 0 && root < size
}

// OpenArrow reads Arrow's IPC formats, file and stream. Of a file only the columns
// that are asked for are read; a stream passes as it comes, unless it can be read
// at random. Record batches larger than BatchRows are given in parts. Values become
// what a column asks as they would in a text format. Of a stream that is cut off
// the batches before the cut are given, and a Truncated reject.
func OpenArrow(_ context.Context, f *File, req Request) (Stream, error) {
	s := &arrowStream{}
	if err := s.open(f, req); err != nil {
		s.dropSpool()
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return s, nil
}

type arrowStream struct {
	columnar
	source arrowSource
	schema *arrowSchema
	batch  *arrowBatch // being read
	index  int         // of the next record batch
	first  int64       // record number of its first row
	drop   func() error
}

// arrowSource gives the messages of a file after its schema, io.EOF after the last.
type arrowSource interface {
	next() (arrowMessage, error)
	progress() (done, total int64)
}

// arrowMessage is a message: its table, by its type, and where its body is.
type arrowMessage struct {
	kind    int8
	version int16
	header  arrowTable
	body    io.ReaderAt
	size    int64 // of the body
}

// The types of messages.
const (
	messageSchema = iota + 1
	messageDictionary
	messageBatch
)

func readArrowMessage(meta []byte) arrowMessage {
	t := rootTable(meta)
	m := arrowMessage{version: t.int16(0, 0), kind: t.int8(1, 0), size: t.int64(3)}
	m.header, _ = t.table(2)
	return m
}

func (s *arrowStream) open(f *File, req Request) (err error) {
	defer recovered(&err)
	r := bufio.NewReaderSize(f.Reader, 64<<10)
	head, err := r.Peek(len(arrowMagic))
	if err != nil && err != io.EOF {
		return err
	}
	f.Reader = r
	var schema arrowMessage
	switch {
	case bytes.Equal(head, []byte(arrowMagic)):
		var src io.ReaderAt
		var size int64
		if src, size, s.drop, err = spool(f); err != nil {
			return err
		}
		s.source, schema, err = openArrowFile(src, size)
	case f.Seek != nil:
		s.source, schema, err = openArrowMessages(&seekedMessages{src: f.Seek, size: f.Size})
	default:
		s.source, schema, err = openArrowMessages(&passedMessages{r: r, stored: f.Stored})
	}
	if err != nil {
		return err
	}
	if s.schema, err = readArrowSchema(schema.header, schema.version); err != nil {
		return err
	}
	s.nextGroup = s.takeBatch
	return s.prepare(f, req, s.sources)
}

// sources are where a column's values stand; see columnarOutput.
func (s *arrowStream) sources(c Column, text *growing) (scalar scalarSource, list listSource) {
	var found [][]arrowStep
	for _, path := range c.places() {
		if steps, ok := s.schema.root.find(path); ok {
			if found = append(found, steps[1:]); c.Paths == nil {
				break
			}
		}
	}
	kind := elemKind(c.Type)
	switch {
	case len(found) == 0:
		return nil, nil
	case c.Type.Kind == types.List && inList(found[0]):
		return nil, newArrowItems(s, found[0], kind)
	case len(found) == 1:
		return s.scalar(found[0], kind, text), nil
	}
	e := &eitherSource{}
	for _, steps := range found {
		e.all = append(e.all, s.scalar(steps, kind, nil))
	}
	return e, nil
}

func (s *arrowStream) scalar(steps []arrowStep, kind types.Kind, text *growing) scalarSource {
	for _, step := range steps {
		if step.field.layout == layoutList || step.field.layout == layoutSlots {
			return &firstSource{list: newArrowItems(s, steps, kind)}
		}
	}
	return &arrowColumn{arrowLeaf: newArrowLeaf(s, steps[len(steps)-1].field, kind, text), steps: steps}
}

// inList tells whether a path leads through a list, not only through maps.
func inList(steps []arrowStep) bool {
	for _, step := range steps {
		if step.keys == nil && (step.field.layout == layoutList || step.field.layout == layoutSlots) {
			return true
		}
	}
	return false
}

// takeBatch goes to the next record batch, taking in what comes before it.
func (s *arrowStream) takeBatch(ctx context.Context) (*rowGroup, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, err := s.source.next()
		if _, file := s.source.(*fileMessages); errors.Is(err, io.ErrUnexpectedEOF) && !file {
			s.tell(Reject{Source: s.file.Name, Row: -1, Cause: Truncated, Detail: "the stream ends in the middle of a message"})
			return nil, io.EOF
		}
		if err != nil {
			return nil, err
		}
		switch m.kind {
		case messageDictionary:
			if err := s.changeDict(m); err != nil {
				return nil, err
			}
		case messageBatch:
			if s.batch, err = newArrowBatch(m.header, m.body, m.size); err != nil {
				return nil, err
			}
			n := s.batch.rows
			g := &rowGroup{index: s.index, first: s.first, rows: n, spans: []rowSpan{{0, n}}, batch: s.batchRows(n, m.size)}
			s.index++
			s.first += n
			return g, nil
		case messageSchema:
			return nil, errors.New("a second schema")
		}
	}
}

func (s *arrowStream) changeDict(m arrowMessage) error {
	d := s.schema.dicts[m.header.int64(0)]
	if d == nil {
		return nil // of a column that the schema does not have
	}
	data, ok := m.header.table(1)
	if !ok {
		return errors.New("a dictionary without values")
	}
	b, err := newArrowBatch(data, m.body, m.size)
	if err != nil {
		return err
	}
	delta := m.header.bool(2)
	if _, is := s.source.(*fileMessages); is && !delta && d.version > 0 {
		return errors.New("a file with two dictionaries for one column")
	}
	d.change(b, delta)
	return nil
}

// Progress implements Progress.
func (s *arrowStream) Progress() (done, total int64) { return s.source.progress() }

func (s *arrowStream) dropSpool() error {
	if s.drop == nil {
		return nil
	}
	drop := s.drop
	s.drop = nil
	return drop()
}

// Close implements Stream.
func (s *arrowStream) Close() error {
	s.stop()
	s.nextGroup = func(context.Context) (*rowGroup, error) { return nil, io.EOF }
	return errors.Join(s.dropSpool(), closeFile(s.file))
}
