package det_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// The schemas of random events and rules. Both streams have the same fields under
// the same names but one, so that a union of them has columns that one lacks.
const randomSchemas = `schema web {
  time timestamp
  user string
  host string
  ip ip
  outcome string
  n int
  x float
}

schema dns {
  time timestamp
  user string
  host string
  outcome string
  n int
  name string
}
`

// randomFields are the fields of each schema, behind time.
var randomFields = map[string][]string{
	"web": {"user", "host", "ip", "outcome", "n", "x"},
	"dns": {"user", "host", "outcome", "n", "name"},
	"log": {"who", "host", "k", "f", "n", "x"}, // of questions
}

// randomValues are the values of fields; nil is missing. There are few, so that
// keys meet, and each has its own traps: case, the empty text, a folding that
// changes length, floats whose sum depends on the order.
var randomValues = map[string][]any{
	"user":    {"ann", "bob", "Ann", "", "eve", nil},
	"host":    {"www", "pay", "dev", nil, "straße"},
	"ip":      {"10.0.0.1", "10.0.0.2", "::ffff:10.0.0.1", "2001:db8::1", nil},
	"outcome": {"DENIED", "SUCCESS", "BLOCKED", nil},
	"n":       {int64(1), int64(0), int64(7), int64(-3), int64(100), nil, int64(1 << 40)},
	"x":       {1.0, 0.1, -2.5, nil, 1e17, 3.3},
	"name":    {"a.example", "x.example", "", nil},
}

// event is a random event, and where it stands.
type event struct {
	schema, source string
	row            int64
	time           int64 // in microseconds
	values         []any // of the schema's fields
}

func (e event) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s:%d %s", e.schema, e.source, e.row, time.UnixMicro(e.time).UTC().Format(time.RFC3339Nano))
	for i, name := range randomFields[e.schema] {
		if e.values[i] != nil {
			fmt.Fprintf(&b, " %s=%v", name, e.values[i])
		}
	}
	return b.String()
}

// drawEvents draws events in order of time: many at one time, many at the very
// borders of windows, and some after a long silence. unit is about the length of a
// window of the rules.
func drawEvents(t *rapid.T, unit time.Duration, most int) []event {
	us := unit.Microseconds()
	at := rapid.SampledFrom([]time.Time{
		time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 3, 30, 22, 0, 0, 0, time.UTC), // summer time begins
		time.Date(2023, 10, 28, 23, 30, 0, 0, time.UTC),
	}).Draw(t, "start").UnixMicro()
	steps := rapid.SampledFrom([]int64{0, us / 10, us / 2, us, us - 1, 1, us + 1, 3 * us, 24 * us})
	sources := rapid.IntRange(1, 3).Draw(t, "sources")
	alphabet := rapid.IntRange(1, 6).Draw(t, "distinct values")
	rows := map[string]int64{}
	var events []event
	for range rapid.IntRange(0, most).Draw(t, "events") {
		at += steps.Draw(t, "step")
		e := event{schema: "web", time: at}
		if rapid.IntRange(0, 3).Draw(t, "dns") == 3 {
			e.schema = "dns"
		}
		e.source = fmt.Sprintf("%s%d", e.schema, sources-1-rapid.IntRange(0, sources-1).Draw(t, "source"))
		e.row = rows[e.source]
		rows[e.source]++
		for _, name := range randomFields[e.schema] {
			values := randomValues[name]
			e.values = append(e.values, values[rapid.IntRange(0, min(alphabet, len(values)-1)).Draw(t, name)])
		}
		events = append(events, e)
	}
	return events
}

// record makes a record of events of one schema.
func record(mem memory.Allocator, events []event) arrow.Record {
	fields := []arrow.Field{{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_us}}
	for _, name := range randomFields[events[0].schema] {
		f := arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
		switch name {
		case "n", "k":
			f.Type = arrow.PrimitiveTypes.Int64
		case "x", "f":
			f.Type = arrow.PrimitiveTypes.Float64
		case "host": // one column comes as codes
			f.Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		}
		fields = append(fields, f)
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, e := range events {
		b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(e.time))
		for i, v := range e.values {
			switch f := b.Field(i + 1).(type) {
			case *array.Int64Builder:
				appendOr(f, v, f.Append)
			case *array.Float64Builder:
				appendOr(f, v, f.Append)
			case *array.StringBuilder:
				appendOr(f, v, f.Append)
			case *array.BinaryDictionaryBuilder:
				appendOr(f, v, func(s string) {
					if err := f.AppendString(s); err != nil {
						panic(err) // there is room for any few texts
					}
				})
			}
		}
	}
	return b.NewRecord()
}

// appendOr adds a value, or a null for nil.
func appendOr[T any](b array.Builder, v any, add func(T)) {
	if x, ok := v.(T); ok {
		add(x)
	} else {
		b.AppendNull()
	}
}

// rowsOf are the record numbers of events.
func rowsOf(events []event) []int64 {
	rows := make([]int64, len(events))
	for i, e := range events {
		rows[i] = e.row
	}
	return rows
}

// listing is events one a line.
func listing(events []event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, e)
	}
	return b.String()
}

// byTime compares events by time alone.
func byTime(a, b event) int { return int(min(max(a.time-b.time, -1), 1)) }
