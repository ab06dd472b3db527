package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Real events, every field as text, are what encoding/json says.
func TestRealEvents(t *testing.T) {
	for file, want := range map[string]int{"sysmon_process/real.ndjson.gz": 2_179, "evtx_mitre/events.jsonl.gz": 10_015} {
		path := shared(t, file)
		req := request("EventID int", "Channel string", "Computer string", "UtcTime string", "Image string", "CommandLine string",
			"User string", "Hashes string", "ParentImage string", "Data string[]", "name string[] Data.Name", "Details string", "LogonId string")
		var row int
		got, err := drain(t, req, func(req Request) (Stream, error) {
			return OpenPath(context.Background(), path, "", req)
		})
		if err != nil || len(got.rejects) != 0 || len(got.rows) != want {
			t.Fatalf("%s: %d rows, rejects %v, %v", file, len(got.rows), got.rejects, err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(z)
		lines.Buffer(nil, 1<<20)
		for ; lines.Scan(); row++ {
			for i, c := range req.Columns[1:] {
				want := wantJSON(bytes.TrimSpace(lines.Bytes()), c)
				if d := cmp.Diff(want, got.rows[row][i+1]); d != "" {
					t.Fatalf("%s, row %d, %s (-want +got)\n%s", file, row, c.Name, d)
				}
			}
		}
	}
}

// The endpoint events of eqllib are two arrays over many lines.
func TestRealArrays(t *testing.T) {
	rows := 0
	for _, file := range []string{"eqllib/normalized-rta.json.gz", "eqllib/normalized-atomic-red-team.json.gz"} {
		path := shared(t, file)
		got, err := drain(t, timed("timestamp timestamp", "event_type string", "pid int"), func(req Request) (Stream, error) {
			return OpenPath(context.Background(), path, "", req)
		})
		if err != nil || len(got.rejects) != 0 {
			t.Errorf("%s: rejects %v, %v", file, got.rejects[:min(3, len(got.rejects))], err)
		}
		rows += len(got.rows)
	}
	if rows != 46_629 {
		t.Errorf("%d events, want 46,629", rows)
	}
}
