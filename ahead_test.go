package det_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	reader "github.com/detlang/det/runtime/input"
)

// aheadFiles writes files of events of which every seventh record is broken. There are
// more of them than are read ahead at a time.
func aheadFiles(t *testing.T, files, records int) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for f := range files {
		var b strings.Builder
		for i := range records {
			switch {
			case i%7 == 3:
				fmt.Fprintf(&b, "{\"broken\": \"%d of %d\n", i, f)
			default:
				at := time.Date(2024, 3, 1, 0, i, 0, 0, time.UTC).Format(time.RFC3339)
				fmt.Fprintf(&b, "{\"time\":%q,\"user\":\"u%d\",\"n\":%d,\"f\":\"x%d\"}\n", at, i%5, f, i)
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("f%02d.ndjson", f))
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// TestReadAhead reads files beside the engine and one after another: everything that a
// run tells, and the order in which it does, is the same.
func TestReadAhead(t *testing.T) {
	paths := aheadFiles(t, 11, 700)
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: seenRule})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	run := func(cores int) []string {
		defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(cores))
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		defer mem.AssertSize(t, 0)
		var told []string
		stats, err := rules.Run(context.Background(), det.RunOptions{
			Inputs: paths, BatchRows: 64, Alloc: mem,
			Alerts: func(list []runtime.Alert) error {
				for _, a := range list {
					told = append(told, fmt.Sprintf("alert %s %v", a.ID, a.Values))
				}
				return nil
			},
			Reject: func(r reader.Reject) {
				told = append(told, fmt.Sprintf("reject %s %d %d %s %s %q", r.Source, r.Row, r.Line, r.Cause, r.Field, r.Text))
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return append(told, fmt.Sprint(stats.Rejected, stats.Streams))
	}
	one, two := run(1), run(2)
	if len(one) < 11*200 {
		t.Fatalf("only %d lines were told", len(one))
	}
	if !slices.Equal(one, two) {
		for i := range one {
			if i >= len(two) || one[i] != two[i] {
				t.Fatalf("line %d of %d: alone %s\nahead %s", i, len(one), one[i], two[min(i, len(two)-1)])
			}
		}
	}
}

// TestReadAheadEnds stops runs in the middle, by an alert that is not taken and by a
// context: what was read ahead is let go, whenever that is.
func TestReadAheadEnds(t *testing.T) {
	defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(2))
	paths := aheadFiles(t, 3, 2000)
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: strings.ReplaceAll(seenRule, "1h", "1m")})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	full := errors.New("no room for alerts")
	lateness := time.Minute
	for after := 1; after <= 200; after += 3 {
		for _, stop := range []error{full, context.Canceled} {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			ctx, cancel := context.WithCancel(context.Background())
			alerts := 0
			_, err := rules.Run(ctx, det.RunOptions{
				Inputs: paths, BatchRows: 16, Alloc: mem, Lateness: &lateness,
				Alerts: func(list []runtime.Alert) error {
					if alerts += len(list); alerts < after {
						return nil
					}
					if stop == full {
						return full
					}
					cancel()
					return nil
				},
			})
			cancel()
			if !errors.Is(err, stop) {
				t.Fatalf("after %d alerts of %d: %v, want %v", after, alerts, err, stop)
			}
			mem.AssertSize(t, 0)
		}
	}
}
