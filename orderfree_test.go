package det_test

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// nightly reports whether tests take the time of a night.
func nightly() bool { return os.Getenv("DET_NIGHTLY") != "" }

// checks makes rapid.Check try so many cases, in the quick form always the same, so
// that a change is not judged by chance; flags go before.
func checks(t *testing.T, quick, night int) {
	t.Helper()
	set := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { set[f.Name] = true })
	give := func(name string, v any) {
		f := flag.Lookup(name)
		if set[name] {
			return
		}
		old := f.Value.String()
		if err := f.Value.Set(fmt.Sprint(v)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(old) })
	}
	give("rapid.nofailfile", true) // what fails is told in full
	if nightly() {
		give("rapid.checks", night)
		return
	}
	give("rapid.checks", quick)
	give("rapid.seed", 1)
}

// compilers are ways to compile rules that must not show in alerts.
var compilers = map[string]det.Compiler{"optimised": {}, "as written": {NoOptimise: true}, "indexed": {IndexFrom: 1}}

// TestAlertsAreOrderFree draws rules and events. The alerts, to the last byte, must
// be the same for any order of arrival within the lateness, any cut into batches and
// sources, with restarts at any place, on one worker or eight, and not optimised.
func TestAlertsAreOrderFree(t *testing.T) {
	checks(t, 500, 10_000)
	cases, firing, alerts := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]time.Duration{10 * time.Minute, time.Hour, 2 * time.Minute}).Draw(t, "unit")
		text := drawRules(t, unit)
		events := drawEvents(t, unit, 60)
		sets := map[string]*det.Ruleset{}
		compiled := func(how string) *det.Ruleset {
			if sets[how] == nil {
				set, diags := compilers[how].Sources(det.Source{Name: "rule.det", Text: text})
				if diags.Errors() > 0 {
					t.Fatalf("%v\n%s", &det.CompileError{Diagnostics: diags}, text)
				}
				sets[how] = set
			}
			return sets[how]
		}
		events = slices.DeleteFunc(events, func(e event) bool { return !slices.Contains(compiled("optimised").Schemas(), e.schema) })
		want, err := deliver(compiled("optimised"), whole(events), det.EngineOptions{Manual: true}, nil)
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, text, listing(events))
		}
		cases++
		if alerts += len(want); len(want) > 0 {
			firing++
		}
		for range 3 {
			d := drawDelivery(t, events)
			got, err := deliver(compiled(d.set), d.pushes, d.opts, d.restart)
			if err != nil {
				t.Fatalf("%s: %v\n%s\n%s", d, err, text, listing(events))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("the alerts of the events in order, and those of %s, differ (-want +got)\n%s\n%s\n%s\narrived as\n%s", d, diff, text, listing(events), listing(slices.Concat(d.pushes...)))
			}
		}
	})
	t.Logf("%d cases, %d with alerts, %d alerts", cases, firing, alerts)
}

// delivery is a way in which events come to an engine.
type delivery struct {
	set     string
	opts    det.EngineOptions
	pushes  [][]event // each of one schema and source
	restart []bool    // by push: save before it, and go on in a new engine
}

func (d delivery) String() string {
	n := 0
	for _, r := range d.restart {
		if r {
			n++
		}
	}
	how := fmt.Sprintf("lateness %s", d.opts.Lateness)
	if d.opts.Manual {
		how = "the clock led"
	}
	return fmt.Sprintf("%d pushes, %s, %d restarts, %d shards, rules %s", len(d.pushes), how, n, d.opts.Shards, d.set)
}

// drawDelivery draws an order of arrival, cuts and restarts.
func drawDelivery(t *rapid.T, events []event) delivery {
	d := delivery{set: rapid.SampledFrom([]string{"optimised", "indexed", "as written"}).Draw(t, "rules as")}
	d.opts.Shards = rapid.SampledFrom([]int{1, 2, 1, 3, 1, 4, 5, 6, 7, 8}).Draw(t, "shards")
	d.opts.Manual = rapid.Bool().Draw(t, "led clock")
	arrived := slices.Clone(events)
	if d.opts.Manual {
		arrived = rapid.Permutation(arrived).Draw(t, "permutation")
	} else {
		d.opts.Lateness = rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour, 30 * time.Hour}).Draw(t, "lateness")
		type arrival struct {
			event
			at int64
		}
		list := make([]arrival, len(arrived))
		for i, e := range arrived {
			list[i] = arrival{e, e.time + rapid.Int64Range(0, max(d.opts.Lateness.Microseconds()-1, 0)).Draw(t, "late by")}
		}
		slices.SortStableFunc(list, func(a, b arrival) int { return int(min(max(a.at-b.at, -1), 1)) })
		for i, a := range list {
			arrived[i] = a.event
		}
	}
	longest := rapid.SampledFrom([]int{1, 3, 100}).Draw(t, "longest batch")
	often := rapid.SampledFrom([]int{0, 1, 5, 10}).Draw(t, "restarts in ten")
	for i := 0; i < len(arrived); {
		j := i + 1
		for j < len(arrived) && j-i < longest && arrived[j].source == arrived[i].source {
			j++
		}
		d.pushes = append(d.pushes, arrived[i:j])
		d.restart = append(d.restart, often > 0 && rapid.IntRange(0, 9).Draw(t, "restart") >= 10-often)
		i = j
	}
	return d
}

// whole is the events source by source.
func whole(events []event) [][]event {
	var names []string
	of := map[string][]event{}
	for _, e := range events {
		if of[e.source] == nil {
			names = append(names, e.source)
		}
		of[e.source] = append(of[e.source], e)
	}
	var out [][]event
	for _, n := range names {
		out = append(out, of[n])
	}
	return out
}

// deliver runs rules over pushes and gives their alerts as lines of JSON, sorted. An
// engine that leads its own clock is told of it after each push, where all before
// the earliest event still to come is over.
func deliver(set *det.Ruleset, pushes [][]event, opts det.EngineOptions, restart []bool) ([]string, error) {
	alerts := []string{}
	aside := 0
	opts.Each = func(a *runtime.Alert) error {
		alerts = append(alerts, string(output.AppendJSON(nil, a)))
		return nil
	}
	opts.Aside = func(det.Aside) { aside++ }
	e, err := set.NewEngine(opts)
	if err != nil {
		return nil, err
	}
	defer func() { e.Close() }()
	due := make([]int64, len(pushes)+1) // the earliest event from a push on
	due[len(pushes)] = math.MaxInt64
	for i := len(pushes) - 1; i >= 0; i-- {
		due[i] = min(due[i+1], slices.MinFunc(pushes[i], byTime).time)
	}
	for i, p := range pushes {
		if restart != nil && restart[i] {
			var saved bytes.Buffer
			if err := e.Save(&saved); err != nil {
				return nil, err
			}
			e.Close()
			if e, err = set.NewEngine(opts); err != nil {
				return nil, err
			}
			if notes, err := e.Load(&saved); err != nil || len(notes) > 0 {
				return nil, fmt.Errorf("load: %w, notes %v", err, notes)
			}
		}
		rec := record(memory.DefaultAllocator, p)
		err := e.PushFrom(p[0].schema, p[0].source, rec, rowsOf(p))
		rec.Release()
		if err == nil && opts.Manual && restart != nil && due[i+1] != math.MaxInt64 {
			err = e.Advance(time.UnixMicro(due[i+1]))
		}
		if err != nil {
			return nil, err
		}
	}
	if err := e.Flush(); err != nil {
		return nil, err
	}
	if aside > 0 {
		return nil, fmt.Errorf("%d events were set aside, though none comes later than allowed", aside)
	}
	slices.Sort(alerts)
	return alerts, nil
}
