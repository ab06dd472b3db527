package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/input/evtx"
)

// OpenEVTX reads event logs of Windows. The names of their fields are those of
// Sigma rules: EventID, Channel, Provider_Name and so on from the section System,
// the names of the data of the event as they are and without their spaces. Data
// without a name are the list Data.
//
// A record that cannot be read is set aside by itself. Checksums that do not fit
// are told as Damaged, and what is readable is read.
func OpenEVTX(ctx context.Context, f *File, req Request) (Stream, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := newRows(f.Name, req)
	if err != nil {
		return nil, err
	}
	r := &evtxReader{
		rows: rows, file: f,
		wanted:  map[string][]target{},
		numbers: map[evtx.Field]int{},
		cells:   make([]evtxCell, len(req.Columns)),
		values:  make([]value, len(req.Columns)),
	}
	for i, c := range req.Columns {
		if everything(c) {
			r.entire = append(r.entire, target{column: i})
			continue
		}
		for rank, path := range pathsOf(c) {
			name := windowsName(path)
			r.wanted[name] = append(r.wanted[name], target{i, rank * ranks})
		}
	}
	r.log, err = evtx.NewReader(f, r.selected, rows.req.MaxRecord, r.damaged)
	if err != nil {
		rows.release()
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return r, nil
}

type evtxReader struct {
	rows *rows
	file *File
	log  *evtx.Reader
	err  error // of log, behind the rows so far

	wanted  map[string][]target // by windowsName
	entire  []target            // of columns that take all values
	numbers map[evtx.Field]int  // of the fields that are wanted, in targets
	targets [][]target          // by number
	cells   []evtxCell          // by column
	values  []value             // by column
	text    []byte              // of lists that are read as text
	named   func(evtx.Field)    // told of fields, for Fields; nil for nobody
}

// target is a column that a field may give its value to. Of the fields of a
// record, one with the lowest rank does.
type target struct{ column, rank int }

// What a field is to a name, within the rank of the path that the name stands for.
const (
	byName        = iota // System has it
	byDataName           // the data of the event have it
	byShortName          // they have it, with spaces
	byOtherName          // System has it, under another name
	byOtherPlaces        // some other section has it
	ranks
)

// evtxCell is what a record has for a column.
type evtxCell struct {
	found bool
	rank  int
	items []value
}

// selected gives a field its number; see evtx.Select.
func (r *evtxReader) selected(f evtx.Field) int {
	if r.named != nil {
		r.named(f)
	}
	if n, ok := r.numbers[f]; ok {
		return n
	}
	to := slices.Clone(r.entire)
	add := func(name string, kind int) {
		for _, t := range r.wanted[name] {
			to = append(to, target{t.column, t.rank + kind})
		}
	}
	kind := byOtherPlaces
	switch f.Section {
	case "System":
		kind = byName
		for _, other := range systemNames[f.Name] {
			add(other, byOtherName)
			add("System."+other, byOtherName)
		}
	case "EventData", "UserData":
		kind = byDataName
		if short := withoutSpaces(f.Name); short != f.Name {
			add(short, byShortName)
			add(f.Section+"."+short, byShortName)
		}
	}
	add(f.Name, kind)
	add(f.Section+"."+f.Name, kind)
	if len(to) == 0 {
		return -1
	}
	r.targets = append(r.targets, to)
	r.numbers[f] = len(r.targets) - 1
	return len(r.targets) - 1
}

func (r *evtxReader) Close() error {
	r.rows.release()
	return closeFile(r.file)
}

func (r *evtxReader) Progress() (done, total int64) { return progressOf(r.file) }

func (r *evtxReader) Next(ctx context.Context) (Batch, error) {
	for r.err == nil && !r.rows.full() {
		r.step(ctx)
	}
	if r.rows.n > 0 {
		return r.rows.batch(), nil
	}
	return Batch{}, r.err
}

// Fields implements Named: those of the first events.
func (r *evtxReader) Fields() []string {
	const events = 1_000
	found := map[string]bool{}
	r.named = func(f evtx.Field) {
		if len(found) < maxNames && len(f.Name) <= maxName {
			found[f.Name], found[withoutSpaces(f.Name)] = true, true
			for _, other := range systemNames[f.Name] {
				found[other] = true
			}
		}
	}
	for range events {
		rec, err := r.log.Next(context.Background())
		if err != nil {
			break
		}
		// What a damaged record has is told as far as it goes.
		_, _ = r.log.Decode(rec)
	}
	return slices.Collect(maps.Keys(found))
}

// step reads one record.
func (r *evtxReader) step(ctx context.Context) {
	rec, err := r.log.Next(ctx)
	if err != nil {
		if r.err = err; err != io.EOF && ctx.Err() == nil {
			r.err = fmt.Errorf("%s: %w", r.file.Name, err)
		}
		return
	}
	items, err := r.log.Decode(rec)
	if err != nil {
		rej := Reject{Cause: Malformed, Detail: fmt.Sprintf("event %d at byte %d: %v", rec.ID, rec.Offset, err)}
		if errors.Is(err, evtx.ErrTooLong) {
			rej.Cause = TooLong
		}
		r.rows.setAside(rej)
		return
	}
	r.take(items)
	r.rows.add(r.values, nil)
	r.rows.size += rec.Size()
}

// take makes the values of a record from its items.
func (r *evtxReader) take(items []evtx.Item) {
	for i := range r.cells {
		r.cells[i].found = false
	}
	for _, item := range items {
		for _, t := range r.targets[item.Slot] {
			if item.Odd {
				r.odd(t.column)
				continue
			}
			r.cells[t.column].put(t.rank, value{form: formOf(item), text: r.log.Text(item)})
		}
	}
	r.text = r.text[:0]
	for i := range r.cells {
		r.values[i] = r.value(i)
	}
}

func formOf(item evtx.Item) form {
	if item.Loose {
		return loose
	}
	return plain
}

func (c *evtxCell) put(rank int, v value) {
	if !c.found || rank < c.rank {
		c.found, c.rank, c.items = true, rank, c.items[:0]
	}
	if rank == c.rank {
		c.items = append(c.items, v)
	}
}

// value is the value of a column. Several values of one field are a list; of one
// that is not asked for as a list, the JSON array.
func (r *evtxReader) value(column int) value {
	c := &r.cells[column]
	switch {
	case !c.found:
		return value{}
	case r.rows.req.Columns[column].Type.Kind == types.List:
		return value{form: list, items: c.items}
	case len(c.items) == 1:
		return c.items[0]
	}
	from := len(r.text)
	for i, v := range c.items {
		r.text = append(r.text, "[,"[min(i, 1)])
		r.text = appendQuoted(r.text, v.text)
	}
	r.text = append(r.text, ']')
	return value{form: nested, text: r.text[from:]}
}

// appendQuoted appends a JSON string that means text, which need not be UTF-8.
func appendQuoted(dst, text []byte) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// odd tells of a value whose bytes are not those of its type.
func (r *evtxReader) odd(column int) {
	r.rows.tell(Reject{
		Row: r.rows.number, Cause: BadValue, Field: r.rows.req.Columns[column].Name,
		Detail: "a value that has not the length of its type",
	})
}

// damaged tells of what is wrong with the file.
func (r *evtxReader) damaged(d evtx.Damage) {
	rej := Reject{Row: -1, Detail: fmt.Sprintf("%s, at byte %d", d.Detail, d.Offset)}
	switch d.Kind {
	case evtx.Checksum:
		rej.Cause = Damaged
	case evtx.Lost:
		rej.Cause = Malformed
	case evtx.Cut:
		rej.Cause = Truncated
	}
	r.rows.tell(rej)
}
