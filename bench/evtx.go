package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime/input/evtx/evtxtest"
)

// eventLogRows bounds the event log, which is written in memory.
const eventLogRows = 40_000

// eventLog runs rules over an event log of Windows from disk, with the events that
// the other lanes of Sigma have. It must give as many alerts as the same events in
// NDJSON.
func (b *bench) eventLog(set string, rules *det.Ruleset) error {
	name := "sigma: " + set + ", evtx"
	if !b.wants(name) {
		return nil
	}
	rows := min(b.events, eventLogRows)
	lines := filepath.Join(b.dir, fmt.Sprintf("process-%d.ndjson", rows))
	path := filepath.Join(b.dir, fmt.Sprintf("process-%d.evtx", rows))
	if err := growProcesses(lines, rows, false); err != nil {
		return err
	}
	if err := writeEventLog(path, lines); err != nil {
		return err
	}
	want, err := b.fromFile(rules, lines)
	if err != nil {
		return err
	}
	t, got, err := measure(b.runs, func() (int, error) { return b.fromFile(rules, path) })
	if err != nil {
		return err
	}
	fmt.Printf("%-32s det %s | %s, %d alerts\n", name, t, rates(rows, t), got)
	if got != want {
		b.disagree++
		fmt.Printf("%-32s NDJSON gives %d alerts\n", name, want)
	}
	return nil
}

// writeEventLog writes the events of an NDJSON file as Windows does: one template a
// chunk, each field a value of EventData.
func writeEventLog(path, lines string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Println("generating", path)
	f, err := os.Open(lines)
	if err != nil {
		return err
	}
	defer f.Close()
	var w evtxtest.Writer
	scan := bufio.NewScanner(f)
	for n := uint64(1); scan.Scan(); n++ {
		var event map[string]any
		if err := json.Unmarshal(scan.Bytes(), &event); err != nil {
			return err
		}
		at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(event["UtcTime"]))
		if err != nil {
			return err
		}
		var id uint32
		if _, err := fmt.Sscan(fmt.Sprint(event["EventID"]), &id); err != nil {
			return fmt.Errorf("event %d: %w", n, err)
		}
		channel := fmt.Sprint(event["Channel"])
		data := evtxtest.Element{Name: "EventData", Template: true}
		for _, k := range slices.Sorted(maps.Keys(event)) {
			if k != "EventID" && k != "Channel" {
				data.Content = append(data.Content, evtxtest.Data(k, evtxtest.Text(fmt.Sprint(event[k]))))
			}
		}
		w.Add(n, at, evtxtest.Event(at, "Microsoft-Windows-Sysmon", channel, id, n, data))
	}
	if err := scan.Err(); err != nil {
		return err
	}
	return os.WriteFile(path, w.File(), 0o644)
}
