package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// rustEvents is how many events the Rust engine is asked about.
const rustEvents = 20_000

// rustPeer asks rsigma, an engine for Sigma in Rust, the same rules about the first
// events of an NDJSON file, and compares the hits of each rule. Its processor time
// is that of its process, less that of a run without events, which loads the rules.
func (b *bench) rustPeer(name string, sources []det.Source, rules *det.Ruleset, events string, ours times) error {
	binary := b.rust
	if binary == "" {
		found, err := exec.LookPath("rsigma")
		if err != nil {
			fmt.Printf("%-32s rsigma is not on the path: see README.md\n", name)
			return nil
		}
		binary = found
	}
	dir, err := os.MkdirTemp("", "det-bench-rust")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	folder, few, none := filepath.Join(dir, "rules"), filepath.Join(dir, "events.ndjson"), filepath.Join(dir, "none.ndjson")
	err = errors.Join(writeRules(folder, sources), head(events, few, rustEvents), os.WriteFile(none, nil, 0o600))
	if err != nil {
		return err
	}
	want := map[string]int{}
	_, err = rules.Run(b.ctx, det.RunOptions{Inputs: []string{few}, Alerts: func(list []runtime.Alert) error {
		for i := range list {
			want[list[i].RuleID]++
		}
		return nil
	}})
	if err != nil {
		return err
	}
	_, load, err := b.rsigma(binary, folder, none)
	if err != nil {
		return err
	}
	got, spent, err := b.rsigma(binary, folder, few)
	if err != nil {
		return err
	}
	rate, own := rustEvents/max(spent-load, 1e-9), float64(b.events)/ours.leastCPU()
	fmt.Printf("%-32s rsigma loads in cpu %.3f | %d events: %.0f a cpu second | det %.1f times as fast | %s\n",
		name, load, rustEvents, rate, own/rate, b.hits(want, got))
	return nil
}

// rsigma runs the Rust engine on one core over a file of events, and gives the hits
// by the rule's id and the processor time in seconds.
func (b *bench) rsigma(binary, rules, events string) (hits map[string]int, cpu float64, err error) {
	cmd := exec.CommandContext(b.ctx, binary, "engine", "eval", "--rules", rules, "--output-format", "ndjson")
	in, err := os.Open(events)
	if err != nil {
		return nil, 0, err
	}
	defer in.Close()
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = in, &said
	cmd.Env = append(os.Environ(), "RAYON_NUM_THREADS=1", "TOKIO_WORKER_THREADS=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	hits = map[string]int{}
	for d := json.NewDecoder(bufio.NewReaderSize(out, 1<<20)); ; {
		var hit struct {
			ID string `json:"rule_id"`
		}
		if err := d.Decode(&hit); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, 0, errors.Join(fmt.Errorf("rsigma prints what is no JSON: %w", err), cmd.Process.Kill(), cmd.Wait())
		}
		hits[hit.ID]++
	}
	if err := cmd.Wait(); err != nil {
		return nil, 0, fmt.Errorf("rsigma: %w: %.300s", err, said.String())
	}
	return hits, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), nil
}

// hits says whether both sides found the same, and of which rules they did not.
func (b *bench) hits(want, got map[string]int) string {
	ours, theirs := 0, 0
	var differ []string
	for id, n := range want {
		ours += n
		if got[id] != n {
			differ = append(differ, fmt.Sprintf("%s %d against %d", id, n, got[id]))
		}
	}
	for id, n := range got {
		theirs += n
		if want[id] == 0 {
			differ = append(differ, fmt.Sprintf("%s 0 against %d", id, n))
		}
	}
	if len(differ) == 0 {
		return fmt.Sprintf("%d hits", ours)
	}
	b.disagree++
	slices.Sort(differ)
	return fmt.Sprintf("DIFFERENT: %d hits, rsigma %d; of %d rules: %s", ours, theirs, len(differ), strings.Join(differ[:min(len(differ), 10)], ", "))
}

// writeRules writes rules to files in a folder that it makes.
func writeRules(folder string, sources []det.Source) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	for i, s := range sources {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%05d.yml", i)), []byte(s.Text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// head copies the first lines of a file.
func head(from, to string, lines int) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	r := bufio.NewReaderSize(in, 1<<20)
	for range lines {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return errors.Join(fmt.Errorf("%s has fewer than %d lines: %w", from, lines, err), out.Close())
		}
		if _, err := out.Write(line); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}
