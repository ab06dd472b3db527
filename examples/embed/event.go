package main

import (
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
)

// login is an event as this program has it.
type login struct {
	at                    time.Time
	user, outcome, source string
}

// schema has the names of the rules' schema. An address may come as text.
var schema = arrow.NewSchema([]arrow.Field{
	{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_us},
	{Name: "user", Type: arrow.BinaryTypes.String},
	{Name: "outcome", Type: arrow.BinaryTypes.String},
	{Name: "source", Type: arrow.BinaryTypes.String},
}, nil)

// push gives events to an engine as one record.
func push(e *det.Engine, alloc memory.Allocator, events []login) error {
	b := array.NewRecordBuilder(alloc, schema)
	defer b.Release()
	for _, ev := range events {
		b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(ev.at.UnixMicro()))
		for i, text := range []string{ev.user, ev.outcome, ev.source} {
			b.Field(i + 1).(*array.StringBuilder).Append(text)
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return e.Push("login", rec)
}
