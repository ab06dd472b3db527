package main

import (
	"database/sql"
	"fmt"
	goruntime "runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// sample is the time that one run took.
type sample struct{ wall, cpu float64 }

// times are the samples of several runs.
type times []sample

func (t times) of(f func(sample) float64) (lo, mid, hi float64) {
	var x []float64
	for _, s := range t {
		x = append(x, f(s))
	}
	slices.Sort(x)
	return x[0], x[len(x)/2], x[len(x)-1]
}

func (t times) String() string {
	lo, mid, hi := t.of(func(s sample) float64 { return s.wall })
	_, cpu, _ := t.of(func(s sample) float64 { return s.cpu })
	return fmt.Sprintf("%7.3f /%7.3f /%7.3f  cpu %7.3f", lo, mid, hi, cpu)
}

// median is the median wall time.
func (t times) median() float64 {
	_, mid, _ := t.of(func(s sample) float64 { return s.wall })
	return mid
}

// leastCPU is the processor time of the run that took least: on a machine that is
// shared it tells more than the wall.
func (t times) leastCPU() float64 {
	lo, _, _ := t.of(func(s sample) float64 { return s.cpu })
	return lo
}

// cpuSeconds is what this process has used so far, both sides' threads included.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// measure runs f once to warm up and then n times; every run must give the same
// number of results.
func measure(n int, f func() (int, error)) (times, int, error) {
	return measureReady(n, func() (func() (int, error), error) { return f, nil })
}

// measureReady is measure for what is made ready anew before each run: what that takes,
// and what it leaves to the garbage collector, is not counted.
func measureReady(n int, ready func() (func() (int, error), error)) (times, int, error) {
	var t times
	results := -1
	for i := range n + 1 {
		f, err := ready()
		if err != nil {
			return nil, 0, err
		}
		goruntime.GC()
		cpu, began := cpuSeconds(), time.Now()
		got, err := f()
		s := sample{time.Since(began).Seconds(), cpuSeconds() - cpu}
		if err != nil {
			return nil, 0, err
		}
		if results >= 0 && got != results {
			return nil, 0, fmt.Errorf("%d results, then %d", results, got)
		}
		results = got
		if i > 0 {
			t = append(t, s)
		}
	}
	return t, results, nil
}

// report prints a question's two sides and compares their results.
func (b *bench) report(name, peer string, ours, theirs times, got, want int) {
	verdict := fmt.Sprintf("%d results", got)
	if got != want {
		verdict = fmt.Sprintf("DIFFERENT: %d results, %s %d", got, peer, want)
		b.disagree++
	}
	fmt.Printf("%-32s det %s | %s %s | %6.2f times as fast, %.2f by least cpu | %s\n",
		name, ours, peer, theirs, theirs.median()/ours.median(), theirs.leastCPU()/ours.leastCPU(), verdict)
}

func (b *bench) questions(duck *sql.DB, path string) error {
	if _, err := duck.Exec(fmt.Sprintf("CREATE OR REPLACE TABLE auth AS SELECT * FROM '%s'", path)); err != nil {
		return err
	}
	var text, coded []arrow.Record
	for _, lane := range []string{"coded", "text", "parquet", "shards"} {
		if lane == "shards" && b.threads < 2 {
			continue
		}
		for _, q := range questions {
			name := lane + ": " + q.name
			if !b.wants(name) {
				continue
			}
			rules, diags := det.Compiler{}.Sources(det.Source{Name: q.name, Text: schema + "rule question {\n  from auth" + q.rule + "\n}\n"})
			if diags.Errors() > 0 {
				return &det.CompileError{Diagnostics: diags}
			}
			table := "auth"
			ask := func() (int, error) { return b.fromParquet(rules, path) }
			if lane == "parquet" {
				table = "'" + path + "'"
			} else {
				if text == nil {
					var err error
					if text, err = b.load(path); err != nil {
						return err
					}
					coded = code(text)
				}
				records := text
				if lane != "text" {
					records = coded
				}
				ask = func() (int, error) { return b.fromMemory(rules, records, b.threads) }
			}
			ours, got, err := measure(b.runs, ask)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if lane == "shards" { // against itself
				theirs, want, err := measure(b.runs, func() (int, error) { return b.fromMemory(rules, coded, 1) })
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				b.report(name, "one shard", ours, theirs, got, want)
				continue
			}
			theirs, want, err := measure(b.runs, func() (int, error) { return count(duck, strings.ReplaceAll(q.sql, "{auth}", table)) })
			if err == nil && q.alerts != "" {
				want, err = count(duck, strings.ReplaceAll(q.alerts, "{auth}", table))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			b.report(name, "duckdb", ours, theirs, got, want)
		}
	}
	return nil
}

// count runs a query into a table, as an engine that keeps its alerts would, and
// counts its rows.
func count(db *sql.DB, query string) (n int, err error) {
	if _, err = db.Exec("CREATE OR REPLACE TEMP TABLE result AS " + query); err != nil {
		return 0, err
	}
	return n, db.QueryRow("SELECT count(*) FROM result").Scan(&n)
}

// load reads all columns into memory as the engine's own reader gives them: texts
// of few values as dictionaries, the others, such as devices, plainly.
func (b *bench) load(path string) ([]arrow.Record, error) {
	all := schema + `rule all {
  from auth
  when login_id is not null or device is not null or ip is not null or outcome is not null or http_method is not null or virus_category is not null or bytes_out > 0 or ts is not null
}
`
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "all.det", Text: all})
	if diags.Errors() > 0 {
		return nil, &det.CompileError{Diagnostics: diags}
	}
	_, batches, err := rules.Records(b.ctx, path)
	var out []arrow.Record
	for _, x := range batches {
		out = append(out, x.Record)
	}
	return out, err
}

// code makes dictionaries of all text columns, one a column for all batches, as a
// host has them that keeps its events in memory: also of those that the reader gave
// the dictionary that it knew at the time.
func code(records []arrow.Record) []arrow.Record {
	interners := map[int]*vec.Interner{}
	out := make([]arrow.Record, len(records))
	codes := make([][]arrow.Array, len(records))
	for i, rec := range records {
		codes[i] = make([]arrow.Array, rec.NumCols())
		for c := range int(rec.NumCols()) {
			text := textOf(rec.Column(c))
			if text == nil {
				continue
			}
			if interners[c] == nil {
				interners[c] = vec.NewInterner()
			}
			b := array.NewInt32Builder(memory.DefaultAllocator)
			for r := range rec.Column(c).Len() {
				if rec.Column(c).IsNull(r) {
					b.AppendNull()
				} else {
					b.Append(interners[c].Code(text(r)))
				}
			}
			codes[i][c] = b.NewArray()
		}
	}
	dicts := map[int]arrow.Array{}
	for c, in := range interners {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		for code := range int32(in.Len()) {
			b.Append(in.Dict().Value(code))
		}
		dicts[c] = b.NewArray()
	}
	for i, rec := range records {
		fields, cols := slices.Clone(rec.Schema().Fields()), slices.Clone(rec.Columns())
		for c := range cols {
			if codes[i][c] == nil {
				continue
			}
			t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
			cols[c] = array.NewDictionaryArray(t, codes[i][c], dicts[c])
			fields[c].Type, fields[c].Metadata = t, arrow.Metadata{}
		}
		out[i] = array.NewRecord(arrow.NewSchema(fields, nil), cols, rec.NumRows())
	}
	return out
}

// textOf reads the rows of a column of text, plain or in dictionary form; nil if it is
// of another type.
func textOf(col arrow.Array) func(row int) string {
	switch x := col.(type) {
	case *array.String:
		return x.Value
	case *array.Dictionary:
		if values, ok := x.Dictionary().(*array.String); ok {
			return func(row int) string { return values.Value(x.GetValueIndex(row)) }
		}
	}
	return nil
}

func (b *bench) fromMemory(rules *det.Ruleset, records []arrow.Record, shards int) (int, error) {
	n := 0
	e, err := rules.NewEngine(det.EngineOptions{Shards: shards, Each: func(*runtime.Alert) error { n++; return nil }})
	if err != nil {
		return 0, err
	}
	defer e.Close()
	for _, rec := range records {
		if err := e.Push("auth", rec); err != nil {
			return 0, err
		}
	}
	return n, e.Flush()
}

func (b *bench) fromParquet(rules *det.Ruleset, path string) (int, error) {
	n := 0
	_, err := rules.Run(b.ctx, det.RunOptions{Inputs: []string{path}, Shards: b.threads, Alerts: func(list []runtime.Alert) error {
		n += len(list)
		return nil
	}})
	return n, err
}
