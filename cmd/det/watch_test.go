package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWatchingEndsQuietly watches tests through a save that takes the file away for a
// moment, and then interrupts.
func TestWatchingEndsQuietly(t *testing.T) {
	rule := filepath.Join(t.TempDir(), "r.det")
	text := "schema ev {\n  time timestamp\n  user string\n}\n\nrule r {\n  from ev\n  when user == \"ann\"\n}\n\n" +
		"test \"ann\" for r {\n  given { user: \"ann\" }\n  expect 1 alerts\n}\n"
	if err := os.WriteFile(rule, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("det", "test", "--watch", rule)
	var said strings.Builder
	cmd.Stderr = &said
	lines := bufio.NewScanner(start(t, cmd))
	until := func(part string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), part) {
				return
			}
		}
		t.Fatalf("the output ended before %q", part)
	}
	until("waiting for changes")
	if err := os.Remove(rule); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * watchEvery)
	if err := os.WriteFile(rule, []byte(strings.Replace(text, "expect 1", "expect 2", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	until("1 failed")
	until("waiting for changes")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || said.Len() > 0 {
		t.Errorf("the end: %v, and it said %q", err, said.String())
	}
}
