package input

import (
	"bytes"
	"context"
	"fmt"
)

// OpenCSV reads delimited text by RFC 4180 with a header. The delimiter is the
// comma, semicolon, tab or bar that divides the first lines most evenly.
//
// Spaces around names in the header do not count; a name that repeats becomes
// name_2, name_3 and so on. A cell without text is missing, and "" in quotes is
// the empty string. Quotes inside a cell that does not begin with one are text.
// Empty lines are passed over. A record with more or fewer cells than the header,
// or with text behind a closing quote, is set aside with all of its lines. If a
// quoted cell is not closed before the input or MaxRecord ends, reading goes on at
// the line after the one where the record began.
func OpenCSV(ctx context.Context, f *File, req Request) (Stream, error) {
	rows, err := newRows(f.Name, req)
	if err != nil {
		return nil, err
	}
	b := newBlock(f)
	if err := b.begin(ctx); err != nil {
		rows.release()
		return nil, err
	}
	r := &csvReader{rows: rows, block: b}
	rows.line = func() int64 { return b.line(r.start) }
	if err := r.readHeader(ctx); err != nil {
		rows.release()
		return nil, err
	}
	return r, nil
}

type csvReader struct {
	rows  *rows
	block *block
	csvCells
	header int      // how many cells a record must have
	names  []string // of its cells
	start  int      // of the current record in the block
	pick   *pick
}

func (r *csvReader) Close() error {
	r.rows.release()
	return closeFile(r.block.f)
}

func (r *csvReader) Progress() (done, total int64) { return progressOf(r.block.f) }

func (r *csvReader) Next(ctx context.Context) (Batch, error) {
	for !r.rows.enough(r.block) && r.step(ctx) {
	}
	if r.rows.n > 0 {
		return r.rows.batch(), nil
	}
	return Batch{}, r.block.finish(r.rows)
}

// step reads one record; false means that nothing is left.
func (r *csvReader) step(ctx context.Context) bool {
	next, why := r.find(ctx)
	b := r.block
	switch {
	case why == "" && next < 0:
		return false
	case next < 0:
		r.rows.setAside(Reject{Cause: Malformed, Detail: why, Text: r.firstLine()})
		b.skipLine(ctx)
	case next-b.pos > r.rows.req.MaxRecord:
		r.rows.tooLong(r.firstLine())
		b.skipLine(ctx)
	case why == "" && r.count == 1 && r.blank:
		b.pos = next
	case why != "" || r.count != r.header:
		if why == "" {
			why = fmt.Sprintf("the record has %d cells, the header %d", r.count, r.header)
		}
		r.rows.setAside(Reject{Cause: Malformed, Text: bytes.TrimRight(b.buf[b.pos:next], "\r\n"), Detail: why})
		b.pos = next
	default:
		r.rows.add(r.pick.from(r.cells), b.buf[b.pos:next])
		b.pos = next
	}
	return true
}

// find splits the record at pos into cells and gives the index behind it, -1 at
// the end of the input and for a record without an end; why says what is wrong with
// it. A record that is over the limit is given as far as it was read.
func (r *csvReader) find(ctx context.Context) (next int, why string) {
	b := r.block
	if !b.more(ctx) {
		return -1, ""
	}
	for {
		r.start = b.pos
		next, why := r.split(b.buf, b.pos, b.end)
		if next != unfinished {
			return next, why
		}
		if b.end-b.pos > r.rows.req.MaxRecord {
			return b.end, ""
		}
		if b.fill(ctx) {
			continue
		}
		r.start = b.pos
		if !b.ended() {
			b.pos = b.end
			return -1, ""
		}
		// What ends the input ends its last line.
		b.buf[b.end] = '\n'
		next, why = r.split(b.buf, b.pos, b.end+1)
		b.buf[b.end] = 0
		if next == unfinished {
			return -1, "a quoted cell is not closed"
		}
		return min(next, b.end), why
	}
}

// firstLine is the text from pos to the end of its line, for rejects.
func (r *csvReader) firstLine() []byte {
	text, _, _ := bytes.Cut(r.block.buf[r.block.pos:r.block.end], newline)
	return text
}

// readHeader finds the delimiter and the columns.
func (r *csvReader) readHeader(ctx context.Context) error {
	b := r.block
	r.delimiter = delimiterOf(b.buf[b.pos:b.end])
	for {
		next, why := r.find(ctx)
		switch {
		case why != "":
			return fmt.Errorf("%s: the header cannot be read: %s", b.f.Name, why)
		case next < 0:
			return nil
		case next-b.pos > r.rows.req.MaxRecord:
			return fmt.Errorf("%s: the header is over %d bytes", b.f.Name, r.rows.req.MaxRecord)
		}
		b.pos = next
		if r.count > 1 || !r.blank {
			break
		}
	}
	r.header = r.count
	at := map[string]int{}
	for i, v := range r.cells {
		name := string(bytes.TrimSpace(v.text))
		unique := name
		for n := 2; ; n++ {
			if _, taken := at[unique]; !taken {
				break
			}
			unique = fmt.Sprintf("%s_%d", name, n)
		}
		at[unique] = i
		r.names = append(r.names, unique)
	}
	// Only the cells that a column wants get a slot.
	r.slots = make([]int, r.header)
	for i := range r.slots {
		r.slots[i] = -1
	}
	used := 0
	r.pick = newPick(r.rows.req.Columns, func(name string) int {
		i, ok := at[name]
		if !ok {
			return -1
		}
		if r.slots[i] < 0 {
			r.slots[i] = used
			used++
		}
		return r.slots[i]
	})
	r.cells = make([]value, used)
	return nil
}
