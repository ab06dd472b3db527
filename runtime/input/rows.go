package input

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
)

// rows collects the records of one file into batches and tells of what is set
// aside. It is the half that all text formats share: they find the records and
// their values, it gives them types and numbers.
type rows struct {
	source string
	req    Request
	line   func() int64 // the line where the current record begins, 0 for none

	columns []column
	filled  []int                   // by column: the rows of the batch that it has
	time    *array.TimestampBuilder // of the event time, nil for none
	n       int                     // rows in the batch so far
	size    int                     // bytes of their records
	number  int64                   // of the next record
	first   int64                   // record number of the batch's first row
	numbers []int64
}

// maxBatchBytes ends a batch early, so that long records do not pile up.
const maxBatchBytes = 64 << 20

// maxRecordLimit bounds MaxRecord: the text of a column, three times as long at
// worst when U+FFFD replaces single bytes, must fit 32-bit offsets.
const maxRecordLimit = 512 << 20

// newRows prepares the columns of a request, whose defaults it fills in.
func newRows(source string, req Request) (*rows, error) {
	if req.BatchRows <= 0 {
		req.BatchRows = DefaultBatchRows
	}
	if req.MaxRecord <= 0 {
		req.MaxRecord = DefaultMaxRecord
	}
	req.MaxRecord = min(req.MaxRecord, maxRecordLimit)
	if req.Alloc == nil {
		req.Alloc = memory.DefaultAllocator
	}
	if req.Time >= len(req.Columns) {
		return nil, fmt.Errorf("the time is column %d of %d", req.Time, len(req.Columns))
	}
	r := &rows{source: source, req: req, line: func() int64 { return 0 }}
	if req.Time >= 0 && req.Columns[req.Time].Type.Kind != types.Timestamp {
		return nil, fmt.Errorf("column %s: the event time must be a timestamp, not a %s", req.Columns[req.Time].Name, req.Columns[req.Time].Type)
	}
	for _, c := range req.Columns {
		col, err := newColumn(c, req.Alloc)
		if err == nil && slices.ContainsFunc(c.Paths, func(p []string) bool { return len(p) == 0 }) {
			col.release()
			err = fmt.Errorf("column %s: an empty path", c.Name)
		}
		if err != nil {
			r.release()
			return nil, err
		}
		r.columns = append(r.columns, col)
	}
	r.filled = make([]int, len(r.columns))
	if req.Time >= 0 {
		r.time = r.columns[req.Time].(*plainColumn).build.(*array.TimestampBuilder)
	}
	return r, nil
}

// enough says that there is a batch to give.
func (r *rows) enough(b *block) bool { return r.full() || r.n > 0 && b.idle() }

// full says that a batch should not have more rows.
func (r *rows) full() bool { return r.n >= r.req.BatchRows || r.size >= maxBatchBytes }

// add appends one record, given the value of each column and its raw text, or
// sets it aside when it has no event time.
func (r *rows) add(values []value, raw []byte) {
	t := &value{}
	if r.time != nil {
		t = &values[r.req.Time]
	}
	if !r.begin(t, raw) {
		return
	}
	for i := range values {
		if values[i].form != absent {
			r.put(i, &values[i])
		}
	}
	r.end(raw)
}

// begin begins a record with its event time, and reports whether it is to be ended.
// One that has none is set aside.
func (r *rows) begin(t *value, raw []byte) bool {
	if r.time == nil {
		return true
	}
	us, o := toTimestamp(*t)
	switch {
	case o == fits:
		r.time.Append(arrow.Timestamp(us))
	case r.req.Timeless:
		r.time.AppendNull()
		if o == unfit {
			r.tellValue(r.req.Time, *t, o)
		}
	default:
		r.refuseTime(*t, o, raw)
		return false
	}
	return true
}

// put gives the record that was begun its value of a column.
func (r *rows) put(i int, v *value) {
	if i == r.req.Time {
		return
	}
	if r.filled[i] < r.n {
		r.fill(i, r.n)
	}
	r.filled[i]++
	if o := r.columns[i].put(v); o >= unfit {
		r.tellValue(i, *v, o)
	}
}

// end ends the record that was begun.
func (r *rows) end(raw []byte) {
	if r.req.placed != nil {
		r.req.placed(r.number, r.line())
	}
	if r.n == 0 {
		r.first = r.number
	}
	if r.number != r.first+int64(r.n) && len(r.numbers) == 0 {
		for i := range r.n {
			r.numbers = append(r.numbers, r.first+int64(i))
		}
	}
	if r.number != r.first+int64(r.n) {
		r.numbers = append(r.numbers, r.number)
	}
	r.n++
	r.number++
	r.size += len(raw)
}

// fill makes a column n rows long with rows that have no value.
func (r *rows) fill(i, n int) {
	if gone := n - r.filled[i]; gone > 0 {
		r.columns[i].skip(gone)
		r.filled[i] = n
	}
}

func (r *rows) refuseTime(v value, o outcome, raw []byte) {
	name := r.req.Columns[r.req.Time].Name
	if o == missing {
		r.setAside(Reject{Cause: MissingTime, Field: name, Detail: "no event time", Text: raw})
		return
	}
	r.setAside(Reject{Cause: BadTime, Field: name, Detail: unreadable(v, types.TTimestamp), Text: raw})
}

func (r *rows) tellValue(i int, v value, o outcome) {
	if r.req.Reject == nil {
		return
	}
	c := r.req.Columns[i]
	rej := Reject{Row: r.number, Line: r.line(), Cause: BadValue, Field: c.Name, Text: v.text}
	if o == mended {
		rej.Cause, rej.Detail = BadText, "text that is not UTF-8"
	} else {
		rej.Detail = unreadable(v, c.Type)
	}
	r.tell(rej)
}

// setAside tells of a whole record, which takes a record number, in the words
// of its Cause, Field, Detail and Text.
func (r *rows) setAside(rej Reject) {
	rej.Row, rej.Line, rej.Whole = r.number, r.line(), true
	r.number++
	r.tell(rej)
}

func (r *rows) tooLong(text []byte) {
	r.setAside(Reject{Cause: TooLong, Text: text, Detail: fmt.Sprintf("the record is over %d bytes", r.req.MaxRecord)})
}

// maxRejectText bounds the text that a Reject carries.
const maxRejectText = 4 << 10

func (r *rows) tell(rej Reject) {
	if r.req.Reject == nil {
		return
	}
	rej.Source = r.source
	rej.Text = rej.Text[:min(len(rej.Text), maxRejectText)]
	r.req.Reject(rej)
}

// unreadable says in words that a value does not fit a type.
func unreadable(v value, t types.Type) string {
	if v.form == list {
		t = types.Type{Kind: t.Elem}
	}
	return quoted(v) + " cannot be read as " + t.String()
}

// maxQuoted bounds the part of a value that a message repeats, in bytes.
const maxQuoted = 40

// quoted is a value for a message.
func quoted(v value) string {
	switch v.form {
	case yes:
		return "true"
	case no:
		return "false"
	case list:
		return "an element of a list"
	case nested:
		if v.text[0] == '{' {
			return "an object"
		}
		return "an array"
	}
	text, more := v.text, ""
	if len(text) > maxQuoted {
		text, more = text[:maxQuoted], "…"
	}
	if v.form == number {
		return string(text) + more
	}
	return strconv.Quote(string(text) + more)
}

// batch gives the rows so far; there must be at least one.
func (r *rows) batch() Batch {
	fields := make([]arrow.Field, len(r.columns))
	arrays := make([]arrow.Array, len(r.columns))
	for i, c := range r.columns {
		switch {
		case i != r.req.Time && r.filled[i] == 0:
			fields[i] = arrow.Field{Name: r.req.Columns[i].Name, Type: arrow.Null, Nullable: true}
			arrays[i] = array.NewNull(r.n)
		case i != r.req.Time:
			r.fill(i, r.n)
			r.filled[i] = 0
			fallthrough
		default:
			fields[i], arrays[i] = c.take()
		}
		defer arrays[i].Release()
	}
	b := Batch{
		Record: array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(r.n)),
		First:  r.first,
		Rows:   r.numbers,
	}
	r.n, r.size, r.numbers = 0, 0, nil
	return b
}

func (r *rows) release() {
	for _, c := range r.columns {
		c.release()
	}
	r.columns = nil
}
