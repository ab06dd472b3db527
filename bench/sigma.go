package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// The size of the public corpus, to which the rules that are at hand are scaled.
const (
	processRules = 1181
	allRules     = 3135
)

// sigma runs public Sigma rules over process creation events: with texts as
// dictionaries, as plain text, and with all values new, each with the rules about
// processes and with all rules, beside DuckDB with the same conditions in SQL over
// as many events as it takes in some seconds.
func (b *bench) sigma(duck *sql.DB) error {
	if !b.wants("sigma") && !b.onlySigma() {
		return nil
	}
	processes, all, err := loadSigma()
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Println("sigma: the shared data is not here")
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Printf("sigma: %d rules about processes scaled to %d, all %d to %d, by variants\n", len(processes), processRules, len(all), allRules)
	events := filepath.Join(b.dir, fmt.Sprintf("process-%d.ndjson", b.events))
	fresh := filepath.Join(b.dir, fmt.Sprintf("process-new-%d.ndjson", b.events))
	if err := errors.Join(growProcesses(events, b.events, false), growProcesses(fresh, b.events, true)); err != nil {
		return err
	}
	sets := []struct {
		name  string
		rules []det.Source
	}{{"processes", scale(processes, processRules)}, {"all", scale(all, allRules)}}
	for _, set := range sets {
		rules, err := b.loadRules(set.name, set.rules)
		if err != nil {
			return err
		}
		if err := b.sigmaLanes(duck, set.name, set.rules, rules, events, fresh); err != nil {
			return err
		}
		if err := b.eventLog(set.name, rules); err != nil {
			return err
		}
	}
	return nil
}

// onlySigma reports whether nothing but Sigma rules is asked for.
func (b *bench) onlySigma() bool { return strings.HasPrefix(b.only, "sigma") }

// loadRules compiles rules and makes an engine, and tells what that took.
func (b *bench) loadRules(name string, sources []det.Source) (*det.Ruleset, error) {
	var rules *det.Ruleset
	refused := 0
	t, _, err := measure(b.runs, func() (int, error) {
		rules, refused = compileSigma(sources)
		e, err := rules.NewEngine(det.EngineOptions{})
		if err == nil {
			e.Close()
		}
		return len(rules.Rules()), err
	})
	if err != nil {
		return nil, err
	}
	var before, after goruntime.MemStats
	rules = nil
	goruntime.GC()
	goruntime.ReadMemStats(&before)
	rules, _ = compileSigma(sources)
	e, err := rules.NewEngine(det.EngineOptions{})
	if err != nil {
		return nil, err
	}
	goruntime.GC()
	goruntime.ReadMemStats(&after)
	e.Close()
	fmt.Printf("%-32s det %s | %d rules, %d refused, %d MB held\n", "sigma: load "+name, t, len(rules.Rules()), refused, (after.HeapAlloc-before.HeapAlloc)>>20)
	return rules, nil
}

// sigmaLanes runs one set of rules over all lanes.
func (b *bench) sigmaLanes(duck *sql.DB, set string, sources []det.Source, rules *det.Ruleset, events, fresh string) error {
	var batches []arrow.Record
	for _, lane := range []string{"coded", "text", "new", "ndjson"} {
		name := "sigma: " + set + ", " + lane
		if !b.wants(name) {
			continue
		}
		path := events
		if lane == "new" {
			path = fresh
		}
		if lane != "ndjson" {
			list, err := b.eventsOf(rules, path)
			if err != nil {
				return err
			}
			if batches = list; lane == "coded" {
				batches = code(list)
			}
		}
		ready := func() (func() (int, error), error) {
			return func() (int, error) { return b.fromFile(rules, path) }, nil
		}
		if lane != "ndjson" {
			ready = pushing(rules, batches, 1)
		}
		t, alerts, err := measureReady(b.runs, ready)
		if err != nil {
			return err
		}
		fmt.Printf("%-32s det %s | %s, %d alerts\n", name, t, rates(b.events, t), alerts)
		if lane == "text" && set == "processes" {
			if err := b.sigmaPeer(duck, name, sources, rules, batches, t); err != nil {
				return err
			}
		}
		if lane == "ndjson" {
			if err := b.rustPeer(name, sources, rules, path, t); err != nil {
				return err
			}
		}
		if lane == "coded" {
			if err := b.twoCores(name, rules, batches); err != nil {
				return err
			}
		}
	}
	return nil
}

// eventsOf reads the columns that the rules want, texts plainly; columns without
// values are left out, as a host does not have them.
func (b *bench) eventsOf(rules *det.Ruleset, path string) ([]arrow.Record, error) {
	_, list, err := rules.Records(b.ctx, path)
	if err != nil {
		return nil, err
	}
	var out []arrow.Record
	for _, x := range list {
		var fields []arrow.Field
		var cols []arrow.Array
		for i, col := range x.Record.Columns() {
			if col.NullN() == col.Len() {
				continue
			}
			f := x.Record.Schema().Field(i)
			if text := laidOut(col); text != nil {
				col, f = text, arrow.Field{Name: f.Name, Type: arrow.BinaryTypes.String, Nullable: true}
			}
			fields, cols = append(fields, f), append(cols, col)
		}
		out = append(out, array.NewRecord(arrow.NewSchema(fields, nil), cols, x.Record.NumRows()))
	}
	return out, nil
}

// laidOut is a dictionary of texts as plain text; nil for another column.
func laidOut(col arrow.Array) arrow.Array {
	d, ok := col.(*array.Dictionary)
	if !ok {
		return nil
	}
	values, ok := d.Dictionary().(*array.String)
	if !ok {
		return nil
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for i := range d.Len() {
		if d.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(values.Value(d.GetValueIndex(i)))
		}
	}
	return b.NewArray()
}

// rates tells events a second: of wall time, and of the time of the core.
func rates(events int, t times) string {
	return fmt.Sprintf("%.0f events/s, %.0f a cpu second", float64(events)/t.median(), float64(events)/t.leastCPU())
}

// pushing makes a question of rules and batches: an engine that has seen nothing takes
// the batches, and the alerts are counted.
func pushing(rules *det.Ruleset, batches []arrow.Record, shards int) func() (func() (int, error), error) {
	return func() (func() (int, error), error) {
		n := 0
		e, err := rules.NewEngine(det.EngineOptions{Shards: shards, Each: func(*runtime.Alert) error { n++; return nil }})
		if err != nil {
			return nil, err
		}
		return func() (int, error) {
			defer e.Close()
			for _, rec := range batches {
				if err := e.Push("", rec); err != nil {
					return 0, err
				}
			}
			err := e.Flush()
			return n, err
		}, nil
	}
}

// fromFile runs rules over a file, and gives the number of alerts.
func (b *bench) fromFile(rules *det.Ruleset, path string) (int, error) {
	n := 0
	_, err := rules.Run(b.ctx, det.RunOptions{Inputs: []string{path}, Alerts: func(list []runtime.Alert) error {
		n += len(list)
		return nil
	}})
	return n, err
}

// twoCores runs an engine of two shards on two cores, beside one without on one, in
// turn: what else the machine does changes from second to second.
func (b *bench) twoCores(name string, rules *det.Ruleset, batches []arrow.Record) error {
	if goruntime.NumCPU() < 2 {
		return nil
	}
	defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(1))
	var took [2]times
	var alerts [2]int
	for range b.runs {
		for i := range took {
			goruntime.GOMAXPROCS(i + 1)
			t, n, err := measureReady(1, pushing(rules, batches, i+1))
			if err != nil {
				return err
			}
			took[i], alerts[i] = append(took[i], t...), n
		}
	}
	b.report(name+", two cores", "one core", took[1], took[0], alerts[1], alerts[0])
	return nil
}

// peerEvents is how many events DuckDB is asked about.
const peerEvents = 2000

// sigmaPeer asks DuckDB the same of some of the events, and compares the hits.
func (b *bench) sigmaPeer(duck *sql.DB, name string, sources []det.Source, rules *det.Ruleset, batches []arrow.Record, ours times) error {
	few := []arrow.Record{batches[0].NewSlice(0, min(peerEvents, batches[0].NumRows()))}
	ask, err := pushing(rules, few, 1)()
	if err != nil {
		return err
	}
	hits, err := ask()
	if err != nil {
		return err
	}
	have, err := createEvents(duck, few[0])
	if err != nil {
		return err
	}
	queries, err := lower(sources, have)
	if err != nil {
		return err
	}
	began, theirs := time.Now(), 0
	cpu := cpuSeconds()
	for _, q := range queries {
		var n int
		if err := duck.QueryRow(q).Scan(&n); err != nil {
			return fmt.Errorf("%w in %.300s", err, q)
		}
		theirs += n
	}
	wall := time.Since(began).Seconds()
	verdict := fmt.Sprintf("%d hits", hits)
	if hits != theirs {
		verdict = fmt.Sprintf("DIFFERENT: %d hits, duckdb %d", hits, theirs)
		b.disagree++
	}
	rows, spent := float64(few[0].NumRows()), cpuSeconds()-cpu
	fmt.Printf("%-32s duckdb %.3f s, cpu %.3f, for %.0f events: %.0f a cpu second | det %.0f times as fast | %s\n", name, wall, spent, rows, rows/spent,
		float64(b.events)/ours.leastCPU()/(rows/spent), verdict)
	return nil
}
