package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAlertsOfStreamsComeAtOnce leaves standard input open behind a few events: the
// alerts that are due are there all the same.
func TestAlertsOfStreamsComeAtOnce(t *testing.T) {
	rule := filepath.Join(t.TempDir(), "r.det")
	if err := os.WriteFile(rule, []byte("schema ev {\n  time timestamp\n  user string\n}\n\nrule r {\n  from ev\n  when user == \"ann\"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("det", "run", rule, "--input", "-", "--lateness", "1m", "--format", "ndjson")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out := start(t, cmd)
	fmt.Fprint(in, `{"time": "2024-03-01T00:00:00Z", "user": "ann"}`+"\n"+`{"time": "2024-03-01T01:00:00Z", "user": "bob"}`+"\n")
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, `"rule":"r"`) {
		t.Errorf("got %q, %v while the input is open", line, err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// start starts a command and gives its output. One that is stuck is killed.
func start(t *testing.T, cmd *exec.Cmd) io.Reader {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { stuck.Stop() })
	return out
}
