package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// realProcesses is process creation events that were recorded, not generated.
var realProcesses = filepath.Join("..", "..", "shared", "data", "sysmon_process", "real.ndjson.gz")

// kept are the fields that stay as they are where all values are to be new.
var kept = []string{"UtcTime", "EventID", "Channel", "ProcessId", "ParentProcessId", "TerminalSessionId"}

// growProcesses writes rows events of about 1.3 KB and 20 fields, grown from real
// ones: images by Zipf's law, a process id of its own each, and half of the command
// lines unique; with fresh, every text of every event is new.
func growProcesses(path string, rows int, fresh bool) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fmt.Println("generating", path)
	images, err := byImage()
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	rng := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	zipf := rand.NewZipf(rng, 1.1, 1, uint64(len(images)-1))
	for i := range rows {
		of := images[zipf.Uint64()]
		event := map[string]any{}
		for k, v := range of[rng.IntN(len(of))] {
			event[k] = v
		}
		event["UtcTime"] = start.Add(time.Duration(i) * time.Millisecond).Format("2006-01-02T15:04:05.000000Z")
		event["ProcessGuid"] = fmt.Sprintf("{%016x%016x}", rng.Uint64(), rng.Uint64())
		event["ProcessId"] = fmt.Sprint(rng.IntN(65536))
		switch {
		case fresh:
			makeNew(event, i)
		case rng.IntN(2) == 0:
			event["CommandLine"] = fmt.Sprintf("%v --id %x", event["CommandLine"], rng.Uint64())
		}
		line, err := json.Marshal(event)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return w.Flush()
}

// makeNew puts a number into every text: into the folder of a path, behind others.
func makeNew(event map[string]any, i int) {
	for k, v := range event {
		text, ok := v.(string)
		if !ok || slices.Contains(kept, k) {
			continue
		}
		unique := fmt.Sprintf("%x", i*7919+1)
		if at := strings.LastIndexByte(text, '\\'); at >= 0 && k != "CommandLine" {
			event[k] = text[:at+1] + unique + `\` + text[at+1:]
		} else {
			event[k] = text + " " + unique
		}
	}
}

// byImage is the real events by program, the most frequent first.
func byImage() ([][]map[string]any, error) {
	f, err := os.Open(realProcesses)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	groups := map[string][]map[string]any{}
	lines := json.NewDecoder(z)
	for lines.More() {
		var event map[string]any
		if err := lines.Decode(&event); err != nil {
			return nil, err
		}
		image := fmt.Sprint(event["Image"])
		groups[image] = append(groups[image], event)
	}
	var names []string
	for name := range groups {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := len(groups[b]) - len(groups[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var out [][]map[string]any
	for _, name := range names {
		out = append(out, groups[name])
	}
	return out, nil
}
