package evtx

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// oracle prints the records of logs as the Rust library evtx reads them: an array
// for each file, of arrays of Section.Name=text.
const oracle = `
import json, sys
import xml.etree.ElementTree as tree
from evtx import PyEvtxParser

def name(tag):
    return tag.rsplit("}", 1)[-1]

def fields(e, section, out):
    own = name(e.tag)
    for a, text in e.attrib.items():
        if not (a == "Name" and own == "Data"):
            out.append("%s.%s_%s=%s" % (section, own, name(a), text))
    if e.text is not None and (e.text.strip() or len(e) == 0):
        out.append("%s.%s=%s" % (section, e.attrib.get("Name", own) if own == "Data" else own, e.text))
    for kid in e:
        fields(kid, section, out)

for path in sys.argv[1:]:
    records = []
    for r in PyEvtxParser(path).records():
        out = []
        for section in tree.fromstring(r["data"].encode()):
            fields(section, name(section.tag), out)
        records.append(out)
    print(json.dumps(records))
`

// TestOracle compares real logs, and those that this package's tests write, with
// another reader. It shows GUIDs without braces, times in microseconds, and the
// space of an element without content.
func TestOracle(t *testing.T) {
	if exec.Command("python3", "-c", "import evtx").Run() != nil {
		if os.Getenv("DET_DEMAND_DATA") == "1" {
			t.Fatal("python3 has no evtx")
		}
		t.Skip("python3 has no evtx")
	}
	files := realLogs(t)
	written := filepath.Join(t.TempDir(), "written.evtx")
	if err := os.WriteFile(written, processes(300), 0o600); err != nil {
		t.Fatal(err)
	}
	files = append(files, written)
	text, err := exec.Command("python3", append([]string{"-c", oracle}, files...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	theirs := json.NewDecoder(strings.NewReader(string(text)))
	for _, path := range files {
		var want [][]string
		if err := theirs.Decode(&want); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := hear(t, file)
		if len(got.damage) > 0 {
			t.Errorf("%s: %v", path, got.damage)
		}
		records += len(want)
		if d := cmp.Diff(alike(want), alike(got.records)); d != "" {
			t.Errorf("%s (-theirs +ours)\n%s", path, d)
		}
	}
	if len(files) > 1 && records != 406 {
		t.Errorf("%d records, want 406", records)
	}
}

// alike are records in what both readers show alike.
func alike(records [][]string) [][]string {
	var out [][]string
	for _, r := range records {
		var fields []string
		for _, f := range r {
			name, text, _ := strings.Cut(f, "=")
			if len(text) == 38 && text[0] == '{' && text[37] == '}' {
				text = text[1:37]
			}
			if name == "System.TimeCreated_SystemTime" {
				text = text[:len("2006-01-02T15:04:05.000000")]
			}
			if strings.TrimSpace(text) != "" {
				fields = append(fields, name+"="+text)
			}
		}
		out = append(out, fields)
	}
	return out
}

// realLogs are the event logs of the shared data.
func realLogs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "data", "sigma", "regression_evtx", "*.evtx"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 && os.Getenv("DET_DEMAND_DATA") == "1" {
		t.Fatal("shared data is demanded: no file matches")
	}
	return files
}
