package det_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// killRules keep state of every kind: windows, a baseline, a sequence, first sight, a
// throttle, and risk that another rule adds up.
const killRules = randomSchemas + `
rule busy {
  from web
  window 10m every 5m by user { asked = count(), sent = sum(n), hosts = values(host) }
  baseline usual of asked over 2h min 3 floor 1.0
  when zscore(asked, usual) > 0.5
  risk 10 on user(user)
}

rule burst {
  from web
  window 5m sliding by host { asked = count() }
  when asked >= 3
  throttle 10m by host
  risk 1 on user(host)
}

rule steps {
  from web
  sequence by user within 10m {
    denied = outcome == "DENIED" repeat 2
    ok = outcome == "SUCCESS"
    not blocked = outcome == "BLOCKED" within 2m
  }
}

rule fresh {
  from web
  first_seen of ip by user over 1h after 10m
}

rule risky {
  from risk
  window 1h every 10m by entity { total = sum(score), rules = values(rule) }
  when total >= 5
}
`

// killEvents are the same in every process: eight hours, a few events a minute, up
// to a minute late.
func killEvents() []event {
	rng := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	events := make([]event, 3_000)
	for i := range events {
		at += rng.Int64N(20e6)
		e := event{schema: "web", source: "web", row: int64(i), time: at - rng.Int64N(60e6)}
		for _, name := range randomFields["web"] {
			e.values = append(e.values, randomValues[name][rng.IntN(len(randomValues[name]))])
		}
		events[i] = e
	}
	return events
}

const killFolder = "DET_KILL_FOLDER"

// TestKilledProcess is the process that TestKills kills: it goes on from the saved
// state, if there is any, saves it every few pushes, and appends alerts to a file.
// An alert whose id is in the file already was given before the kill.
func TestKilledProcess(t *testing.T) {
	dir := os.Getenv(killFolder)
	if dir == "" {
		t.Skip("it is run by TestKills")
	}
	if err := pushUntilKilled(dir, time.Millisecond); err != nil {
		t.Fatal(err)
	}
}

func pushUntilKilled(dir string, pause time.Duration) error {
	set, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: killRules})
	if diags.Errors() > 0 {
		return &det.CompileError{Diagnostics: diags}
	}
	out, told, err := openAlerts(filepath.Join(dir, "alerts"))
	if err != nil {
		return err
	}
	defer out.Close()
	e, err := set.NewEngine(det.EngineOptions{Lateness: time.Minute, Each: func(a *runtime.Alert) error {
		if told[a.ID] {
			return nil
		}
		told[a.ID] = true
		_, err := out.Write(append(output.AppendJSON(nil, a), '\n'))
		return err
	}})
	if err != nil {
		return err
	}
	defer e.Close()
	state := filepath.Join(dir, "state")
	if _, err := e.LoadFile(state); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Println("ready")
	events := killEvents()[e.Taken("web"):]
	for pushes := 1; len(events) > 0; pushes++ {
		n := min(len(events), 1+pushes%17)
		rec := record(memory.DefaultAllocator, events[:n])
		err := e.Push("web", rec)
		rec.Release()
		if err == nil && pushes%5 == 0 {
			err = e.SaveFile(state)
		}
		if err != nil {
			return err
		}
		events = events[n:]
		time.Sleep(pause)
	}
	if err := e.Flush(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "done"), nil, 0o644)
}

// openAlerts opens a file of alerts to append to, and gives the ids that are in it.
// A line that a kill cut short goes.
func openAlerts(name string) (*os.File, map[string]bool, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	told := map[string]bool{}
	for line := range strings.Lines(string(whole)) {
		told[member(line, "id")] = true
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err == nil {
		err = f.Truncate(int64(len(whole)))
	}
	return f, told, err
}

// TestKills kills a process at random times while it pushes events and saves its
// state: 20 times, with DET_NIGHTLY 200. What it leaves behind in the end is what a
// process that was never killed leaves: no alert is lost, and none told twice.
func TestKills(t *testing.T) {
	calm := t.TempDir()
	if err := pushUntilKilled(calm, 0); err != nil {
		t.Fatal(err)
	}
	want := linesLeft(t, calm)
	if len(want) < 100 {
		t.Fatalf("the rules give only %d alerts", len(want))
	}
	kills := 20
	if nightly() {
		kills = 200
	}
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	finished, doubled, lost := 0, 0, 0
	for dir := t.TempDir(); kills > 0; dir = t.TempDir() {
		for done := false; !done; {
			var after time.Duration
			if kills > 0 {
				after = time.Duration(1 + rng.Int64N(int64(60*time.Millisecond)))
			}
			killed, err := startAndKill(dir, after)
			if err != nil {
				t.Fatal(err)
			}
			if killed {
				kills--
			}
			_, err = os.Stat(filepath.Join(dir, "done"))
			done = err == nil
		}
		finished++
		got := linesLeft(t, dir)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("alerts with kills (-without +with)\n%s", diff)
		}
		doubled += len(got) - len(slices.Compact(slices.Clone(got)))
		lost += max(0, len(want)-len(got))
	}
	t.Logf("%d runs to the end of %d alerts each: %d lost, %d doubled", finished, len(want), lost, doubled)
}

// startAndKill starts a process and kills it a while after it has loaded its state;
// never, if after is 0. It reports whether the process was killed before its end.
func startAndKill(dir string, after time.Duration) (killed bool, err error) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	cmd.Env = append(os.Environ(), killFolder+"="+dir)
	var told bytes.Buffer
	cmd.Stderr = &told
	out, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		told.WriteString(lines.Text())
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // or it has ended
		defer timer.Stop()
	}
	for lines.Scan() {
		told.WriteString(lines.Text())
	}
	err = cmd.Wait()
	if cmd.ProcessState.ExitCode() == -1 { // by a signal
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("%w: %s", err, told.String())
	}
	return false, nil
}

func linesLeft(t *testing.T, dir string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "alerts"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	slices.Sort(lines)
	return lines
}
