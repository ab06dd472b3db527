package det_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// concurrentRules uses what engines of one rule set could share by mistake: texts
// that are remembered, patterns, lists, keyed state and a rule that reads another.
func concurrentRules(over int) string {
	return fmt.Sprintf(`schema event {
  time timestamp
  user string
  command string
}

list tools = ["whoami", "net use", "certutil"]

rule tool {
  from event
  where command contains any tools or lower(command) matches "^c:.*\\.exe"
  window 10m by user { runs = count(), kinds = count_distinct(command) }
  baseline usual of runs over 1d min 2
  when runs > %d
}

rule again {
  from rule tool
  window 1h by user { n = count() }
  when n > 1
}
`, over)
}

// TestConcurrentEngines runs several engines of one rule set, and of several, over
// the same records at once: each gives what it gives alone.
func TestConcurrentEngines(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	records := concurrentRecords(mem, 100)
	defer func() {
		for _, rec := range records {
			rec.Release()
		}
	}()
	var sets []*det.Ruleset
	var want []string
	for over := range 3 {
		set := compileText(t, concurrentRules(over))
		alerts, err := pushAll(set, records)
		if err != nil || alerts == "" {
			t.Fatalf("alone: %v, and the alerts are %q", err, alerts)
		}
		sets, want = append(sets, set), append(want, alerts)
	}
	var wait sync.WaitGroup
	for i := range 12 {
		wait.Go(func() {
			got, err := pushAll(sets[i%3], records)
			if err != nil || got != want[i%3] {
				t.Errorf("engine %d: %v, and the alerts are\n%s\nnot\n%s", i, err, got, want[i%3])
			}
		})
	}
	wait.Wait()
}

// TestConcurrentCompilers compiles at once, right and wrong rules in turn.
func TestConcurrentCompilers(t *testing.T) {
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			text := "import std.web\n\n" + concurrentRules(i)
			if i%2 == 1 {
				text = strings.Replace(text, "runs >", "run >", 1)
			}
			set, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: text})
			if wrong := diags.Errors() > 0; wrong != (i%2 == 1) {
				t.Errorf("compiler %d: %v", i, &det.CompileError{Diagnostics: diags})
			}
			set.Plan(&strings.Builder{})
		})
	}
	wait.Wait()
}

func compileText(t *testing.T, text string) *det.Ruleset {
	t.Helper()
	set, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: text})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	return set
}

// concurrentRecords are 2,000 events in batches of so many.
func concurrentRecords(mem memory.Allocator, rows int) []arrow.Record {
	b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{
		{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_us},
		{Name: "user", Type: arrow.BinaryTypes.String},
		{Name: "command", Type: arrow.BinaryTypes.String},
	}, nil))
	defer b.Release()
	start := time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
	var records []arrow.Record
	for i := range 2_000 {
		b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(start.Add(time.Duration(i) * 5 * time.Second).UnixMicro()))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprint("user", i*i%17))
		b.Field(2).(*array.StringBuilder).Append([]string{"WHOAMI", `C:\a.exe`, "ls", "net use x"}[i*7%4] + strings.Repeat(" ", i%5))
		if i%rows == rows-1 || i == 1_999 {
			records = append(records, b.NewRecord())
		}
	}
	return records
}

// pushAll gives the records to a new engine; the alerts are told in few words.
func pushAll(set *det.Ruleset, records []arrow.Record) (string, error) {
	var lines []string
	e, err := set.NewEngine(det.EngineOptions{
		Alerts: func(arrow.Record) error { return nil },
		Each: func(a *runtime.Alert) error {
			lines = append(lines, fmt.Sprint(a.ID, a.Keys, a.Values))
			return nil
		},
	})
	if err != nil {
		return "", err
	}
	defer e.Close()
	for _, rec := range records {
		if err := e.Push("event", rec); err != nil {
			return "", err
		}
	}
	err = e.Flush()
	slices.Sort(lines)
	return strings.Join(lines, "\n"), err
}

// TestShardsAreConcurrent runs rules that are divided in every way on several
// workers, for the race detector to watch, and holds their alerts against those of
// one: by row, by key, whole, and rules that read the alerts of others. Batches are so
// small that each is settled at once, or so large that workers put them off, also over
// a restart.
func TestShardsAreConcurrent(t *testing.T) {
	const rules = `schema event {
  time timestamp
  user string
  command string
}

rule single {
  from event
  when command == "ls"
}

rule keyed {
  from event
  window 10m by user { runs = count(), kinds = count_distinct(command) }
  baseline usual of runs over 1d min 2
  when runs > 1
  risk 10 on user(user)
}

rule folded {
  from event
  window 30m sliding by who = lower(user), command { runs = count() }
  when runs > 2
  throttle 1h by who
}

rule whole {
  from event
  window 5m { runs = count() }
  when runs > 3
}

rule again {
  from rule keyed
  window 1h by user { n = count() }
  when n > 1
}

rule risky {
  from risk
  window 1h by entity { total = sum(score) }
  when total > 10
}
`
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	set := compileText(t, rules)
	ids := func(shards, rows int, restart bool) []string {
		records := concurrentRecords(mem, rows)
		defer func() {
			for _, rec := range records {
				rec.Release()
			}
		}()
		var out []string
		options := det.EngineOptions{Shards: shards, Alloc: mem, Each: func(a *runtime.Alert) error {
			out = append(out, a.Rule+" "+a.ID)
			return nil
		}}
		e, err := set.NewEngine(options)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { e.Close() }()
		for i, rec := range records {
			if restart && i > 0 {
				var saved bytes.Buffer
				if err := e.Save(&saved); err != nil {
					t.Fatal(err)
				}
				e.Close()
				if e, err = set.NewEngine(options); err != nil {
					t.Fatal(err)
				}
				if _, err := e.Load(&saved); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Push("event", rec); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Flush(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(out)
		return out
	}
	for _, shards := range []int{1, 3} {
		unfinished, err := set.NewEngine(det.EngineOptions{Shards: shards})
		if err != nil {
			t.Fatal(err)
		}
		rec := concurrentRecords(mem, 1_500)
		if err := unfinished.Push("event", rec[0]); err != nil {
			t.Fatal(err)
		}
		unfinished.Close() // without Flush; the allocator sees that nothing is kept
		for _, rec := range rec {
			rec.Release()
		}
	}
	want := ids(1, 100, false)
	for _, name := range []string{"single", "keyed", "folded", "whole", "again", "risky"} {
		if !slices.ContainsFunc(want, func(id string) bool { return strings.HasPrefix(id, name+" ") }) {
			t.Errorf("rule %s gives no alert", name)
		}
	}
	for shards := 2; shards <= 8; shards++ {
		for _, rows := range []int{100, 1_500, 2_000} {
			if got := ids(shards, rows, rows == 1_500); !slices.Equal(got, want) {
				t.Errorf("%d shards, batches of %d: %d alerts, one worker: %d", shards, rows, len(got), len(want))
			}
		}
	}
}
