// Command embed shows det inside another program: rules from a string, a function
// of the host's own, events pushed as Arrow records, alerts taken as Arrow records,
// and state that is saved and loaded between two engines.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
)

// rules count failed logins; office is the host's own function.
const rules = `schema login {
  time timestamp
  user string
  outcome string
  source ip
}

rule many_failures {
  title "{failed} failed logins of {user} from outside"
  level high
  from login
  where outcome == "failure" and not office(source)
  window 10m by user { failed = count() }
  when failed >= 3
}
`

func main() {
	if err := run(os.Stdout, memory.DefaultAllocator); err != nil {
		log.Fatal(err)
	}
}

// run compiles the rules and runs them over two batches of events, the second one
// in an engine that takes up the state of the first.
func run(w io.Writer, alloc memory.Allocator) error {
	compiler := det.Compiler{Functions: functions()}
	set, diags := compiler.Sources(det.Source{Name: "embedded.det", Text: rules})
	if diags.Errors() > 0 {
		return &det.CompileError{Diagnostics: diags}
	}
	options := det.EngineOptions{
		Lateness: time.Minute,
		Alloc:    alloc,
		Alerts:   func(rec arrow.Record) error { return show(w, rec) },
	}
	start := time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)

	var state bytes.Buffer
	first, err := set.NewEngine(options)
	if err != nil {
		return err
	}
	defer first.Close()
	if err := push(first, alloc, []login{
		{start, "ann", "failure", "203.0.113.9"},
		{start.Add(time.Minute), "ann", "failure", "203.0.113.9"},
		{start.Add(2 * time.Minute), "bob", "failure", "10.1.2.3"},
	}); err != nil {
		return err
	}
	if err := first.Save(&state); err != nil {
		return err
	}
	fmt.Fprintln(w, "saved with the window open")

	second, err := set.NewEngine(options)
	if err != nil {
		return err
	}
	defer second.Close()
	if _, err := second.Load(&state); err != nil {
		return err
	}
	if err := push(second, alloc, []login{
		{start.Add(3 * time.Minute), "bob", "failure", "10.1.2.3"},
		{start.Add(4 * time.Minute), "ann", "failure", "198.51.100.7"},
		{start.Add(5 * time.Minute), "bob", "failure", "10.1.2.3"},
	}); err != nil {
		return err
	}
	// No event before 10:10 will come any more: the window is judged.
	if err := second.Advance(start.Add(10 * time.Minute)); err != nil {
		return err
	}
	return second.Flush()
}

// show prints what alerts say; runtime.AlertSchema has all columns.
func show(w io.Writer, rec arrow.Record) error {
	column := func(name string) arrow.Array { return rec.Column(rec.Schema().FieldIndices(name)[0]) }
	level, title := column("level").(*array.String), column("title").(*array.String)
	times := column("time").(*array.Timestamp)
	for i := range int(rec.NumRows()) {
		at := times.Value(i).ToTime(arrow.Microsecond)
		if _, err := fmt.Fprintf(w, "%s %s: %s\n", at.Format(time.DateTime), level.Value(i), title.Value(i)); err != nil {
			return err
		}
	}
	return nil
}
