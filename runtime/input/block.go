package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// block is the part of a text input that is in memory: buf[pos:end] is unread,
// and at least padding zero bytes stand after it, so that scanners may look a
// few bytes ahead and stop at a zero instead of counting.
type block struct {
	f        *File
	buf      []byte
	pos, end int
	offset   int64 // of buf[0] in the input
	lines    int64 // newlines before buf[counted]
	counted  int
	err      error    // why the input ended, io.EOF at its proper end
	scan     *scanner // of buf, nil for none; kept in step with it
}

// A block grows from firstBlock, which is enough for many files, to blockSize,
// and from there only for records that are longer.
const (
	firstBlock = 64 << 10
	blockSize  = 256 << 10
	padding    = 64
)

func newBlock(f *File) *block {
	return &block{f: f, buf: make([]byte, firstBlock)}
}

// fill reads more behind end, moving what is unread to the front and making
// room as needed. It reports whether there was more; b.err says why not.
func (b *block) fill(ctx context.Context) bool {
	if b.err == nil {
		b.err = ctx.Err()
	}
	if b.err != nil {
		return false
	}
	b.count(b.pos)
	b.counted = 0
	b.offset += int64(b.pos)
	kept := b.end - b.pos
	if b.end > 0 && len(b.buf) < blockSize || kept > len(b.buf)/2 {
		grown := make([]byte, max(blockSize, 2*len(b.buf)))
		copy(grown, b.buf[b.pos:b.end])
		b.buf = grown
	} else {
		copy(b.buf, b.buf[b.pos:b.end])
	}
	b.pos, b.end = 0, kept
	room := b.buf[kept : len(b.buf)-padding]
	n := 0
	for n < len(room) && b.err == nil && (n == 0 || !b.f.Live) {
		var k int
		k, b.err = b.f.Read(room[n:])
		n += k
	}
	b.end += n
	clear(b.buf[b.end : b.end+padding])
	b.show()
	return n > 0
}

// show lets the scanner see what is in memory.
func (b *block) show() {
	if b.scan != nil {
		b.scan.b, b.scan.end = b.buf, b.end
	}
}

var newline = []byte{'\n'}

// more makes sure that there is a byte at pos.
func (b *block) more(ctx context.Context) bool { return b.pos < b.end || b.fill(ctx) }

// idle says that reading on could mean to wait for a live input.
func (b *block) idle() bool {
	if !b.f.Live || b.err != nil {
		return false
	}
	rest := bytes.TrimLeft(b.buf[b.pos:b.end], " \t\r\n")
	return bytes.IndexByte(rest, '\n') < 0
}

// line is the number of the line, from 1, that holds buf[i].
func (b *block) line(i int) int64 {
	b.count(i)
	return b.lines + 1
}

// count counts newlines up to buf[i], from where they were last counted.
func (b *block) count(i int) {
	if i >= b.counted {
		b.lines += int64(bytes.Count(b.buf[b.counted:i], newline))
	} else {
		b.lines -= int64(bytes.Count(b.buf[i:b.counted], newline))
	}
	b.counted = i
}

// lineEnd is the index of the newline at or after pos that ends the line, or of
// the end of the input. It is -1 when the line is over limit bytes.
func (b *block) lineEnd(ctx context.Context, limit int) int {
	for from := b.pos; ; {
		if i := bytes.IndexByte(b.buf[from:b.end], '\n'); i >= 0 {
			if from+i-b.pos > limit {
				return -1
			}
			return from + i
		}
		if b.end-b.pos > limit {
			return -1
		}
		seen := b.end - b.pos
		if !b.fill(ctx) {
			return b.end
		}
		from = b.pos + seen
	}
}

// nextLine reads a line, without what ends it; start is where it began in buf.
// One that is over the limit is set aside, and one that was cut off with the rest
// of the input is passed over. It reports whether there was a line.
func (b *block) nextLine(ctx context.Context, r *rows, start *int) (line []byte, ok bool) {
	for b.more(ctx) {
		end := b.lineEnd(ctx, r.req.MaxRecord)
		*start = b.pos
		switch {
		case end < 0:
			r.tooLong(b.buf[b.pos:b.end])
			b.skipLine(ctx)
			continue
		case end == b.end && !b.ended():
			b.pos = b.end
			return nil, false
		}
		line = b.buf[b.pos:end]
		b.pos = min(end+1, b.end)
		return bytes.TrimSuffix(line, []byte{'\r'}), true
	}
	return nil, false
}

// skipLine moves behind the next newline without keeping what it passes.
func (b *block) skipLine(ctx context.Context) {
	for b.more(ctx) {
		if i := bytes.IndexByte(b.buf[b.pos:b.end], '\n'); i >= 0 {
			b.pos += i + 1
			return
		}
		b.pos = b.end
	}
}

// ended says that the input has come to its proper end.
func (b *block) ended() bool { return b.err == io.EOF }

// finish is what a reader returns when nothing is left: io.EOF, also for an
// input that was cut off, of which it tells; otherwise what went wrong.
func (b *block) finish(r *rows) error {
	switch {
	case b.ended():
		return io.EOF
	case errors.Is(b.err, io.ErrUnexpectedEOF):
		r.tell(Reject{
			Row: -1, Line: b.line(b.end), Cause: Truncated,
			Detail: "the file ends in the middle of its compressed data",
		})
		b.err = io.EOF
		return io.EOF
	case errors.Is(b.err, context.Canceled), errors.Is(b.err, context.DeadlineExceeded):
		return b.err
	}
	return fmt.Errorf("%s: %w", b.f.Name, b.err)
}

// begin reads the first bytes and passes over a byte order mark. Text in UTF-16
// is an error.
func (b *block) begin(ctx context.Context) error {
	b.fill(ctx)
	head := b.buf[:b.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		b.pos = 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")),
		len(head) >= 4 && (head[0] == 0) != (head[1] == 0) && (head[0] == 0) == (head[2] == 0) && (head[1] == 0) == (head[3] == 0):
		return fmt.Errorf("%s is text in UTF-16: convert it with iconv -f UTF-16 -t UTF-8", b.f.Name)
	}
	return nil
}
