package input

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestIndexLines finds the line of each record that is given.
func TestIndexLines(t *testing.T) {
	tests := []struct {
		name, file, text string
		lines            map[int64]int64 // by record number
	}{
		{"a record a line", "x.ndjson", "{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n", map[int64]int64{0: 1, 1: 2, 2: 3}},
		{"empty and broken lines", "x.ndjson", "\n{\"a\":\"1\"}\n\n?\n{\"a\":\"3\"}\n", map[int64]int64{0: 2, 2: 5}},
		{"records over lines", "x.json", "[\n{\"a\":\n\"1\"},\n{\"a\":\"2\"}, {\"a\":\"3\"}\n]", map[int64]int64{0: 2, 1: 4, 2: 4}},
		{"lines in cells", "x.csv", "a,b\n\"1\n\",2\n3,4\n", map[int64]int64{0: 2, 1: 4}},
		{"a log", "x.log", "10.0.0.1 - - [01/Mar/2024:08:00:00 +0000] \"GET / HTTP/1.1\" 200 1\n\n10.0.0.1 - - [01/Mar/2024:08:00:00 +0000] \"GET / HTTP/1.1\" 200 1\n", map[int64]int64{0: 1, 1: 3}},
		{"nothing", "x.csv", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
			req := request("a string")
			req.BatchRows = 1
			x, err := IndexLines(context.Background(), path, "", req)
			if err != nil {
				t.Fatal(err)
			}
			for row, want := range tt.lines {
				if got := x.Line(row); got != want {
					t.Errorf("record %d is at line %d, want %d", row, got, want)
				}
			}
			if x.Line(-1) != 0 {
				t.Error("a record before the first has a line")
			}
		})
	}
}
