package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// killRules keep state of several kinds, and alert often.
const killRules = `schema web {
  time timestamp
  user string
  host string
  n int
}

rule busy {
  from web
  window 10m every 5m by user { asked = count(), sent = sum(n), hosts = values(host) }
  baseline usual of asked over 2h min 3 floor 1.0
  when zscore(asked, usual) > 0.5
  risk 10 on user(user)
}

rule burst {
  from web
  window 1m sliding by host { asked = count() }
  when asked >= 9
  throttle 5m by host
}

rule fresh {
  from web
  first_seen of n by user over 1h after 10m
}

rule risky {
  from risk
  window 1h every 10m by entity { total = sum(score) }
  when total >= 5
}
`

// writeKillEvents writes two logs, events of which come up to a minute late, and a
// broken line now and then.
func writeKillEvents(t *testing.T, dir string, rows int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"a.ndjson", "b.ndjson"} {
		var b bytes.Buffer
		at := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
		for i := range rows {
			at = at.Add(time.Duration(rng.Int64N(int64(20 * time.Second))))
			if i%1000 == 7 {
				b.WriteString("{broken\n")
			}
			fmt.Fprintf(&b, `{"time":%q,"user":"u%d","host":"h%d","n":%d}`+"\n",
				at.Add(-time.Duration(rng.Int64N(int64(time.Minute)))).Format(time.RFC3339Nano), rng.IntN(9), rng.IntN(3), rng.IntN(400))
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// killModes are ways to run, with the suffix of the output that says its format.
var killModes = []struct {
	out  string
	args []string
}{
	{"alerts.ndjson", []string{"--lateness", "1m"}},
	{"alerts.csv", []string{"--lateness", "1m", "--shards", "2"}},
	{"alerts.ndjson", []string{"--format", "ocsf", "--lateness", "1m"}},
	{"alerts.ndjson", nil},
}

// TestRunIsKilled kills runs at random times, by SIGKILL or SIGTERM, and starts them
// again: 10 times, with DET_NIGHTLY 200. In the end there are the alerts and the risk of
// a run that nobody disturbed.
func TestRunIsKilled(t *testing.T) {
	kills, rows := 10, 20_000
	if os.Getenv("DET_NIGHTLY") != "" {
		kills = 200
	}
	dir := t.TempDir()
	writeKillEvents(t, dir, rows)
	if err := os.WriteFile(filepath.Join(dir, "rules.det"), []byte(killRules), 0o644); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	done, stopped, resumed := 0, 0, 0
	for mode := 0; done < kills; mode = (mode + 1) % len(killModes) {
		k := &killedRun{t: t, dir: dir, out: killModes[mode].out, args: killModes[mode].args}
		k.clear()
		began := time.Now()
		if code := k.run(nil, 0); code != exitDone {
			t.Fatalf("exit code %d: %s", code, k.told[0])
		}
		took := time.Since(began)
		want := k.written()
		if len(want["alerts"]) < 100 || len(want["ledger"]) < 100 {
			t.Fatalf("the rules give only %d alerts, %d contributions", len(want["alerts"]), len(want["ledger"]))
		}
		k.clear()
		for code := -1; code != exitDone; {
			after := time.Duration(rng.Int64N(int64(took)))
			if len(k.told) > 50 {
				after = time.Hour // it shall come to its end
			}
			signal := os.Signal(syscall.SIGKILL)
			if rng.IntN(3) == 0 {
				signal = syscall.SIGTERM
			}
			switch code = k.run(signal, after); code {
			case -1:
				done++
			case exitTerminated:
				done, stopped = done+1, stopped+1
			case exitDone:
			default:
				t.Fatalf("exit code %d: %s", code, k.told[len(k.told)-1])
			}
		}
		for _, told := range k.told {
			if strings.Contains(told, "an earlier run was cut off: it goes on behind record") {
				resumed++
			}
		}
		if diff := cmp.Diff(want, k.written()); diff != "" {
			t.Fatalf("%s %v: with kills (-without +with)\n%s", k.out, k.args, diff)
		}
	}
	t.Logf("%d kills, %d of them by SIGTERM; %d runs went on from the middle; nothing lost, nothing doubled", done, stopped, resumed)
	if resumed == 0 {
		t.Error("no run went on from the middle")
	}
}

// killedRun is a run that is killed and started again.
type killedRun struct {
	t    *testing.T
	dir  string
	out  string
	args []string
	told []string // what each start said
}

// clear removes what earlier runs wrote.
func (k *killedRun) clear() {
	for _, name := range []string{k.out, "ledger.ndjson", "rejects.ndjson", "state"} {
		if err := os.RemoveAll(filepath.Join(k.dir, name)); err != nil {
			k.t.Fatal(err)
		}
	}
}

// run starts the run and sends it a signal a while later, unless that is nil. It gives
// the exit code, -1 for a process that was killed.
func (k *killedRun) run(signal os.Signal, after time.Duration) int {
	cmd := exec.Command("det", append([]string{"run", "rules.det", "--input", "a.ndjson", "b.ndjson", "--out", k.out,
		"--risk-ledger", "ledger.ndjson", "--rejects", "rejects.ndjson", "--state", "state", "--save-every", "1ms"}, k.args...)...)
	cmd.Dir = k.dir
	var told bytes.Buffer
	cmd.Stderr = &told
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	if signal != nil {
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(signal) }) // or it has ended
		defer timer.Stop()
	}
	if err := cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		k.t.Fatal(err)
	}
	k.told = append(k.told, told.String())
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	if signal == syscall.SIGTERM {
		return exitTerminated // before it was listened for
	}
	return -1
}

// written is the lines of each output, sorted. A reject may be told again by a run that
// goes on.
func (k *killedRun) written() map[string][]string {
	out := map[string][]string{}
	for what, name := range map[string]string{"alerts": k.out, "ledger": "ledger.ndjson", "rejects": "rejects.ndjson"} {
		text, err := os.ReadFile(filepath.Join(k.dir, name))
		if err != nil {
			k.t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		slices.Sort(lines)
		if what == "rejects" {
			lines = slices.Compact(lines)
		}
		out[what] = lines
	}
	return out
}
