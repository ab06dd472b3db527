package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// held is a question about memory: rules, and events that make every entity known
// to all of them. Keys are plain texts of 12 bytes, so that nothing is owed to a
// dictionary.
type held struct {
	name     string
	rules    string
	share    int           // one in so many of the entities asked for takes part
	rounds   int           // events an entity
	apart    time.Duration // from one round to the next
	together time.Duration // in which a round's events come
}

var helds = []held{
	{
		name: "window, history and risk", share: 1, rounds: 2, apart: 24 * time.Hour, together: time.Hour,
		rules: `
rule first {
  from auth
  when ts < 2026-08-04
  risk 5 on host(device)
}

rule unusual {
  from auth
  window 1d by device evidence 0 { n = count() }
  baseline usual of n min 1
  when zscore(n, usual) > 3
  risk 20 on host(device)
}
` + scores,
	},
	{
		name: "all alert at one time", share: 10, rounds: 2, apart: 24 * time.Hour, together: time.Hour,
		rules: `
rule unusual {
  from auth
  window 1d by device evidence 0 { n = count() }
  baseline usual of n min 1
  when not usual.warm or zscore(n, usual) > 3
  risk 5 on host(device)
}
` + scores,
	},
	{
		name: "90-day daily history", share: 1, rounds: 3, apart: 24 * time.Hour, together: time.Hour,
		rules: `
rule daily {
  from auth
  window 1d by device evidence 0 { n = count() }
  baseline usual of n over 90d min 3
  when zscore(n, usual) > 3
}
`,
	},
	{
		name: "sliding window", share: 10, rounds: 1, together: 20 * time.Minute,
		rules: `
rule sliding {
  from auth
  window 30m sliding by device evidence 0 { n = count() }
  when n > 5
}
`,
	},
	{
		name: "session", share: 10, rounds: 1, together: 20 * time.Minute,
		rules: `
rule visits {
  from auth
  window 30m session by device evidence 0 { n = count() }
  when n > 5
}
`,
	},
}

// scores adds up the risk of entities.
const scores = `
rule scores {
  from risk
  window 7d by entity evidence 0 { score = sum(score) }
  when score > 100
}
`

// state measures the memory that a known number of entities takes: as the stages
// count it, as the collector finds it, and at its peak while it grew; and the time to
// save and to load it.
func (b *bench) state(entities int) error {
	det.BoundGarbage() // as the commands do
	for _, h := range helds {
		if name := "state: " + h.name; b.wants(name) {
			if err := h.measure(name, max(entities/h.share, 1)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (h *held) measure(name string, entities int) error {
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "state.det", Text: schema + h.rules})
	if diags.Errors() > 0 {
		return &det.CompileError{Diagnostics: diags}
	}
	alerts := 0
	options := det.EngineOptions{Each: func(*runtime.Alert) error { alerts++; return nil }}
	e, err := rules.NewEngine(options)
	if err != nil {
		return err
	}
	defer e.Close()
	before := live()
	resetPeak()
	base := resident("VmHWM")
	began, cpu := time.Now(), cpuSeconds()
	for round := range h.rounds {
		if err := h.push(e, entities, time.Duration(round)*h.apart); err != nil {
			return err
		}
	}
	cpu, wall := cpuSeconds()-cpu, time.Since(began).Seconds()
	peak := resident("VmHWM") - base
	after := max(live()-before, 1)
	metered := 0
	for _, r := range e.Stats().Rules {
		for _, s := range r.Stages {
			metered += s.Bytes
		}
	}
	per := func(n int) float64 { return float64(n) / float64(entities) }
	const gib = 1 << 30
	fmt.Printf("%-32s %d entities: bytes each %.1f counted, %.1f live; live %.3f GiB, peak %.3f GiB, %.2f times live; %d alerts; %.2f s, cpu %.2f\n",
		name, entities, per(metered), per(after), float64(after)/gib, float64(peak)/gib, float64(peak)/float64(after), alerts, wall, cpu)

	path := filepath.Join(os.TempDir(), "det-bench-state")
	defer os.Remove(path)
	began = time.Now()
	size, err := saveTo(path, e)
	if err != nil {
		return err
	}
	saved := time.Since(began)
	again, err := rules.NewEngine(options)
	if err != nil {
		return err
	}
	defer again.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	began = time.Now()
	if _, err := again.Load(bytes.NewReader(data)); err != nil {
		return err
	}
	loaded := time.Since(began)
	million := float64(entities) / 1e6
	fmt.Printf("%-32s save %.2f s, load %.2f s, %.2f GB; %.2f s for a million\n", "",
		saved.Seconds(), loaded.Seconds(), float64(size)/1e9, (saved+loaded).Seconds()/million)
	return nil
}

// push gives every entity one event, in batches of records.
func (h *held) push(e *det.Engine, entities int, at time.Duration) error {
	const rows = 1 << 14
	start := time.Date(2026, 8, 3, 0, 0, 0, 0, time.UTC).Add(at).UnixMicro()
	columns := arrow.NewSchema([]arrow.Field{
		{Name: "ts", Type: arrow.FixedWidthTypes.Timestamp_us},
		{Name: "device", Type: arrow.BinaryTypes.String},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, columns)
	defer b.Release()
	for from := 0; from < entities; from += rows {
		for i := from; i < min(from+rows, entities); i++ {
			b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(start + int64(float64(i)/float64(entities)*float64(h.together.Microseconds()))))
			b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("host%08d", i))
		}
		rec := b.NewRecord()
		err := e.Push("auth", rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// saveTo writes an engine's state to a file, and down to the disk.
func saveTo(path string, e *det.Engine) (size int64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := e.Save(w); err != nil {
		return 0, err
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	return f.Seek(0, io.SeekCurrent)
}

// live is the bytes that the collector finds in use.
func live() int {
	debug.FreeOSMemory()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// resetPeak makes the kernel forget the most memory that the process had (Linux).
func resetPeak() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// resident is a figure of /proc/self/status in bytes; 0 where there is none.
func resident(name string) int {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			var kb int
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}
