// Package company makes the tables of a small company over some weeks: who logged
// in, which pages were asked for, what was blocked, opened and sent. It is seeded
// and reads no clock, so the same options give the same bytes anywhere.
//
// Two kinds of rows are mixed. The ordinary ones are drawn by chance, with the
// rhythm of days and weeks. The planted ones follow a plan (Facts) to the second
// and the piece, and are about people and addresses that have no chance rows of
// the same sort; so what a rule must find can be worked out from the plan alone.
package company

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"time"
)

// Start is the first instant of day 0, a Monday.
var Start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Options say how much is made. The first n days are the same for any Days ≥ n,
// and a table is the same whether or not others are made.
type Options struct {
	Seed  uint64
	Days  int     // 0 is 90
	Scale float64 // of people and traffic; 0 is 1: about 50 MB over 90 days
}

// Tables are the names of the tables that Generate makes, which are the names of
// the schemas that they fit; assets is a lookup table in CSV, the others NDJSON.
func Tables() []string {
	names := make([]string, 0, len(tables)+1)
	for _, t := range tables {
		names = append(names, t.name)
	}
	return append(names, "assets")
}

// FileName is the customary name of a table's file.
func FileName(table string) string {
	if table == "assets" {
		return table + ".csv"
	}
	return table + ".ndjson"
}

// table is one kind of event. day draws the ordinary rows of a day, in any order.
type table struct {
	name string
	day  func(c *company, d *dice, day int) []event
}

var tables = []table{
	{"antivirus", antivirusDay},
	{"authentication", authenticationDay},
	{"dns", dnsDay},
	{"document_opened", documentDay},
	{"email_sent", emailDay},
	{"process_creation", processDay},
	{"url_filter", urlDay},
	{"web_access", webDay},
}

// event is a row with its time; row marshals to the JSON object.
type event struct {
	at  time.Time
	row any
}

type company struct {
	scale  float64
	people []person
}

// Generate writes every table, rows in order of time, to what w gives for its
// name. A nil writer leaves the table out.
func Generate(w func(table string) (io.WriteCloser, error), o Options) error {
	if o.Days == 0 {
		o.Days = 90
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.Days < 0 || o.Scale < 0 {
		return fmt.Errorf("days (%d) and scale (%g) must not be negative", o.Days, o.Scale)
	}
	c := &company{scale: o.Scale, people: people(o.Scale)}
	for i, t := range tables {
		err := write(w, t.name, func(out io.Writer) error {
			return c.events(out, t, uint64(i), o)
		})
		if err != nil {
			return err
		}
	}
	return write(w, "assets", c.assets)
}

// write opens a table's file, fills it through a buffer and closes it.
func write(w func(string) (io.WriteCloser, error), table string, fill func(io.Writer) error) error {
	out, err := w(table)
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	if out == nil {
		return nil
	}
	buf := bufio.NewWriterSize(out, 1<<16)
	err = fill(buf)
	if err == nil {
		err = buf.Flush()
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}

// events writes the rows of one table day by day.
func (c *company) events(out io.Writer, t table, number uint64, o Options) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for day := range o.Days {
		rows := t.day(c, newDice(o.Seed, number<<32|uint64(day)), day)
		for _, f := range facts {
			if f.Table == t.name {
				rows = append(rows, f.on(day)...)
			}
		}
		sort.SliceStable(rows, func(i, j int) bool { return rows[i].at.Before(rows[j].at) })
		for i := range rows {
			if err := enc.Encode(rows[i].row); err != nil {
				return err
			}
		}
	}
	return nil
}
