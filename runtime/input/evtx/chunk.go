package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// chunk is the chunk in memory: records stand in data from pos on.
type chunk struct {
	data   []byte
	offset int64 // of data in the file
	pos    int
	used   int    // where the header says that the records end
	limit  int    // how far records are looked for
	last   uint64 // the number of the last record
	any    bool   // there was one
}

const (
	chunkMagic  = "ElfChnk\x00"
	chunkSize   = 64 << 10
	chunkHeader = 512

	recordMagic  = "**\x00\x00"
	recordHeader = 24 // before the binary XML; the size stands again behind it
	recordEnd    = 4
)

var checksum = crc32.ChecksumIEEE

// nextChunk reads the next chunk, or what stands where one should.
func (r *Reader) nextChunk() error {
	if err := r.fill(); err != nil {
		return err
	}
	r.chunk = chunk{data: r.block, offset: r.offset - int64(len(r.block)), pos: chunkHeader, limit: len(r.block)}
	if !r.examine() {
		// Where bytes are missing or too many, the next chunk is not in its place.
		c := &r.chunk
		if i := bytes.Index(c.data[min(1, len(c.data)):], []byte(chunkMagic)); i >= 0 {
			c.data = c.data[:i+1]
			c.limit = min(c.limit, len(c.data))
		}
	}
	r.forget()
	return nil
}

// fill makes block the next bytes of the file: a chunk, or as many as there are.
// What stood behind the last chunk of a damaged file is kept.
func (r *Reader) fill() error {
	kept := copy(r.block[:cap(r.block)], r.block[len(r.chunk.data):])
	r.block = r.block[:chunkSize]
	n := 0
	if r.err == nil {
		n, r.err = io.ReadFull(r.src, r.block[kept:])
		r.offset += int64(n)
	}
	r.block = r.block[:kept+n]
	switch {
	case r.err == nil || len(r.block) > 0 && cut(r.err):
		r.chunks--
		return nil
	case cut(r.err):
		if r.chunks > 0 {
			r.tell(Cut, r.offset, fmt.Sprintf("the file ends %d chunks too early", r.chunks))
			r.chunks = 0
		}
		return io.EOF
	}
	return r.err
}

// cut says that a source ended, whether properly or not.
func cut(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// examine reads the header of a chunk and decides how far its records go. It
// reports whether the chunk is as it was written.
//
// Behind the records may stand older ones, from the last time that the log came
// round to this chunk. They are not part of the log. Where the header cannot be
// trusted, and nothing in it is confirmed by the records (see end), or where it was
// written before the last records, they are told by their numbers: see follows.
func (r *Reader) examine() bool {
	c := &r.chunk
	if len(c.data) < chunkSize {
		r.tell(Cut, c.offset+int64(len(c.data)), "the file ends inside a chunk")
		r.chunks = 0
	}
	if !bytes.HasPrefix(c.data, []byte(chunkMagic)) {
		if zero(c.data) { // space that the log has not used yet
			c.pos = c.limit
			return true
		}
		r.tell(Lost, c.offset, "no chunk begins here")
		c.pos = 0
		return false
	}
	if len(c.data) < chunkHeader {
		c.pos = c.limit
		return false
	}
	sum := crc32.Update(checksum(c.data[:120]), crc32.IEEETable, c.data[128:chunkHeader])
	if sum != binary.LittleEndian.Uint32(c.data[124:]) {
		r.tell(Checksum, c.offset, "the checksum of a chunk's header does not fit")
		return r.confirmed()
	}
	used := binary.LittleEndian.Uint32(c.data[48:])
	if used < chunkHeader || used > chunkSize {
		r.tell(Lost, c.offset, fmt.Sprintf("a chunk says that its records end at byte %d", used))
		return r.confirmed()
	}
	if c.used = int(used); c.used > len(c.data) {
		return false // of which Cut told
	}
	if !r.dirty {
		c.limit = c.used
	}
	if checksum(c.data[chunkHeader:c.used]) != binary.LittleEndian.Uint32(c.data[52:]) && !r.dirty {
		r.tell(Checksum, c.offset, "the checksum of a chunk's records does not fit")
		return false
	}
	return true
}

// confirmed bounds the records of a chunk whose header is damaged by what is left of
// it, and reports whether they are as they were written. The header of a log that was
// not closed may be older than the last records, and bounds nothing.
func (r *Reader) confirmed() bool {
	if r.dirty {
		return false
	}
	end, fits := r.chunk.end()
	if end > 0 {
		r.chunk.used, r.chunk.limit = end, end
	}
	return fits
}

// end is where the records of a chunk end, and whether their checksum fits. The
// header says it twice, by the end of the records and by the place of the last one.
// One of both is taken if the checksum of the records agrees with it, and either if
// they agree with each other; else it is 0.
func (c *chunk) end() (end int, fits bool) {
	used := int64(binary.LittleEndian.Uint32(c.data[48:]))
	last := int64(binary.LittleEndian.Uint32(c.data[44:]))
	if last >= chunkHeader && last < chunkSize {
		last += int64(c.recordAt(int(last)))
	}
	for _, at := range []int64{used, last} {
		if at > chunkHeader && at <= int64(len(c.data)) && checksum(c.data[chunkHeader:at]) == binary.LittleEndian.Uint32(c.data[52:]) {
			return int(at), true
		}
	}
	if used == last && used > chunkHeader && used <= int64(len(c.data)) {
		return int(used), false
	}
	return 0, false
}

// record finds the next record of the chunk.
func (r *Reader) record() (Record, bool) {
	c := &r.chunk
	if size := c.recordAt(c.pos); size > 0 {
		return c.take(size), true
	}
	if c.pos >= c.limit {
		return Record{}, false
	}
	start := c.pos
	for next := start + 1; ; next++ {
		i := bytes.Index(c.data[min(next, c.limit):c.limit], []byte(recordMagic))
		if i < 0 {
			break
		}
		if next += i; c.recordAt(next) == 0 {
			continue
		}
		c.pos = next
		if c.used > 0 || c.any { // else it was told that no chunk begins here
			r.lost(start, next)
		}
		return c.take(c.recordAt(next)), true
	}
	c.pos = c.limit
	// A record may have been cut or overwritten; what is not known to be used may
	// hold anything.
	if start < c.used && !zero(c.data[start:min(c.used, c.limit)]) {
		r.lost(start, min(c.used, c.limit))
	}
	return Record{}, false
}

func (r *Reader) lost(from, to int) {
	r.tell(Lost, r.chunk.offset+int64(from), fmt.Sprintf("%d bytes hold no record", to-from))
}

// recordAt is the size of the record at an index, 0 if there is none. Its size
// must stand at both of its ends.
func (c *chunk) recordAt(i int) int {
	rest := c.data[min(i, c.limit):c.limit]
	if len(rest) < recordHeader+recordEnd || string(rest[:len(recordMagic)]) != recordMagic {
		return 0
	}
	size := binary.LittleEndian.Uint32(rest[4:])
	if size < recordHeader+recordEnd || uint64(size) > uint64(len(rest)) || binary.LittleEndian.Uint32(rest[size-recordEnd:]) != size {
		return 0
	}
	if i >= c.used && c.any && !c.follows(binary.LittleEndian.Uint64(rest[8:]), i) {
		return 0
	}
	return int(size)
}

// follows reports whether a record of that number can stand at an index behind the
// last one. Numbers go up by one, so no more of them can be left out than there is
// room for records between both: an older record has a lower number, and one of
// another log any.
func (c *chunk) follows(number uint64, i int) bool {
	const least = recordHeader + recordEnd
	return number > c.last && number-c.last-1 <= uint64(max(i-c.pos, 0)/least)
}

// take gives the record at pos, whose size is known, and moves behind it.
func (c *chunk) take(size int) Record {
	at := c.pos
	c.pos += size
	c.last, c.any = binary.LittleEndian.Uint64(c.data[at+8:]), true
	return Record{
		ID: c.last, Offset: c.offset + int64(at),
		data: c.data[at+recordHeader : at+size-recordEnd], at: at + recordHeader,
	}
}

func zero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
