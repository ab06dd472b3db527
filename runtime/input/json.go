package input

import (
	"bytes"
	"context"
	"fmt"
)

// OpenNDJSON reads JSON objects, one after another: a line each, several on a
// line, or each over many lines. Objects that have nothing but a known array of
// records (see envelope.go) wrap their records here as well.
func OpenNDJSON(ctx context.Context, f *File, req Request) (Stream, error) {
	return openJSON(ctx, f, req, false)
}

// OpenJSON reads JSON documents: whatever OpenNDJSON reads, arrays of objects,
// and objects that wrap such an array (see envelope.go).
func OpenJSON(ctx context.Context, f *File, req Request) (Stream, error) {
	return openJSON(ctx, f, req, true)
}

// jsonReader reads records from JSON text.
//
// Records are found by reading them, not by their lines, so that it does not
// matter how they are laid out. Lines matter only where a record is broken: a
// broken record ends with the line that it begins on. If what is wrong stands
// behind that line, the record may have been one of many lines, or a cut line
// swallowed those after it. The lines up to the place that is wrong are then read
// by themselves, those that do not begin with a brace passed over as parts of the
// record that was set aside: no byte is read more than twice, and a cut line
// costs no other record.
type jsonReader struct {
	rows      *rows
	block     *block
	p         *projection
	documents bool
	place     place
	start     int // of the current record in the block

	// between records
	strictTo int64 // offset in the input up to which lines are read by themselves
	seeking  bool  // lines are passed over up to one that begins with a brace
	closed   bool  // an array has ended on this line

	envelope []string // the path to the records in each object, nil for none
	level    int      // how many objects of the envelope are open
	found    bool     // the records of this envelope were found
	next     expected // in an array or an envelope
}

// place is where in a document the reader is.
type place uint8

const (
	atTop place = iota
	inArray
	inEnvelope
)

// expected is what may come next in an array or an envelope.
type expected uint8

const (
	firstOrEnd expected = iota
	another
	commaOrEnd
)

func openJSON(ctx context.Context, f *File, req Request, documents bool) (Stream, error) {
	rows, err := newRows(f.Name, req)
	if err != nil {
		return nil, err
	}
	b := newBlock(f)
	if err := b.begin(ctx); err != nil {
		rows.release()
		return nil, err
	}
	r := &jsonReader{rows: rows, block: b, documents: documents}
	rows.line = func() int64 { return b.line(r.start) }
	var under []string
	r.envelope, under = findEnvelope(b, req, documents)
	r.p = newProjection(req.Columns, under)
	b.scan = &r.p.scanner
	b.show()
	return r, nil
}

func (r *jsonReader) Close() error {
	r.rows.release()
	return closeFile(r.block.f)
}

func (r *jsonReader) Progress() (done, total int64) { return progressOf(r.block.f) }

func (r *jsonReader) Next(ctx context.Context) (Batch, error) {
	for !r.rows.enough(r.block) && r.step(ctx) {
	}
	if r.rows.n > 0 {
		return r.rows.batch(), nil
	}
	return Batch{}, r.block.finish(r.rows)
}

// step reads one record, or what stands between two. It reports false when
// nothing is left.
func (r *jsonReader) step(ctx context.Context) bool {
	switch r.place {
	case inArray:
		return r.element(ctx)
	case inEnvelope:
		return r.member(ctx)
	}
	return r.top(ctx)
}

// space moves to the next byte that is not space, and reports whether there is
// one.
func (r *jsonReader) space(ctx context.Context) bool {
	for {
		i := r.p.space(r.block.pos)
		if r.closed && bytes.IndexByte(r.block.buf[r.block.pos:i], '\n') >= 0 {
			r.closed = false
		}
		r.block.pos = i
		if i < r.block.end {
			return true
		}
		if !r.block.fill(ctx) {
			return false
		}
	}
}

// top reads a record that stands by itself.
func (r *jsonReader) top(ctx context.Context) bool {
	if r.seeking || r.block.offset+int64(r.block.pos) < r.strictTo {
		return r.line(ctx)
	}
	if !r.space(ctx) {
		return false
	}
	r.start = r.block.pos
	switch c := r.block.buf[r.block.pos]; {
	case c == '{' && r.envelope != nil:
		r.place, r.level, r.found, r.next = inEnvelope, 1, false, firstOrEnd
		r.block.pos++
	case c == '{':
		r.record(ctx, r.recover)
	case c == '[' && r.documents && !r.closed:
		r.place, r.next = inArray, firstOrEnd
		r.block.pos++
	default:
		why := "a record must be an object, not " + kindOf(c)
		if c == '[' && !r.documents {
			why += " (the format json reads arrays of records)"
		}
		r.refuseLine(ctx, why)
	}
	return true
}

// record reads the object at pos. One that cannot be read is set aside, and
// recovery moves to where reading can go on; failed is the index of what was
// wrong with it.
func (r *jsonReader) record(ctx context.Context, recovery func(ctx context.Context, failed int)) {
	limit := r.rows.req.MaxRecord
	for {
		b := r.block
		r.start = b.pos
		next := r.p.record(b.pos)
		switch {
		case next >= 0 && next-b.pos <= limit:
			r.p.giveTo(r.rows, b.buf[b.pos:next])
			b.pos = next
			return
		case next >= 0:
			r.rows.tooLong(b.buf[b.pos:next])
			b.pos = next
			return
		case !r.p.partial():
			r.refuse(r.p.why, r.p.at)
			recovery(ctx, r.p.at)
			return
		case b.end-b.pos > limit:
			r.rows.tooLong(b.buf[b.pos:b.end])
			recovery(ctx, b.end)
			return
		case !r.block.fill(ctx):
			r.start = b.pos
			if !b.ended() {
				b.pos = b.end
				return
			}
			r.refuse("the input ends inside a record", b.end)
			recovery(ctx, b.end)
			return
		}
	}
}

// refuse sets the record at pos aside; failed is the index of what is wrong.
func (r *jsonReader) refuse(why string, failed int) {
	b := r.block
	text := b.buf[b.pos:r.p.end]
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:max(i, failed-b.pos)]
	}
	if n := b.line(failed) - b.line(b.pos); n > 0 && failed < b.end {
		why += fmt.Sprintf(" (line %d of the record)", n+1)
	}
	r.rows.setAside(Reject{Cause: Malformed, Detail: why, Text: bytes.TrimRight(text, "\r\n")})
}

// recover moves behind the line of the record that was just set aside.
func (r *jsonReader) recover(ctx context.Context, failed int) {
	at := r.block.offset + int64(failed)
	r.block.skipLine(ctx)
	if here := r.block.offset + int64(r.block.pos); at >= here {
		r.strictTo, r.seeking = at, true
	}
}

// refuseLine sets aside what stands from pos to the end of the line.
func (r *jsonReader) refuseLine(ctx context.Context, why string) {
	r.refuse(why, r.block.pos)
	r.block.skipLine(ctx)
	r.closed = false
}

// line reads the records of one line, and nothing behind it.
func (r *jsonReader) line(ctx context.Context) bool {
	if !r.block.more(ctx) {
		return false
	}
	if r.block.buf[r.block.pos] != '{' {
		r.block.skipLine(ctx)
		return true
	}
	r.seeking = false
	if r.block.offset+int64(r.block.pos) >= r.strictTo {
		return true
	}
	end := r.block.lineEnd(ctx, r.rows.req.MaxRecord)
	b := r.block
	r.start = b.pos
	if end < 0 {
		r.rows.tooLong(b.buf[b.pos:b.end])
		b.skipLine(ctx)
		return true
	}
	r.within(end)
	b.pos = min(end+1, b.end)
	return true
}

// within reads the records between pos and end.
func (r *jsonReader) within(end int) {
	b := r.block
	kept := b.buf[end]
	b.buf[end], r.p.end = 0, end
	defer func() { b.buf[end], r.p.end = kept, b.end }()
	for {
		b.pos = r.p.space(b.pos)
		r.start = b.pos
		switch {
		case b.pos == end:
			return
		case b.buf[b.pos] != '{':
			r.refuse("a record must be an object, not "+kindOf(b.buf[b.pos]), b.pos)
			return
		}
		next := r.p.record(b.pos)
		if next < 0 {
			r.refuse(r.p.why, min(r.p.at, end))
			return
		}
		r.p.giveTo(r.rows, b.buf[b.pos:next])
		b.pos = next
	}
}

// kindOf names what a first byte begins.
func kindOf(c byte) string {
	switch {
	case c == '"':
		return "a string"
	case c == '[':
		return "an array"
	case c == '-', c-'0' <= 9:
		return "a number"
	case c == 't', c == 'f':
		return "a boolean"
	case c == 'n':
		return "null"
	}
	return "other text"
}
