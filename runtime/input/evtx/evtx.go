// Package evtx reads the event logs of Windows since Vista: files of type EVTX,
// whose records are XML in a binary form.
//
// A file is a header of 4 KiB and chunks of 64 KiB. Each chunk stands by itself:
// its records refer to templates and names in the same chunk, by their offsets.
// So a Reader keeps one chunk in memory, and what is damaged costs at most its
// own chunk: checksums tell of damage, and records are then found by their marks.
//
// Most records are an instance of a template: the tree of elements, which is read
// once a chunk, and the values that fill it. Only the fields that a Select wants
// are turned into text.
//
// Sources: [MS-EVEN6] 2.2.12 to 2.2.20 for binary XML; Joachim Metz, "Windows XML
// Event Log (EVTX)" (libevtx) for the file.
package evtx

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// Damage is something that cannot be read as it was written.
type Damage struct {
	Kind   Kind
	Offset int64 // in the file
	Detail string
}

// Kind is a kind of damage.
type Kind uint8

// The kinds of damage.
const (
	// Checksum is a header or records whose checksum does not fit. What is
	// readable of them is read all the same.
	Checksum Kind = iota
	// Lost are bytes that hold no record where records should be.
	Lost
	// Cut is a file that ends in the middle.
	Cut
)

// Reader reads the records of one file, one after another.
type Reader struct {
	// Damaged is told of damage as it is met; nil ignores it. A record that
	// cannot be read is not told here: Decode gives the error.
	Damaged func(Damage)

	src    io.Reader
	offset int64 // in the file of what src gives next
	dirty  bool  // the file was not closed properly
	chunks int   // how many are to come, by the header
	err    error // why src ended
	block  []byte
	chunk  chunk
	decoder
}

// A Record is where a record stands.
type Record struct {
	ID     uint64 // as the log numbered it
	Offset int64  // in the file
	data   []byte // binary XML
	at     int    // of data in its chunk
}

// Size is the length of a record's binary XML, in bytes.
func (r Record) Size() int { return len(r.data) }

// NewReader reads the header of a file. Fields that selected gives no number of 0
// or above for are passed over. MaxText bounds the text of one record, in bytes.
//
// It is an error if the file is in a version that is not known, or not EVTX at
// all; a damaged header is not.
func NewReader(src io.Reader, selected Select, maxText int, damaged func(Damage)) (*Reader, error) {
	r := &Reader{src: src, Damaged: damaged, block: make([]byte, 0, chunkSize)}
	r.selected, r.maxText = selected, maxText
	r.plans = map[planKey]*plan{}
	head := make([]byte, headerSize)
	n, err := io.ReadFull(src, head)
	r.offset = int64(n)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if !Sniff(head) {
		return nil, fmt.Errorf("no event log: it does not begin with %q", fileMagic)
	}
	if err != nil {
		r.tell(Cut, r.offset, "the file ends inside its header")
		r.err = io.EOF
		return r, nil
	}
	if checksum(head[:120]) != binary.LittleEndian.Uint32(head[124:]) {
		r.tell(Checksum, 0, "the checksum of the file's header does not fit")
		r.dirty = true
		return r, nil
	}
	if major, minor := binary.LittleEndian.Uint16(head[38:]), binary.LittleEndian.Uint16(head[36:]); major != 3 {
		return nil, fmt.Errorf("an event log of version %d.%d; only versions 3.x can be read", major, minor)
	}
	r.dirty = binary.LittleEndian.Uint32(head[120:])&1 != 0
	if !r.dirty {
		r.chunks = int(binary.LittleEndian.Uint16(head[42:]))
	}
	// A header may be longer than it has to be.
	if size := int64(binary.LittleEndian.Uint16(head[40:])); size > headerSize {
		n, err := io.CopyN(io.Discard, src, size-headerSize)
		r.offset += n
		if err != nil {
			r.err = err
		}
	}
	return r, nil
}

const (
	fileMagic  = "ElfFile\x00"
	headerSize = 4096
)

// Sniff reports whether the first bytes of a file are those of an event log.
func Sniff(head []byte) bool {
	return len(head) >= len(fileMagic) && string(head[:len(fileMagic)]) == fileMagic
}

func (r *Reader) tell(k Kind, offset int64, detail string) {
	if r.Damaged != nil {
		r.Damaged(Damage{k, offset, detail})
	}
}

// Next gives the next record, until io.EOF. What it holds is valid until the next
// call. Another error is one of the source.
func (r *Reader) Next(ctx context.Context) (Record, error) {
	for {
		if rec, ok := r.record(); ok {
			return rec, nil
		}
		if err := ctx.Err(); err != nil {
			return Record{}, err
		}
		if err := r.nextChunk(); err != nil {
			return Record{}, err
		}
	}
}
