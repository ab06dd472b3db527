package input

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync"
)

// Counts counts rejects by cause and field. The zero Counts is ready; it is safe
// for concurrent use.
type Counts struct {
	mu sync.Mutex
	n  map[CountKey]int64
}

// CountKey is what rejects are counted by. Field is empty for whole records but
// those without a usable time.
type CountKey struct {
	Cause Cause
	Field string
}

// Count is how many rejects had a key.
type Count struct {
	CountKey
	N int64
}

// Add counts one reject; it is a Request's Reject.
func (c *Counts) Add(r Reject) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[CountKey]int64{}
	}
	c.n[CountKey{r.Cause, r.Field}]++
}

// Of is how many rejects had a cause, whatever the field.
func (c *Counts) Of(cause Cause) int64 {
	n := int64(0)
	for _, x := range c.All() {
		if x.Cause == cause {
			n += x.N
		}
	}
	return n
}

// All are the counts, by cause and then field.
func (c *Counts) All() []Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Count, 0, len(c.n))
	for k, n := range c.n {
		out = append(out, Count{k, n})
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Field, b.Field))
	})
	return out
}

// Tee is one Reject function that calls several; nil ones are left out.
func Tee(to ...func(Reject)) func(Reject) {
	return func(r Reject) {
		for _, f := range to {
			if f != nil {
				f(r)
			}
		}
	}
}

// RejectWriter writes rejects as NDJSON, one object a reject with the members
// file, row, line, cause, field, detail, text; row is -1 when unknown, line and
// field are left out when there is none. It is safe for concurrent use.
type RejectWriter struct {
	mu  sync.Mutex
	w   *bufio.Writer
	enc *json.Encoder
	err error
}

// NewRejectWriter writes to w, which stays the caller's to close.
func NewRejectWriter(w io.Writer) *RejectWriter {
	b := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return &RejectWriter{w: b, enc: enc}
}

type rejectLine struct {
	File   string `json:"file"`
	Row    int64  `json:"row"`
	Line   int64  `json:"line,omitempty"`
	Cause  Cause  `json:"cause"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
	Text   string `json:"text"`
}

// Add writes one reject; it is a Request's Reject. Flush tells of errors.
func (w *RejectWriter) Add(r Reject) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return
	}
	w.err = w.enc.Encode(rejectLine{
		File: r.Source, Row: r.Row, Line: r.Line, Cause: r.Cause, Field: r.Field,
		Detail: r.Detail, Text: strings.ToValidUTF8(string(r.Text), "\uFFFD"),
	})
}

// Flush writes what is buffered and gives the first error of any write.
func (w *RejectWriter) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.w.Flush(); w.err == nil {
		w.err = err
	}
	return w.err
}
