//go:build unix

package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// TestSilentPipe reads two pipes as streams, of which one is silent: the other's
// windows are judged all the same, what the silent one then brings is read, and what
// lies behind the watermark is counted as late.
func TestSilentPipe(t *testing.T) {
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: `schema ev {
  time timestamp
  user string
}

rule r {
  from ev
  window 1h by user { n = count() }
  when n > 0
}
`})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	dir := t.TempDir()
	quiet, busy := filepath.Join(dir, "quiet.ndjson"), filepath.Join(dir, "busy.ndjson")
	for _, path := range []string{quiet, busy} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	alerts := make(chan string, 100)
	done := make(chan error, 1)
	var stats det.RunStats
	lateness := time.Minute
	go func() {
		var err error
		stats, err = rules.Run(ctx, det.RunOptions{
			Inputs: []string{quiet, busy}, Lateness: &lateness, Idle: 20 * time.Millisecond,
			Alerts: func(list []runtime.Alert) error {
				for _, a := range list {
					alerts <- time.UnixMicro(a.Time).UTC().Format("15:04")
				}
				return nil
			},
		})
		done <- err
	}()
	open := func(path string) *os.File {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	event := func(f *os.File, hour int, user string) {
		if _, err := fmt.Fprintf(f, `{"time": "2024-03-01T%02d:30:00Z", "user": %q}`+"\n", hour, user); err != nil {
			t.Fatal(err)
		}
	}
	want := func(at string) {
		t.Helper()
		select {
		case got := <-alerts:
			if got != at {
				t.Fatalf("an alert of %s, want %s", got, at)
			}
		case err := <-done:
			t.Fatalf("the run ended before the alert of %s: %v", at, err)
		case <-ctx.Done():
			t.Fatalf("no alert of %s while one pipe is silent", at)
		}
	}
	q, b := open(quiet), open(busy)
	event(b, 1, "ann")
	event(b, 5, "ann")
	want("02:00")
	event(q, 2, "bob") // late: the clock went on
	event(q, 9, "bob")
	event(b, 9, "ann")
	want("06:00")
	q.Close()
	b.Close()
	rest := 0
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	close(alerts)
	for at := range alerts {
		if at != "10:00" {
			t.Errorf("an alert of %s at the end, want 10:00", at)
		}
		rest++
	}
	late := int64(0)
	for _, c := range stats.Rejected {
		if c.Cause == "late" {
			late = c.N
		}
	}
	if late != 1 || stats.Rows != 5 || rest != 2 {
		t.Errorf("%d of %d rows were late and %d alerts came at the end, want 1 of 5 and 2", late, stats.Rows, rest)
	}
}
